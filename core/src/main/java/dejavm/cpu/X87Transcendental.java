package dejavm.cpu;

/**
 * F2XM1, FYL2X, FYL2XP1 and FPATAN.
 *
 * <p>The surprising fact: FPATAN takes every argument there is, with the result in the right
 * quadrant, while F2XM1 is only defined from -1 to 1.
 *
 * <p>Results are rounded from about 120 correct bits as the control word says, always to 64;
 * Intel's and AMD's units differ from that, and from each other, in the last bit at times.
 *
 * <p>Source: Intel SDM volume 1, 8.3.9 and 8.3.10; volume 2 under each mnemonic.
 */
public final class X87Transcendental {
  private static final X87Wide LN_2 =
      new X87Wide(-1, 0xb172_17f7_d1cf_79abL, 0xc9e3_b398_03f2_f6afL);
  private static final X87Wide TWO_OVER_LN_2 =
      new X87Wide(1, 0xb8aa_3b29_5c17_f0bbL, 0xbe87_fed0_691d_3e89L);
  private static final X87Wide PI = new X87Wide(1, 0xc90f_daa2_2168_c234L, 0xc4c6_628b_80dc_1cd1L);
  private static final X87Wide SQUARE_ROOT_OF_2 =
      new X87Wide(0, 0xb504_f333_f9de_6484L, 0x597d_89b3_754a_be9fL);

  /** The inverse tangents of 1/8, 2/8 and so on: exponent, high, low. */
  private static final long[] INVERSE_TANGENTS = {
    -4, 0xfead_d4d5_617b_6e32L, 0xc897_989f_3e88_8ef8L,
    -3, 0xfadb_afc9_6406_eb15L, 0x6dc7_9ef5_f7a2_17e6L,
    -2, 0xb7b0_ca0f_26f7_8473L, 0x8aa3_2122_dcfe_4483L,
    -2, 0xed63_382b_0dda_7b45L, 0x6fe4_45ec_bc3a_8d03L,
    -1, 0x8f00_5d5e_f7f5_9f9bL, 0x5c83_5e16_65c4_3748L,
    -1, 0xa4bc_7d19_34f7_0924L, 0x19a8_7f2a_457d_ac9fL,
    -1, 0xb805_3e2b_c231_9e73L, 0xcb2d_a552_10a4_443dL,
    -1, 0xc90f_daa2_2168_c234L, 0xc4c6_628b_80dc_1cd1L,
  };

  private X87Transcendental() {}

  /** F2XM1: 2 to ST(0), less 1. */
  public static boolean f2xm1(X87 f) {
    int top = f.top;
    f.status &= ~X87.C1;
    if (f.isEmpty(0)) {
      return f.underflow(top);
    }
    long significand = f.significand[top];
    int signExponent = f.signExponent[top];
    int sign = signExponent & Float80.SIGN;
    if (Float80.isNaNOrUnsupported(significand, signExponent)) {
      return X87NaN.propagate(f, top, significand, signExponent);
    }
    if (Float80.isDenormal(significand, signExponent) && !f.raise(X87.DE)) {
      return false;
    }
    if (significand == 0) {
      return true;
    }
    if ((signExponent & Float80.MAXIMUM) >= Float80.BIAS) {
      oneAndBeyond(f, significand, signExponent);
      return true;
    }
    X87Wide power = X87Wide.of(significand, signExponent).times(LN_2);
    power.times(power.series(X87Series.EXPONENTIAL, sign != 0)).round(f, top, sign);
    return true;
  }

  /** Beyond -1 and 1 the SDM leaves the result undefined: here the argument stays. */
  private static void oneAndBeyond(X87 f, long significand, int signExponent) {
    boolean minus = (signExponent & Float80.SIGN) != 0;
    if (Float80.isInfinite(significand, signExponent)) {
      f.put(f.top, significand, minus ? Float80.SIGN | Float80.BIAS : signExponent);
      return;
    }
    f.status |= X87.PE;
    if (signExponent == (Float80.SIGN | Float80.BIAS) && significand == Float80.INTEGER) {
      f.put(f.top, Float80.INTEGER, Float80.SIGN | Float80.BIAS - 1);
    }
  }

  /** FYL2X: ST(1) times the binary logarithm of ST(0), then pop. */
  public static boolean fyl2x(X87 f) {
    return popped(f, logarithm(f, false));
  }

  /** FYL2XP1: ST(1) times the binary logarithm of ST(0) + 1, then pop. */
  public static boolean fyl2xp1(X87 f) {
    return popped(f, logarithm(f, true));
  }

  private static boolean popped(X87 f, boolean completed) {
    if (completed) {
      f.pop();
    }
    return completed;
  }

