package dejavm.cpu;

/**
 * Conversions of SSE between its two precisions and integers, and rounding to integral values.
 *
 * <p>The surprising fact: a denormal operand is noted where its precision changes, but not where it
 * becomes an integer.
 *
 * <p>Source: Intel SDM volume 2, CVT… and ROUND…; volume 1, 11.5.2, appendix E.4.
 */
public final class SseConversions {
  private static final int DROPPED =
      FloatFormat.DOUBLE.fractionBits() - FloatFormat.SINGLE.fractionBits();
  private static final int BIAS_DIFFERENCE = FloatFormat.DOUBLE.bias() - FloatFormat.SINGLE.bias();
  private static final long SIGN_64 = 1L << 63;

  private SseConversions() {}

  /** Double from single precision. */
  public static long widen(SseStatus s, int value) {
    FloatFormat f = FloatFormat.SINGLE;
    long a = s.operand(f, Integer.toUnsignedLong(value));
    long sign = f.sign(a) << 32;
    if (f.isNaN(a)) {
      return sign | FloatFormat.DOUBLE.infinity() | f.fraction(s.propagate(f, a)) << DROPPED;
    }
    if (f.isInfinite(a)) {
      return sign | FloatFormat.DOUBLE.infinity();
    }
    if (f.isZero(a)) {
      return sign;
    }
    s.noteDenormal(f, a);
    long exponent = f.normalExponent(a) + BIAS_DIFFERENCE - 1L;
    int toFraction = 62 - FloatFormat.DOUBLE.fractionBits();
    return sign
        | (exponent << FloatFormat.DOUBLE.fractionBits()) + (f.significand(a) >>> toFraction);
  }

  /** Single from double precision. */
  public static int narrow(SseStatus s, long value) {
    FloatFormat f = FloatFormat.DOUBLE;
    long a = s.operand(f, value);
    long sign = f.sign(a) >>> 32;
    if (f.isNaN(a)) {
      long fraction = f.fraction(s.propagate(f, a)) >>> DROPPED;
      return (int) (sign | FloatFormat.SINGLE.infinity() | fraction);
    }
    if (f.isInfinite(a)) {
      return (int) (sign | FloatFormat.SINGLE.infinity());
    }
    if (f.isZero(a)) {
      return (int) sign;
    }
    s.noteDenormal(f, a);
    int exponent = f.normalExponent(a) - BIAS_DIFFERENCE;
    return (int) SseRounding.round(FloatFormat.SINGLE, s, sign, exponent, f.significand(a));
  }

  /** Single precision from an integer. */
  public static int single(SseStatus s, long integer) {
    return (int) fromInteger(FloatFormat.SINGLE, s, integer);
  }

  /** Double precision from an integer. */
  public static long twofold(SseStatus s, long integer) {
    return fromInteger(FloatFormat.DOUBLE, s, integer);
  }

  private static long fromInteger(FloatFormat f, SseStatus s, long integer) {
    if (integer == 0) {
      return 0;
    }
    long sign = integer < 0 ? f.signBit() : 0;
    long magnitude = Math.abs(integer); // 2^63 comes out as its bit pattern
    int zeros = Long.numberOfLeadingZeros(magnitude);
    long significand = zeros == 0 ? magnitude >>> 1 : magnitude << zeros - 1;
    return SseRounding.round(f, s, sign, f.bias() + 63 - zeros, significand);
  }

  /** A signed integer of so many bits, from single precision. */
  public static long integer32(SseStatus s, int value, int bits) {
    return toInteger(FloatFormat.SINGLE, s, Integer.toUnsignedLong(value), bits);
  }

  /** A signed integer of so many bits, from double precision. */
  public static long integer64(SseStatus s, long value, int bits) {
    return toInteger(FloatFormat.DOUBLE, s, value, bits);
  }

  private static long toInteger(FloatFormat f, SseStatus s, long value, int bits) {
    long a = s.operand(f, value);
    if (f.isZero(a)) {
      return 0;
    }
    long indefinite = -1L << bits - 1;
    boolean negative = f.sign(a) != 0;
    int shift = f.bias() + 62 - f.normalExponent(a);
    if (shift < 0) {
      // only one such number fits
      boolean least = negative && bits == 64 && f.magnitude(a) == magnitudeOfLeast(f);
      if (!least) {
        s.flags |= SseStatus.IE;
      }
      return indefinite;
    }
    long significand = f.significand(a);
    long kept = shift == 0 ? significand : X87Rounding.shiftedHigh(significand, shift);
    long rest = shift == 0 ? 0 : X87Rounding.shiftedLow(significand, 0, shift);
    if (rest != 0 && s.increments(negative, kept, rest)) {
      kept++;
    }
    if (Long.compareUnsigned(kept, negative ? -indefinite : ~indefinite) > 0) {
      s.flags |= SseStatus.IE;
      return indefinite;
    }
    if (rest != 0) {
      s.flags |= SseStatus.PE;
    }
    return negative ? -kept : kept;
  }

  /** 2^63. */
  private static long magnitudeOfLeast(FloatFormat f) {
    return f.bias() + 63L << f.fractionBits();
  }

  /**
   * ROUNDSS and its kin.
   *
   * @param control the immediate: how to round in bits 0 and 1, unless bit 2 leaves that to MXCSR;
   *     bit 3 for inexactness not to be noted
   */
  public static int integral32(SseStatus s, int value, int control) {
    return (int) integral(FloatFormat.SINGLE, s, Integer.toUnsignedLong(value), control);
  }

  /** {@link #integral32} in double precision. */
  public static long integral64(SseStatus s, long value, int control) {
    return integral(FloatFormat.DOUBLE, s, value, control);
  }

  private static long integral(FloatFormat f, SseStatus s, long value, int control) {
    if ((control & 4) == 0) {
      s.round(control & 3);
    }
    long a = s.operand(f, value);
    if (f.isNaN(a)) {
      return s.propagate(f, a);
    }
    int drop = f.bias() + f.fractionBits() - f.exponent(a);
    if (drop <= 0 || f.isZero(a)) {
      return a;
    }
    long kept;
    long rest;
    if (drop <= f.fractionBits()) {
      // the last kept bit may be the exponent's: then it is 1, like the implicit one
      kept = f.magnitude(a) >>> drop;
      rest = a << 64 - drop;
    } else {
      kept = 0;
      boolean half = drop == f.fractionBits() + 1;
      rest = half ? SIGN_64 | f.fraction(a) : 1;
    }
    if (rest == 0) {
      return a;
    }
    if ((control & 8) == 0) {
      s.flags |= SseStatus.PE;
    }
    boolean up = s.increments(f.sign(a) != 0, kept, rest);
    if (drop > f.fractionBits()) {
      return f.sign(a) | (up ? (long) f.bias() << f.fractionBits() : 0);
    }
    return f.sign(a) | kept + (up ? 1 : 0) << drop;
  }
}
