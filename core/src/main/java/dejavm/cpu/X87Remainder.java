package dejavm.cpu;

/**
 * FPREM, FPREM1, FRNDINT, FSCALE and FXTRACT: what takes numbers apart at the binary point.
 *
 * <p>The surprising fact: a remainder whose operands lie 64 or more binary places apart is only
 * reduced in part, which C2 tells, and programs loop until it is clear.
 *
 * <p>Source: Intel SDM volume 2 under each mnemonic.
 */
public final class X87Remainder {
  private static final int CODES = X87.C0 | X87.C1 | X87.C2 | X87.C3;

  private X87Remainder() {}

  /** FPREM: the quotient is truncated. */
  public static boolean fprem(X87 f) {
    return remainder(f, false);
  }

  /** FPREM1: the quotient is rounded to nearest, as IEEE 754 has it. */
  public static boolean fprem1(X87 f) {
    return remainder(f, true);
  }

  private static boolean remainder(X87 f, boolean nearest) {
    int a = f.top;
    int b = f.physical(1);
    f.status &= ~(X87.C1 | X87.C2);
    if (((f.empty >> a | f.empty >> b) & 1) != 0) {
      return f.underflow(a);
    }
    long aSig = f.significand[a];
    int aSe = f.signExponent[a];
    long bSig = f.significand[b];
    int bSe = f.signExponent[b];
    if (Float80.isNaNOrUnsupported(aSig, aSe) || Float80.isNaNOrUnsupported(bSig, bSe)) {
      return X87NaN.propagate(f, a, aSig, aSe, bSig, bSe);
    }
    if (Float80.isInfinite(aSig, aSe) || bSig == 0) {
      return f.invalid(a);
    }
    if (!X87Arithmetic.acceptDenormals(f, aSig, aSe, bSig, bSe)) {
      return false;
    }
    f.status &= ~CODES;
    if (aSig == 0) {
      return true;
    }
    int aZeros = Long.numberOfLeadingZeros(aSig);
    int aExponent = X87Arithmetic.normalExponent(aSe & Float80.MAXIMUM, aZeros);
    int sign = aSe & Float80.SIGN;
    if (Float80.isInfinite(bSig, bSe)) {
      if (aExponent > 0) {
        X87Rounding.round(f, a, sign, aExponent, aSig << aZeros, 0);
      }
      // A denormal stays as it is: not even an underflow that is not masked is raised.
      return true;
    }
    int bZeros = Long.numberOfLeadingZeros(bSig);
    int bExponent = X87Arithmetic.normalExponent(bSe & Float80.MAXIMUM, bZeros);
    reduce(f, nearest, sign, aExponent, aSig << aZeros, bExponent, bSig << bZeros);
    return true;
  }

  private static void reduce(
      X87 f, boolean nearest, int sign, int aExponent, long a, int bExponent, long b) {
    int distance = aExponent - bExponent;
    if (distance < 0) {
      // only FPREM1 can round the quotient up to 1, and only from above a half
      if (nearest && distance == -1 && Long.compareUnsigned(a, b) > 0) {
        finish(f, sign ^ Float80.SIGN, aExponent, 2 * b - a, 1);
      } else {
        finish(f, sign, aExponent, a, 0);
      }
      return;
    }
    int step = distance < 64 ? distance : distance & 31 | 32;
    boolean above = Long.compareUnsigned(a, b) >= 0;
    long rest = above ? a - b : a;
    long quotient = above ? 1L << step : 0;
    if (step != 0) {
      long low = rest << step;
      long more = X87Division.quotient(rest >>> -step, low, b);
      quotient += more;
      rest = low - more * b;
    }
    if (distance >= 64) {
      f.status |= X87.C2;
      finish(f, sign, aExponent - step, rest, 0);
      return;
    }
    if (nearest && rest != 0) {
      int order = Long.compareUnsigned(rest, b - rest);
      if (order > 0 || order == 0 && (quotient & 1) != 0) {
        rest = b - rest;
        sign ^= Float80.SIGN;
        quotient++;
      }
    }
    finish(f, sign, bExponent, rest, quotient);
  }

  private static void finish(X87 f, int sign, int exponent, long rest, long quotient) {
    int codes =
        ((quotient & 4) != 0 ? X87.C0 : 0)
            | ((quotient & 2) != 0 ? X87.C3 : 0)
            | ((quotient & 1) != 0 ? X87.C1 : 0);
    if (rest == 0) {
      f.put(f.top, 0, sign);
    } else {
      int zeros = Long.numberOfLeadingZeros(rest);
      X87Rounding.round(f, f.top, sign, exponent - zeros, rest << zeros, 0);
    }
    f.status |= codes;
  }

