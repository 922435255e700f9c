package dejavm.bus;

/**
 * Guest time, which is a function of execution alone: {@code now} sums the fixed costs of what the
 * CPU did, and {@code frequency} such units make one second of guest time.
 */
public interface Clock {
  /** The present moment, in ticks since power-on; never decreases. */
  long now();

  /** Ticks in one second of guest time; constant for a machine, 1,000,000 to 10,000,000,000. */
  long frequency();

  /**
   * How many periods of an oscillator have passed at a moment: {@code floor(ticks * hertz /
   * frequency)}, exact.
   *
   * @param ticks a moment or a duration in ticks, not negative
   * @param hertz the oscillator's frequency, 1 to 4,000,000,000
   */
  default long cycles(long ticks, long hertz) {
    long f = frequency();
    return ticks / f * hertz + scale(ticks % f, hertz, f, 0);
  }

  /**
   * The first moment at which {@code cycles} periods of an oscillator have passed: {@code
   * ceil(cycles * frequency / hertz)}, so that {@code cycles(ticks(n, hz), hz) == n} wherever hertz
   * is not above frequency.
   *
   * @param cycles a number of periods, not negative
   * @param hertz the oscillator's frequency, 1 to 4,000,000,000
   */
  default long ticks(long cycles, long hertz) {
    return cycles / hertz * frequency() + scale(cycles % hertz, frequency(), hertz, hertz - 1);
  }

  /** {@code (a * b + add) / divisor} without overflow in between; a below divisor or b. */
  private static long scale(long a, long b, long divisor, long add) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    long sum = low + add;
    if (Long.compareUnsigned(sum, low) < 0) {
      high++;
    }
    if (high == 0 && sum >= 0) {
      return sum / divisor;
    }
    // long division of 128 by 64 bits, a bit at a time; only reached with very high frequencies
    long remainder = high;
    long quotient = 0;
    for (int bit = 63; bit >= 0; bit--) {
      boolean carry = remainder < 0;
      remainder = remainder << 1 | (sum >>> bit & 1);
      if (carry || Long.compareUnsigned(remainder, divisor) >= 0) {
        remainder -= divisor;
        quotient |= 1L << bit;
      }
    }
    return quotient;
  }
}
