package dejavm.cpu;

/**
 * FBLD and FBSTP: integers of 18 decimal digits, two in a byte, and a byte for the sign.
 *
 * <p>The surprising fact: digits above nine are not refused; they count with their value.
 *
 * <p>Source: Intel SDM volume 1, 4.7; volume 2, FBLD and FBSTP.
 */
public final class X87Decimal {
  private static final long LARGEST = 999_999_999_999_999_999L;

  private X87Decimal() {}

  /**
   * FBLD.
   *
   * @param low the low 16 digits
   * @param high the two high digits, and the sign in bit 15
   */
  public static boolean fbld(X87 f, long low, int high) {
    long value = (high >> 4 & 15) * 10L + (high & 15);
    for (int shift = 60; shift >= 0; shift -= 4) {
      value = value * 10 + (low >>> shift & 15);
    }
    int signExponent = Float80.signExponentOfInteger(value) | high & Float80.SIGN;
    return X87Move.fld80(f, Float80.significandOfInteger(value), signExponent);
  }

  /** FBSTP: what to write is in the {@link X87#LATCH}. */
  public static void fbstp(X87 f) {
    f.status &= ~X87.C1;
    f.significand[X87.LATCH] = Float80.INDEFINITE;
    f.signExponent[X87.LATCH] = 0xffff;
    if (f.isEmpty(0)) {
      f.underflow();
    } else {
      convert(f);
    }
    X87Move.popStored(f);
  }

  private static void convert(X87 f) {
    int before = f.status;
    int signExponent = f.signExponent[f.top];
    long value = X87Rounding.toInteger(f, f.significand[f.top], signExponent, 64, f.control);
    long magnitude = value < 0 ? -value : value;
    if (magnitude < 0 || magnitude > LARGEST) {
      f.status = before | X87.IE;
      return;
    }
    long digits = 0;
    for (int shift = 0; shift < 64; shift += 4) {
      digits |= magnitude % 10 << shift;
      magnitude /= 10;
    }
    f.significand[X87.LATCH] = digits;
    f.signExponent[X87.LATCH] =
        (int) (magnitude / 10 << 4 | magnitude % 10) | signExponent & Float80.SIGN;
  }
}