  /** FRNDINT. */
  public static boolean frndint(X87 f) {
    int top = f.top;
    f.status &= ~X87.C1;
    if (f.isEmpty(0)) {
      return f.underflow(top);
    }
    long significand = f.significand[top];
    int signExponent = f.signExponent[top];
    if (Float80.isNaNOrUnsupported(significand, signExponent)) {
      return X87NaN.propagate(f, top, significand, signExponent);
    }
    int shift = Float80.BIAS + 63 - (signExponent & Float80.MAXIMUM);
    if (shift <= 0 || significand == 0) {
      return true;
    }
    if (Float80.isDenormal(significand, signExponent) && !f.raise(X87.DE)) {
      return false;
    }
    long kept = X87Rounding.shiftedHigh(significand, shift);
    long rest = X87Rounding.shiftedLow(significand, 0, shift);
    if (rest == 0) {
      return true;
    }
    int sign = signExponent & Float80.SIGN;
    f.status |= X87.PE;
    if (X87Rounding.increments(f.control, sign, kept, rest)) {
      f.status |= X87.C1;
      kept++;
    }
    if (kept == 0) {
      f.put(top, 0, sign);
    } else {
      int zeros = Long.numberOfLeadingZeros(kept);
      f.put(top, kept << zeros, sign | Float80.BIAS + 63 - zeros);
    }
    return true;
  }

  /** FSCALE: ST(0) times two to ST(1) cut to an integer. */
  public static boolean fscale(X87 f) {
    int a = f.top;
    int b = f.physical(1);
    f.status &= ~X87.C1;
    if (((f.empty >> a | f.empty >> b) & 1) != 0) {
      return f.underflow(a);
    }
    long aSig = f.significand[a];
    int aSe = f.signExponent[a];
    long bSig = f.significand[b];
    int bSe = f.signExponent[b];
    if (Float80.isNaNOrUnsupported(aSig, aSe) || Float80.isNaNOrUnsupported(bSig, bSe)) {
      return X87NaN.propagate(f, a, aSig, aSe, bSig, bSe);
    }
    boolean down = (bSe & Float80.SIGN) != 0;
    boolean aInfinite = Float80.isInfinite(aSig, aSe);
    boolean bInfinite = Float80.isInfinite(bSig, bSe);
    if (bInfinite && (down ? aInfinite : aSig == 0)) {
      return f.invalid(a);
    }
    if (!X87Arithmetic.acceptDenormals(f, aSig, aSe, bSig, bSe)) {
      return false;
    }
    int sign = aSe & Float80.SIGN;
    if (aInfinite || aSig == 0) {
      return true;
    }
    if (bInfinite) {
      f.put(a, down ? 0 : Float80.INTEGER, sign | (down ? 0 : Float80.MAXIMUM));
      return true;
    }
    int shift = Float80.BIAS + 63 - (bSe & Float80.MAXIMUM);
    int limit = 0x10000;
    int power = shift >= 64 ? 0 : shift <= 47 ? limit : (int) (bSig >>> shift);
    int zeros = Long.numberOfLeadingZeros(aSig);
    int exponent = X87Arithmetic.normalExponent(aSe & Float80.MAXIMUM, zeros);
    if (exponent <= 0 && bSig == 0) {
      // As with FPREM, a denormal that stays as it is raises no underflow, not masked or not.
      return true;
    }
    X87Rounding.round(f, a, sign, exponent + (down ? -power : power), aSig << zeros, 0);
    return true;
  }

  /** FXTRACT: ST(0) becomes the exponent, and the significand is pushed. */
  public static boolean fxtract(X87 f) {
    int top = f.top;
    f.status &= ~X87.C1;
    if (f.isEmpty(0)) {
      if (!f.underflow(top)) {
        return false;
      }
      f.push(Float80.INDEFINITE, Float80.INDEFINITE_SIGN_EXPONENT);
      return true;
    }
    if (X87Move.full(f)) {
      if (!f.overflow()) {
        return false;
      }
      f.put(top, Float80.INDEFINITE, Float80.INDEFINITE_SIGN_EXPONENT);
      return true;
    }
    long significand = f.significand[top];
    int signExponent = f.signExponent[top];
    if (Float80.isNaNOrUnsupported(significand, signExponent)) {
      if (!X87NaN.propagate(f, top, significand, signExponent)) {
        return false;
      }
      f.push(f.significand[top], f.signExponent[top]);
      return true;
    }
    if (Float80.isInfinite(significand, signExponent)) {
      f.put(top, Float80.INTEGER, Float80.MAXIMUM);
      f.push(significand, signExponent);
      return true;
    }
    if (significand == 0) {
      if (!f.raise(X87.ZE)) {
        return false;
      }
      f.put(top, Float80.INTEGER, Float80.SIGN | Float80.MAXIMUM);
      f.push(0, signExponent);
      return true;
    }
    if (Float80.isDenormal(significand, signExponent) && !f.raise(X87.DE)) {
      return false;
    }
    int zeros = Long.numberOfLeadingZeros(significand);
    long biased = X87Arithmetic.normalExponent(signExponent & Float80.MAXIMUM, zeros);
    long exponent = biased - Float80.BIAS;
    f.put(top, Float80.significandOfInteger(exponent), Float80.signExponentOfInteger(exponent));
    f.push(significand << zeros, signExponent & Float80.SIGN | Float80.BIAS);
    return true;
  }
}