  private static boolean logarithm(X87 f, boolean plusOne) {
    int a = f.top;
    int result = f.physical(1);
    f.status &= ~X87.C1;
    if (((f.empty >> a | f.empty >> result) & 1) != 0) {
      return f.underflow(result);
    }
    long xSig = f.significand[a];
    int xSe = f.signExponent[a];
    long ySig = f.significand[result];
    int ySe = f.signExponent[result];
    if (Float80.isNaNOrUnsupported(xSig, xSe) || Float80.isNaNOrUnsupported(ySig, ySe)) {
      return X87NaN.propagate(f, result, xSig, xSe, ySig, ySe);
    }
    return plusOne
        ? logarithmPlusOne(f, result, xSig, xSe, ySig, ySe)
        : logarithm(f, result, xSig, xSe, ySig, ySe);
  }

  private static boolean logarithm(X87 f, int result, long xSig, int xSe, long ySig, int ySe) {
    int ySign = ySe & Float80.SIGN;
    boolean yInfinite = Float80.isInfinite(ySig, ySe);
    boolean xInfinite = Float80.isInfinite(xSig, xSe);
    boolean one = xSe == Float80.BIAS && xSig == Float80.INTEGER;
    boolean invalid =
        xSig != 0 && (xSe & Float80.SIGN) != 0
            || ySig == 0 && (xSig == 0 || xInfinite)
            || one && yInfinite;
    if (invalid) {
      return f.invalid(result);
    }
    if (xSig == 0 && !yInfinite && !f.raise(X87.ZE)) {
      return false;
    }
    if (xSig != 0 && !X87Arithmetic.acceptDenormals(f, xSig, xSe, ySig, ySe)) {
      return false;
    }
    int negative = xSe < Float80.BIAS || xSig == 0 ? Float80.SIGN : 0;
    if (xSig == 0 || xInfinite || yInfinite) {
      f.put(result, Float80.INTEGER, ySign ^ negative | Float80.MAXIMUM);
      return true;
    }
    if (one || ySig == 0) {
      f.put(result, 0, ySign ^ negative);
      return true;
    }
    multiplyLogarithm(f, result, ySign, X87Wide.of(ySig, ySe), X87Wide.of(xSig, xSe));
    return true;
  }

  /** Splits off the exponent, so that what is left lies about 1, between the roots of 1/2 and 2. */
  private static void multiplyLogarithm(X87 f, int result, int ySign, X87Wide y, X87Wide x) {
    int exponent = x.exponent();
    if (x.high() == Float80.INTEGER && x.low() == 0) {
      multiplyInteger(f, result, ySign, y, exponent);
      return;
    }
    X87Wide m = x.scaled(-exponent);
    if (m.compareTo(SQUARE_ROOT_OF_2) > 0) {
      m = m.scaled(-1);
      exponent++;
    }
    boolean below = m.exponent() < 0;
    X87Wide distance = below ? X87Wide.ONE.minus(m) : m.minus(X87Wide.ONE);
    X87Wide fraction = artanh(distance.dividedBy(m.plus(X87Wide.ONE)));
    if (exponent == 0) {
      y.times(fraction).round(f, result, ySign ^ (below ? Float80.SIGN : 0));
      return;
    }
    X87Wide integer = X87Wide.normalized(63, Math.abs(exponent), 0);
    X87Wide log = below == exponent < 0 ? integer.plus(fraction) : integer.minus(fraction);
    y.times(log).round(f, result, ySign ^ (exponent < 0 ? Float80.SIGN : 0));
  }

  /** The logarithm of a power of two: the product is exact, though reported as if it were not. */
  private static void multiplyInteger(X87 f, int result, int ySign, X87Wide y, int integer) {
    X87Wide product = y.times(X87Wide.normalized(63, Math.abs(integer), 0));
    int sign = ySign ^ (integer < 0 ? Float80.SIGN : 0);
    f.status |= X87.PE;
    X87Rounding.round(
        f, result, sign, product.exponent() + Float80.BIAS, product.high(), product.low());
    if ((f.signExponent[result] & Float80.MAXIMUM) == 0) {
      f.status |= X87.UE;
    }
  }

  /** 2 artanh(t) / ln 2, the binary logarithm of (1 + t) / (1 - t). */
  private static X87Wide artanh(X87Wide t) {
    X87Wide series = t.times(t).series(X87Series.INVERSE_TANGENT, false);
    return t.times(series).times(TWO_OVER_LN_2);
  }

