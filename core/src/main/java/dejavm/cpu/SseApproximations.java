package dejavm.cpu;

/**
 * RCPPS and RSQRTPS. Processors differ in what they answer, within a relative error of 1.5 * 2^-12.
 * Here the answer is the exact value, rounded to the nearest of 12 significant bits: an error of
 * 2^-12 at most, on every host.
 *
 * <p>The surprising fact: neither heeds nor changes MXCSR; a denormal operand is always a zero, a
 * denormal result, too.
 *
 * <p>Source: Intel SDM volume 2, RCPPS and RSQRTPS.
 */
public final class SseApproximations {
  private static final FloatFormat F = FloatFormat.SINGLE;
  private static final int BITS = 12;

  private SseApproximations() {}

  /** 1 / value. */
  public static int reciprocal(int value) {
    long a = Integer.toUnsignedLong(value);
    if (F.isNaN(a)) {
      return (int) F.quiet(a);
    }
    if (F.isInfinite(a)) {
      return (int) F.sign(a);
    }
    int exponent = F.exponent(a);
    if (exponent == 0) {
      return (int) (F.sign(a) | F.infinity());
    }
    long significand = F.fraction(a) | F.implicitBit();
    // rounded = floor(2^12 / (significand / 2^23) + 1/2)
    long rounded = ((1L << BITS + F.fractionBits() + 1) / significand + 1) / 2;
    return (int) F.sign(a) | pack(2 * F.bias() - 1 - exponent, rounded);
  }

  /** 1 / the square root of a value. */
  public static int reciprocalRoot(int value) {
    long a = Integer.toUnsignedLong(value);
    if (F.isNaN(a)) {
      return (int) F.quiet(a);
    }
    int exponent = F.exponent(a);
    if (exponent == 0) {
      return (int) (F.sign(a) | F.infinity());
    }
    if (F.sign(a) != 0) {
      return (int) F.indefinite();
    }
    if (F.isInfinite(a)) {
      return 0;
    }
    int odd = exponent + F.bias() & 1;
    long significand = (F.fraction(a) | F.implicitBit()) << odd;
    // the largest rounded with rounded - 1/2 <= 2^12 / root(significand / 2^23)
    long rounded = 0;
    for (long bit = 1L << BITS; bit != 0; bit >>= 1) {
      long trial = 2 * (rounded + bit) - 1;
      if (trial * trial * significand <= 1L << 2 * BITS + 2 + F.fractionBits()) {
        rounded += bit;
      }
    }
    return pack(F.bias() - 1 - (exponent - F.bias() - odd) / 2, rounded);
  }

  /**
   * A single-precision number.
   *
   * @param exponent biased, for a significand below 1
   * @param rounded 2^12 times the significand, 1/2 to 1
   */
  private static int pack(int exponent, long rounded) {
    int carry = (int) (rounded >>> BITS);
    if (exponent + carry <= 0) {
      return 0;
    }
    long fraction = carry != 0 ? 0 : rounded << F.fractionBits() - BITS + 1 & F.implicitBit() - 1;
    return (int) ((long) (exponent + carry) << F.fractionBits() | fraction);
  }
}
