package dejavm.cpu;

/**
 * FSIN, FCOS, FSINCOS and FPTAN.
 *
 * <p>The surprising fact: arguments are reduced with a pi of 66 bits, as Intel documents, so that
 * the sine of a number near a multiple of pi is far from the true one, and programs know. Beyond
 * 2^63 nothing is done at all, and C2 says so.
 *
 * <p>Results are rounded from 120 correct bits as the control word says, always to 64; Intel's and
 * AMD's units differ from that, and from each other, in the last bit at times.
 *
 * <p>Source: Intel SDM volume 1, 8.3.8 and 8.3.10; volume 2 under each mnemonic.
 */
public final class X87Trigonometry {
  private static final int SINE = 0;
  private static final int COSINE = 1;
  private static final int BOTH = 2;
  private static final int TANGENT = 3;

  /** Pi/2 in units of 2^-65: 66 bits, 3:243F6A8885A308D3. */
  private static final long HALF_PI_HIGH = 3;

  private static final long HALF_PI_LOW = 0x243f_6a88_85a3_08d3L;

  private X87Trigonometry() {}

  /** FSIN. */
  public static boolean fsin(X87 f) {
    return circular(f, SINE);
  }

  /** FCOS. */
  public static boolean fcos(X87 f) {
    return circular(f, COSINE);
  }

  /** FSINCOS: ST(0) becomes the sine, and the cosine is pushed. */
  public static boolean fsincos(X87 f) {
    return circular(f, BOTH);
  }

  /** FPTAN: ST(0) becomes the tangent, and 1 is pushed. */
  public static boolean fptan(X87 f) {
    return circular(f, TANGENT);
  }

  private static boolean circular(X87 f, int kind) {
    int top = f.top;
    boolean pushes = kind >= BOTH;
    f.status &= ~(X87.C1 | X87.C2);
    if (f.isEmpty(0)) {
      return copied(f, pushes, f.underflow(top));
    }
    if (pushes && X87Move.full(f)) {
      if (!f.overflow()) {
        return false;
      }
      f.put(top, Float80.INDEFINITE, Float80.INDEFINITE_SIGN_EXPONENT);
      return true;
    }
    long significand = f.significand[top];
    int signExponent = f.signExponent[top];
    if (Float80.isNaNOrUnsupported(significand, signExponent)) {
      return copied(f, pushes, X87NaN.propagate(f, top, significand, signExponent));
    }
    int exponent = (signExponent & Float80.MAXIMUM) - Float80.BIAS;
    if (exponent > Float80.BIAS) {
      return copied(f, pushes, f.invalid(top));
    }
    if (exponent >= 63) {
      f.status |= X87.C2;
      return true;
    }
    if (Float80.isDenormal(significand, signExponent) && !f.raise(X87.DE)) {
      return false;
    }
    if (significand == 0) {
      zero(f, kind);
      return true;
    }
    if (exponent < -1) {
      compute(f, kind, X87Wide.of(significand, signExponent), signExponent & Float80.SIGN, 0);
    } else {
      reduce(f, kind, significand, exponent, signExponent & Float80.SIGN);
    }
    return true;
  }

  private static boolean copied(X87 f, boolean pushes, boolean completed) {
    if (pushes && completed) {
      f.push(f.significand[f.top], f.signExponent[f.top]);
    }
    return completed;
  }

  private static void zero(X87 f, int kind) {
    if (kind == COSINE) {
      f.put(f.top, Float80.INTEGER, Float80.BIAS);
    } else if (kind != SINE) {
      f.push(Float80.INTEGER, Float80.BIAS);
    }
  }

  /** Takes off multiples of pi/2 bit by bit, exactly, until at most pi/4 is left. */
  private static void reduce(X87 f, int kind, long significand, int exponent, int sign) {
    long high = 0;
    long low = significand; // for an exponent of -2 it counts units of 2^-65 as it is
    int quadrant = 0;
    for (int i = exponent + 2; i > 0; i--) {
      high = high << 1 | low >>> 63;
      low <<= 1;
      quadrant <<= 1;
      if (compare(high, low, HALF_PI_HIGH, HALF_PI_LOW) >= 0) {
        high -= HALF_PI_HIGH + (Long.compareUnsigned(low, HALF_PI_LOW) < 0 ? 1 : 0);
        low -= HALF_PI_LOW;
        quadrant |= 1;
      }
    }
    long otherHigh = HALF_PI_HIGH - high - (Long.compareUnsigned(HALF_PI_LOW, low) < 0 ? 1 : 0);
    long otherLow = HALF_PI_LOW - low;
    int flip = 0;
    if (compare(high, low, otherHigh, otherLow) > 0) {
      high = otherHigh;
      low = otherLow;
      quadrant++;
      flip = Float80.SIGN;
    }
    // mirror: f(-x) turns the quadrants the other way
    int turned = sign == 0 ? quadrant : -quadrant;
    compute(f, kind, X87Wide.normalized(127 - 65, high, low), sign ^ flip, turned & 3);
  }

  private static int compare(long aHigh, long aLow, long bHigh, long bLow) {
    int order = Long.compareUnsigned(aHigh, bHigh);
    return order != 0 ? order : Long.compareUnsigned(aLow, bLow);
  }

  /** The functions of sign * r + quadrant * pi/2. */
  private static void compute(X87 f, int kind, X87Wide r, int sign, int quadrant) {
    int top = f.top;
    boolean swapped = (quadrant & 1) != 0;
    int sineSign = (swapped ? 0 : sign) ^ (quadrant >= 2 ? Float80.SIGN : 0);
    int cosineSign = (swapped ? sign ^ Float80.SIGN : 0) ^ (quadrant >= 2 ? Float80.SIGN : 0);
    switch (kind) {
      case SINE -> circular(r, swapped).round(f, top, sineSign);
      case COSINE -> circular(r, !swapped).round(f, top, cosineSign);
      case BOTH -> {
        f.push(0, 0);
        circular(r, !swapped).round(f, f.top, cosineSign);
        f.status &= ~X87.C1; // it tells how the sine was rounded
        circular(r, swapped).round(f, top, sineSign);
      }
      default -> {
        X87Wide tangent = tangent(r);
        (swapped ? X87Wide.ONE.dividedBy(tangent) : tangent).round(f, top, sineSign ^ cosineSign);
        f.push(Float80.INTEGER, Float80.BIAS);
      }
    }
  }

  /** The cosine or the sine of at most pi/4. */
  private static X87Wide circular(X87Wide r, boolean cosine) {
    X87Wide square = r.times(r);
    return cosine
        ? square.series(X87Series.COSINE, true)
        : r.times(square.series(X87Series.SINE, true));
  }

  private static X87Wide tangent(X87Wide r) {
    // far below 1, the third power is only seen in that the tangent lies above its argument
    return r.exponent() < -60 ? r : circular(r, false).dividedBy(circular(r, true));
  }
}
