package dejavm.cpu;

/**
 * PCLMULQDQ: the product of two polynomials over GF(2), 127 bits of it.
 *
 * <p>Source: Intel SDM volume 2, PCLMULQDQ.
 */
public final class CarrylessMultiply {
  private CarrylessMultiply() {}

  /** Bits 63:0 of the product. */
  public static long low(long a, long b) {
    long product = 0;
    for (long bits = b; bits != 0; bits &= bits - 1) {
      product ^= a << Long.numberOfTrailingZeros(bits);
    }
    return product;
  }

  /** Bits 127:64 of the product. */
  public static long high(long a, long b) {
    long product = 0;
    for (long bits = b; bits != 0; bits &= bits - 1) {
      // In two steps, since a shift by 64 would be none.
      product ^= a >>> 1 >>> 63 - Long.numberOfTrailingZeros(bits);
    }
    return product;
  }
}
