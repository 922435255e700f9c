package dejavm.cpu;

/**
 * A binary interchange format of IEEE 754, whose values are held in the low bits of a long.
 *
 * @param fractionBits bits of the significand that are stored
 * @param exponentBits bits of the biased exponent
 */
record FloatFormat(int fractionBits, int exponentBits) {
  /** Single precision: 32 bits. */
  static final FloatFormat SINGLE = new FloatFormat(23, 8);

  /** Double precision: 64 bits. */
  static final FloatFormat DOUBLE = new FloatFormat(52, 11);

  /** The biased exponent of infinities and NaNs. */
  int maximum() {
    return (1 << exponentBits) - 1;
  }

  int bias() {
    return maximum() >> 1;
  }

  long signBit() {
    return 1L << fractionBits + exponentBits;
  }

  long implicitBit() {
    return 1L << fractionBits;
  }

  long sign(long value) {
    return value & signBit();
  }

  int exponent(long value) {
    return (int) (value >>> fractionBits) & maximum();
  }

  long fraction(long value) {
    return value & implicitBit() - 1;
  }

  /** Positive infinity, which is also the exponent's mask. */
  long infinity() {
    return (long) maximum() << fractionBits;
  }

  long magnitude(long value) {
    return value & signBit() - 1;
  }

  boolean isNaN(long value) {
    return magnitude(value) > infinity();
  }

  boolean isSignaling(long value) {
    return isNaN(value) && (value & quietBit()) == 0;
  }

  boolean isInfinite(long value) {
    return magnitude(value) == infinity();
  }

  boolean isZero(long value) {
    return magnitude(value) == 0;
  }

  boolean isDenormal(long value) {
    return exponent(value) == 0 && fraction(value) != 0;
  }

  private long quietBit() {
    return implicitBit() >>> 1;
  }

  /** A NaN as results have it. */
  long quiet(long nan) {
    return nan | quietBit();
  }

  /** The NaN that answers invalid operations: SDM volume 1, 4.8.3.7. */
  long indefinite() {
    return signBit() | infinity() | quietBit();
  }

  /** The significand of a finite value other than zero, normalized so that its bit 62 is set. */
  long significand(long value) {
    long fraction = fraction(value);
    if (exponent(value) != 0) {
      return (fraction | implicitBit()) << 62 - fractionBits;
    }
    return fraction << Long.numberOfLeadingZeros(fraction) - 1;
  }

  /** The biased exponent that belongs to {@link #significand}; below 1 for denormals. */
  int normalExponent(long value) {
    int exponent = exponent(value);
    if (exponent != 0) {
      return exponent;
    }
    return 1 - (Long.numberOfLeadingZeros(fraction(value)) - (63 - fractionBits));
  }
}
