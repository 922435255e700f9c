package dejavm.cpu;

/**
 * The coefficients of a power series behind the transcendental instructions, as pairs of longs
 * (high:low) / 2^127, falling.
 *
 * <p>They are computed, not listed: each reciprocal factorial is the one before divided by an
 * integer. The series are long enough for 120 bits at the largest argument each is used for: the
 * exponential ln 2, sine and cosine (pi/4)^2, inverse tangent and logarithm 0.0295.
 */
final class X87Series {
  /** 1/(n+1)!: (e^z - 1) / z. */
  static final X87Series EXPONENTIAL = reciprocalFactorials(1, 1, 30);

  /** 1/(2n+1)!: sin r / r in r^2. */
  static final X87Series SINE = reciprocalFactorials(1, 2, 16);

  /** 1/(2n)!: cos r in r^2. */
  static final X87Series COSINE = reciprocalFactorials(0, 2, 16);

  /** 1/(2n+1): atan t / t in t^2 with alternating signs, artanh t / t with equal ones. */
  static final X87Series INVERSE_TANGENT = oddReciprocals(24);

  private final long[] coefficients;

  private X87Series(long[] coefficients) {
    this.coefficients = coefficients;
  }

  int terms() {
    return coefficients.length / 2;
  }

  long high(int n) {
    return coefficients[2 * n];
  }

  long low(int n) {
    return coefficients[2 * n + 1];
  }

  private static X87Series reciprocalFactorials(int first, int step, int count) {
    long[] table = new long[2 * count];
    table[0] = Float80.INTEGER;
    for (int n = 1; n < count; n++) {
      long high = table[2 * n - 2];
      long low = table[2 * n - 1];
      for (int i = 1; i <= step; i++) {
        int divisor = first + (n - 1) * step + i;
        low = lowQuotient(high, low, divisor);
        high = Long.divideUnsigned(high, divisor);
      }
      table[2 * n] = high;
      table[2 * n + 1] = low;
    }
    return new X87Series(table);
  }

  private static X87Series oddReciprocals(int count) {
    long[] table = new long[2 * count];
    for (int n = 0; n < count; n++) {
      table[2 * n] = Long.divideUnsigned(Float80.INTEGER, 2 * n + 1);
      table[2 * n + 1] = lowQuotient(Float80.INTEGER, 0, 2 * n + 1);
    }
    return new X87Series(table);
  }

  /** The low half of (high:low) / divisor, in two steps of 32 bits. */
  private static long lowQuotient(long high, long low, int divisor) {
    long upper = Long.remainderUnsigned(high, divisor) << 32 | low >>> 32;
    long lower = Long.remainderUnsigned(upper, divisor) << 32 | low & 0xffff_ffffL;
    return Long.divideUnsigned(upper, divisor) << 32 | Long.divideUnsigned(lower, divisor);
  }
}
