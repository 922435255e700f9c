package dejavm.cpu;

/**
 * Division of 128 by 64 bits and square roots of 128 bits, in 64-bit integers.
 *
 * <p>Source: Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D with digits of 32
 * bits; Zimmermann, Karatsuba Square Root, INRIA RR-3805, one step.
 */
final class X87Division {
  private static final long DIGIT = 0xffff_ffffL;

  private X87Division() {}

  /** (high:low) / divisor, whose bit 63 is set and which is above high. */
  static long quotient(long high, long low, long divisor) {
    long first = digit(high, low >>> 32, divisor);
    long rest = (high << 32 | low >>> 32) - first * divisor;
    return first << 32 | digit(rest, low & DIGIT, divisor);
  }

  /** One quotient digit of (high:next) of 96 bits by 64; the first guess is at most 2 too large. */
  private static long digit(long high, long next, long divisor) {
    long upper = divisor >>> 32;
    long lower = divisor & DIGIT;
    long guess = Long.divideUnsigned(high, upper);
    long rest = high - guess * upper;
    while (guess > DIGIT || Long.compareUnsigned(guess * lower, rest << 32 | next) > 0) {
      guess--;
      rest += upper;
      if (rest > DIGIT) {
        break;
      }
    }
    return guess;
  }

  /** The integer square root of (high:low), high being at least 2^62. */
  static long root(long high, long low) {
    long upper = root(high);
    long rest = high - upper * upper; // at most 2 * upper: 33 bits
    // (rest : low's upper half) / (2 * upper), 65 bits by 33
    long half = rest << 31 | low >>> 33;
    long guess = Long.divideUnsigned(half, upper);
    long remainder = (half - guess * upper << 1) | low >>> 32 & 1;
    long root = (upper << 32) + guess;
    // remainder * 2^32 + low half - guess^2 may be negative: then the root is one too large
    if (guess > DIGIT) {
      return root - 1;
    }
    boolean small = remainder >>> 32 == 0;
    if (small && Long.compareUnsigned(remainder << 32 | low & DIGIT, guess * guess) < 0) {
      return root - 1;
    }
    return root;
  }

  private static long root(long value) {
    long root = 0;
    long rest = value;
    for (int shift = 31; shift >= 0; shift--) {
      long trial = (root << 1) + (1L << shift) << shift;
      if (Long.compareUnsigned(rest, trial) >= 0) {
        rest -= trial;
        root += 1L << shift;
      }
    }
    return root;
  }

  /** What is left of (high:low) beyond a root, as bits to round by: 0, or below or above half. */
  static long rootRest(long high, long low, long root) {
    long squareLow = root * root;
    long restLow = low - squareLow;
    long borrow = Long.compareUnsigned(low, squareLow) < 0 ? 1 : 0;
    long restHigh = high - Math.unsignedMultiplyHigh(root, root) - borrow;
    if ((restHigh | restLow) == 0) {
      return 0;
    }
    // (root + 1/2)^2 = root^2 + root + 1/4: above half where the rest exceeds the root
    boolean above = restHigh != 0 || Long.compareUnsigned(restLow, root) > 0;
    return above ? Float80.INTEGER | 1 : 1;
  }
}
