package dejavm.cpu;

/**
 * Rounding of results to single and double precision, with the flags of overflow, underflow and
 * inexactness.
 *
 * <p>The surprising fact: tininess is found after rounding as if the exponent had no limit; masked
 * underflow is reported only where the result is inexact, too, but with FTZ, and unmasked, always.
 *
 * <p>Source: Intel SDM volume 1, 4.9.1.4 to 4.9.1.6, 10.2.3.3.
 */
final class SseRounding {
  private SseRounding() {}

  /**
   * Rounds and packs.
   *
   * @param sign the sign bit in its place, or 0
   * @param exponent biased, of any size
   * @param significand its bit 62 is set; its bit 0 stands for all that was lost
   */
  static long round(FloatFormat f, SseStatus s, long sign, int exponent, long significand) {
    int drop = 62 - f.fractionBits();
    long rest = significand << 64 - drop;
    long kept = significand >>> drop;
    boolean up = rest != 0 && s.increments(sign != 0, kept, rest);
    if (exponent <= 0 || exponent >= f.maximum() - 1) {
      boolean carried = up && kept + 1 == 2 * f.implicitBit();
      int rounded = exponent + (carried ? 1 : 0);
      if (rounded >= f.maximum()) {
        return overflow(f, s, sign, rest != 0);
      }
      if (exponent <= 0) {
        return denormalize(f, s, sign, exponent, significand, rounded <= 0, rest != 0);
      }
    }
    if (rest != 0) {
      s.flags |= SseStatus.PE;
    }
    return sign | ((long) (exponent - 1) << f.fractionBits()) + kept + (up ? 1 : 0);
  }

  private static long overflow(FloatFormat f, SseStatus s, long sign, boolean inexact) {
    s.flags |= SseStatus.OE | (inexact || s.masks(SseStatus.OE) ? SseStatus.PE : 0);
    return sign | (s.increments(sign != 0, 1, -1) ? f.infinity() : f.infinity() - 1);
  }

  private static long denormalize(
      FloatFormat f,
      SseStatus s,
      long sign,
      int exponent,
      long significand,
      boolean tiny,
      boolean inexact) {
    if (tiny && !s.masks(SseStatus.UE)) {
      s.flags |= SseStatus.UE | (inexact ? SseStatus.PE : 0);
      return sign;
    }
    if (tiny && s.flushToZero) {
      s.flags |= SseStatus.UE | SseStatus.PE;
      return sign;
    }
    int drop = 63 - f.fractionBits() - exponent;
    long kept = X87Rounding.shiftedHigh(significand, drop);
    long rest = X87Rounding.shiftedLow(significand, 0, drop);
    if (rest == 0) {
      return sign | kept;
    }
    s.flags |= SseStatus.PE | (tiny ? SseStatus.UE : 0);
    return sign | kept + (s.increments(sign != 0, kept, rest) ? 1 : 0);
  }
}