  private static boolean logarithmPlusOne(
      X87 f, int result, long xSig, int xSe, long ySig, int ySe) {
    int xSign = xSe & Float80.SIGN;
    int sign = xSign ^ ySe & Float80.SIGN;
    boolean yInfinite = Float80.isInfinite(ySig, ySe);
    boolean xInfinite = Float80.isInfinite(xSig, xSe);
    if (yInfinite && xSig == 0 || xInfinite && (xSign != 0 || ySig == 0)) {
      return f.invalid(result);
    }
    if (!X87Arithmetic.acceptDenormals(f, xSig, xSe, ySig, ySe)) {
      return false;
    }
    if (xInfinite || yInfinite) {
      f.put(result, Float80.INTEGER, sign | Float80.MAXIMUM);
      return true;
    }
    if (xSig == 0 || ySig == 0) {
      f.put(result, 0, sign);
      return true;
    }
    X87Wide x = X87Wide.of(xSig, xSe);
    X87Wide y = X87Wide.of(ySig, ySe);
    if (x.exponent() < -2) {
      X87Wide two = X87Wide.ONE.scaled(1);
      X87Wide sum = xSign == 0 ? two.plus(x) : two.minus(x);
      y.times(artanh(x.dividedBy(sum))).round(f, result, sign);
    } else if (xSign == 0) {
      multiplyLogarithm(f, result, sign, y, X87Wide.ONE.plus(x));
    } else if (x.exponent() < 0) {
      multiplyLogarithm(f, result, sign ^ Float80.SIGN, y, X87Wide.ONE.minus(x));
    } else {
      undefinedLogarithm(f, result, xSig, xSe);
    }
    return true;
  }

  /** Where the sum is not positive the SDM leaves the result undefined: here ST(0) is moved. */
  private static void undefinedLogarithm(X87 f, int result, long xSig, int xSe) {
    f.status |= X87.PE;
    f.put(result, xSig, xSe);
  }

  /** FPATAN: the angle of the point (ST(0), ST(1)), then pop. */
  public static boolean fpatan(X87 f) {
    return popped(f, angle(f));
  }

  private static boolean angle(X87 f) {
    int a = f.top;
    int result = f.physical(1);
    f.status &= ~X87.C1;
    if (((f.empty >> a | f.empty >> result) & 1) != 0) {
      return f.underflow(result);
    }
    long xSig = f.significand[a];
    int xSe = f.signExponent[a];
    long ySig = f.significand[result];
    int ySe = f.signExponent[result];
    if (Float80.isNaNOrUnsupported(xSig, xSe) || Float80.isNaNOrUnsupported(ySig, ySe)) {
      return X87NaN.propagate(f, result, xSig, xSe, ySig, ySe);
    }
    if (!X87Arithmetic.acceptDenormals(f, xSig, xSe, ySig, ySe)) {
      return false;
    }
    boolean left = (xSe & Float80.SIGN) != 0;
    int sign = ySe & Float80.SIGN;
    boolean xInfinite = Float80.isInfinite(xSig, xSe);
    boolean yInfinite = Float80.isInfinite(ySig, ySe);
    if (xInfinite && yInfinite) {
      (left ? PI.minus(PI.scaled(-2)) : PI.scaled(-2)).round(f, result, sign);
    } else if (ySig == 0 || xInfinite) {
      if (left) {
        PI.round(f, result, sign);
      } else {
        f.put(result, 0, sign);
      }
    } else if (xSig == 0 || yInfinite) {
      PI.scaled(-1).round(f, result, sign);
    } else {
      inQuadrant(X87Wide.of(xSig, xSe), X87Wide.of(ySig, ySe), left).round(f, result, sign);
    }
    return true;
  }

  private static X87Wide inQuadrant(X87Wide x, X87Wide y, boolean left) {
    if (y.compareTo(x) <= 0) {
      X87Wide angle = inverseTangent(y, x);
      return left ? PI.minus(angle) : angle;
    }
    X87Wide angle = inverseTangent(x, y);
    return left ? PI.scaled(-1).plus(angle) : PI.scaled(-1).minus(angle);
  }

  /** The inverse tangent of y/x, at most 1: that of the nearest eighth, and of the difference. */
  private static X87Wide inverseTangent(X87Wide y, X87Wide x) {
    X87Wide ratio = y.dividedBy(x);
    int shift = -ratio.exponent();
    int sixteenths = shift > 4 ? 0 : (int) (ratio.high() >>> 59 + shift);
    int eighths = sixteenths + 1 >> 1;
    if (eighths == 0) {
      return inverseTangentSmall(ratio);
    }
    X87Wide c = X87Wide.normalized(60, eighths, 0);
    boolean below = ratio.compareTo(c) < 0;
    X87Wide distance = below ? c.minus(ratio) : ratio.minus(c);
    X87Wide t = distance.dividedBy(X87Wide.ONE.plus(ratio.times(c)));
    X87Wide part = t.isZero() ? t : inverseTangentSmall(t);
    int entry = 3 * (eighths - 1);
    X87Wide known =
        new X87Wide(
            (int) INVERSE_TANGENTS[entry],
            INVERSE_TANGENTS[entry + 1],
            INVERSE_TANGENTS[entry + 2]);
    return below ? known.minus(part) : known.plus(part);
  }

  private static X87Wide inverseTangentSmall(X87Wide t) {
    return t.times(t.times(t).series(X87Series.INVERSE_TANGENT, true));
  }
}
