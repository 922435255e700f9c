package dejavm.cpu;

/**
 * The double extended-precision format: a sign, 15 bits of exponent, 64 bits of significand whose
 * integer bit is explicit.
 *
 * <p>The surprising fact: since the integer bit is explicit, there are bit patterns that are no
 * numbers at all (unnormals, pseudo-infinities, pseudo-NaNs); every operation on them is invalid.
 *
 * <p>A value travels as two scalars, {@code significand} and {@code signExponent} (sign in bit 15).
 * Where it came from a denormal float32 or float64 in memory it is normal by now, and {@link
 * #DENORMAL} in its {@code signExponent} remembers what the instruction has to report.
 *
 * <p>Source: Intel SDM volume 1, 4.2.2, 4.8 and 8.2.
 */
public final class Float80 {
  public static final int BIAS = 0x3fff;
  public static final int MAXIMUM = 0x7fff;
  public static final int SIGN = 0x8000;

  /** Marks an operand that was a denormal in the format in which it lay in memory. */
  public static final int DENORMAL = 0x10000;

  /** The integer bit; alone with the maximum exponent it is infinity. */
  public static final long INTEGER = Long.MIN_VALUE;

  public static final long QUIET = 0x4000_0000_0000_0000L;

  /** The real indefinite: the quiet NaN that answers a masked invalid operation. */
  public static final long INDEFINITE = INTEGER | QUIET;

  public static final int INDEFINITE_SIGN_EXPONENT = SIGN | MAXIMUM;

  private Float80() {}

  /** Whether a value is a NaN, or one of the patterns that are no value at all. */
  static boolean isNaNOrUnsupported(long significand, int signExponent) {
    int exponent = signExponent & MAXIMUM;
    return exponent != 0 && (significand >= 0 || exponent == MAXIMUM && significand != INTEGER);
  }

  static boolean isUnsupported(long significand, int signExponent) {
    return significand >= 0 && (signExponent & MAXIMUM) != 0;
  }

  static boolean isNaN(long significand, int signExponent) {
    return significand < 0 && significand != INTEGER && (signExponent & MAXIMUM) == MAXIMUM;
  }

  static boolean isSignaling(long significand, int signExponent) {
    return isNaN(significand, signExponent) && (significand & QUIET) == 0;
  }

  static boolean isInfinite(long significand, int signExponent) {
    return significand == INTEGER && (signExponent & MAXIMUM) == MAXIMUM;
  }

  /** Whether using a value reports a denormal operand; pseudo-denormals do. */
  static boolean isDenormal(long significand, int signExponent) {
    return (signExponent & DENORMAL) != 0 || (signExponent & MAXIMUM) == 0 && significand != 0;
  }

  /** A normal number, neither denormal nor zero, infinite, NaN or unsupported. */
  static boolean isNormal(long significand, int signExponent) {
    int exponent = signExponent & (MAXIMUM | DENORMAL);
    return significand < 0 && exponent - 1 >>> 1 < 0x3fff;
  }

  public static long significandOfFloat32(int bits) {
    int fraction = bits & 0x7f_ffff;
    if ((bits & 0x7f80_0000) != 0) {
      return INTEGER | (long) fraction << 40;
    }
    return fraction == 0 ? 0 : (long) fraction << Long.numberOfLeadingZeros(fraction);
  }

  public static int signExponentOfFloat32(int bits) {
    int sign = bits >>> 16 & SIGN;
    int exponent = bits >>> 23 & 0xff;
    if (exponent == 0xff) {
      return sign | MAXIMUM;
    }
    if (exponent != 0) {
      return sign | exponent + (BIAS - 127);
    }
    long fraction = bits & 0x7f_ffff;
    if (fraction == 0) {
      return sign;
    }
    return sign | DENORMAL | BIAS + 63 - 149 - Long.numberOfLeadingZeros(fraction);
  }

  public static long significandOfFloat64(long bits) {
    long fraction = bits & 0xf_ffff_ffff_ffffL;
    if ((bits & 0x7ff0_0000_0000_0000L) != 0) {
      return INTEGER | fraction << 11;
    }
    return fraction == 0 ? 0 : fraction << Long.numberOfLeadingZeros(fraction);
  }

  public static int signExponentOfFloat64(long bits) {
    int sign = (int) (bits >>> 48) & SIGN;
    int exponent = (int) (bits >>> 52) & 0x7ff;
    if (exponent == 0x7ff) {
      return sign | MAXIMUM;
    }
    if (exponent != 0) {
      return sign | exponent + (BIAS - 1023);
    }
    long fraction = bits & 0xf_ffff_ffff_ffffL;
    if (fraction == 0) {
      return sign;
    }
    return sign | DENORMAL | BIAS + 63 - 1074 - Long.numberOfLeadingZeros(fraction);
  }

  public static long significandOfInteger(long value) {
    long magnitude = value < 0 ? -value : value;
    return value == 0 ? 0 : magnitude << Long.numberOfLeadingZeros(magnitude);
  }

  public static int signExponentOfInteger(long value) {
    if (value == 0) {
      return 0;
    }
    long magnitude = value < 0 ? -value : value;
    return (value < 0 ? SIGN : 0) | BIAS + 63 - Long.numberOfLeadingZeros(magnitude);
  }
}
