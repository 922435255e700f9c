package dejavm.cpu;

/**
 * A positive number of 128 significant bits, the working precision of the transcendental
 * instructions: (high:low) / 2^127 * 2^exponent, where bit 63 of {@code high} is set; or zero.
 *
 * <p>Every operation errs by a few units in the last of the 128 bits at most, and the same ones on
 * every host, as it is all integer arithmetic.
 */
record X87Wide(int exponent, long high, long low) {
  static final X87Wide ZERO = new X87Wide(0, 0, 0);
  static final X87Wide ONE = new X87Wide(0, Float80.INTEGER, 0);

  /** A normal or denormal number of the 80-bit format, without its sign. */
  static X87Wide of(long significand, int signExponent) {
    int zeros = Long.numberOfLeadingZeros(significand);
    int exponent = X87Arithmetic.normalExponent(signExponent & Float80.MAXIMUM, zeros);
    return new X87Wide(exponent - Float80.BIAS, significand << zeros, 0);
  }

  /** (high:low) / 2^127 * 2^exponent, where no bit need be set. */
  static X87Wide normalized(int exponent, long high, long low) {
    if ((high | low) == 0) {
      return ZERO;
    }
    if (high == 0) {
      int zeros = Long.numberOfLeadingZeros(low);
      return new X87Wide(exponent - 64 - zeros, low << zeros, 0);
    }
    int zeros = Long.numberOfLeadingZeros(high);
    long shifted = zeros == 0 ? high : high << zeros | low >>> -zeros;
    return new X87Wide(exponent - zeros, shifted, low << zeros);
  }

  boolean isZero() {
    return high == 0;
  }

  int compareTo(X87Wide other) {
    if (isZero() || other.isZero()) {
      return Boolean.compare(other.isZero(), isZero());
    }
    if (exponent != other.exponent) {
      return Integer.compare(exponent, other.exponent);
    }
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  X87Wide scaled(int power) {
    return isZero() ? this : new X87Wide(exponent + power, high, low);
  }

  X87Wide plus(X87Wide other) {
    if (compareTo(other) < 0) {
      return other.plus(this);
    }
    if (other.isZero()) {
      return this;
    }
    int shift = exponent - other.exponent;
    long otherHigh = shift == 0 ? other.high : X87Rounding.shiftedHigh(other.high, shift);
    long otherLow = shift == 0 ? other.low : X87Rounding.shiftedLow(other.high, other.low, shift);
    long sumLow = low + otherLow;
    long carry = Long.compareUnsigned(sumLow, low) < 0 ? 1 : 0;
    long sumHigh = high + otherHigh + carry;
    if (sumHigh < 0) {
      return new X87Wide(exponent, sumHigh, sumLow);
    }
    return new X87Wide(
        exponent + 1, sumHigh >>> 1 | Float80.INTEGER, sumHigh << 63 | sumLow >>> 1 | sumLow & 1);
  }

  /** This less a number that is not larger. */
  X87Wide minus(X87Wide other) {
    if (other.isZero()) {
      return this;
    }
    int shift = exponent - other.exponent;
    long otherHigh = shift == 0 ? other.high : X87Rounding.shiftedHigh(other.high, shift);
    long otherLow = shift == 0 ? other.low : X87Rounding.shiftedLow(other.high, other.low, shift);
    long borrow = Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0;
    return normalized(exponent, high - otherHigh - borrow, low - otherLow);
  }

  X87Wide times(X87Wide other) {
    if (isZero() || other.isZero()) {
      return ZERO;
    }
    long productHigh = Math.unsignedMultiplyHigh(high, other.high);
    long productLow = high * other.high;
    long first = Math.unsignedMultiplyHigh(high, other.low);
    long second = Math.unsignedMultiplyHigh(low, other.high);
    long sum = productLow + first;
    productHigh += Long.compareUnsigned(sum, first) < 0 ? 1 : 0;
    productLow = sum + second;
    productHigh += Long.compareUnsigned(productLow, second) < 0 ? 1 : 0;
    return normalized(exponent + other.exponent + 1, productHigh, productLow);
  }

  X87Wide dividedBy(X87Wide divisor) {
    if (isZero()) {
      return this;
    }
    long h = high;
    long l = low;
    int quotientExponent = exponent - divisor.exponent - 1;
    int order = Long.compareUnsigned(h, divisor.high);
    if (order > 0 || order == 0 && Long.compareUnsigned(l, divisor.low) >= 0) {
      l = h << 63 | l >>> 1;
      h >>>= 1;
      quotientExponent++;
    }
    long first = digit(h, l, divisor.high, divisor.low);
    long productLow = first * divisor.low;
    long productHigh = Math.unsignedMultiplyHigh(first, divisor.low) + first * divisor.high;
    long restHigh = l - productHigh - (productLow != 0 ? 1 : 0);
    long second = digit(restHigh, -productLow, divisor.high, divisor.low);
    return normalized(quotientExponent, first, second);
  }

  /** One quotient digit of (high:middle:0) by (divisorHigh:divisorLow), Knuth's D with 64 bits. */
  private static long digit(long high, long middle, long divisorHigh, long divisorLow) {
    long guess;
    long rest;
    if (Long.compareUnsigned(high, divisorHigh) >= 0) {
      guess = -1L;
      rest = middle + divisorHigh;
      if (Long.compareUnsigned(rest, divisorHigh) < 0) {
        return guess;
      }
    } else {
      guess = X87Division.quotient(high, middle, divisorHigh);
      rest = middle - guess * divisorHigh;
    }
    while (exceeds(guess, divisorLow, rest)) {
      guess--;
      rest += divisorHigh;
      if (Long.compareUnsigned(rest, divisorHigh) < 0) {
        break;
      }
    }
    return guess;
  }

  /** Whether a * b is above (rest:0). */
  private static boolean exceeds(long a, long b, long rest) {
    int order = Long.compareUnsigned(Math.unsignedMultiplyHigh(a, b), rest);
    return order > 0 || order == 0 && a * b != 0;
  }

  /**
   * The sum of coefficient(n) * this^n, this being below 1, the signs all plus or alternating; the
   * first coefficient is 1.
   */
  X87Wide series(X87Series series, boolean alternating) {
    int shift = -1 - exponent;
    long zHigh = shift == 0 ? high : X87Rounding.shiftedHigh(high, shift);
    long zLow = shift == 0 ? low : X87Rounding.shiftedLow(high, low, shift);
    int n = series.terms() - 1;
    long sumHigh = series.high(n);
    long sumLow = series.low(n);
    for (n--; n >= 0; n--) {
      long productHigh = Math.unsignedMultiplyHigh(sumHigh, zHigh);
      long productLow = sumHigh * zHigh;
      long first = Math.unsignedMultiplyHigh(sumHigh, zLow);
      long second = Math.unsignedMultiplyHigh(sumLow, zHigh);
      long partial = productLow + first;
      productHigh += Long.compareUnsigned(partial, first) < 0 ? 1 : 0;
      productLow = partial + second;
      productHigh += Long.compareUnsigned(productLow, second) < 0 ? 1 : 0;
      if (alternating) {
        sumLow = series.low(n) - productLow;
        long borrow = Long.compareUnsigned(series.low(n), productLow) < 0 ? 1 : 0;
        sumHigh = series.high(n) - productHigh - borrow;
      } else {
        sumLow = series.low(n) + productLow;
        long carry = Long.compareUnsigned(sumLow, productLow) < 0 ? 1 : 0;
        sumHigh = series.high(n) + productHigh + carry;
      }
    }
    if (alternating && sumHigh == Float80.INTEGER && sumLow == 0 && !isZero()) {
      return new X87Wide(-1, -1L, -1L); // below 1 by less than a unit: rounding has to see it
    }
    return normalized(0, sumHigh, sumLow);
  }

  /** Puts an inexact result into a register. */
  void round(X87 f, int register, int sign) {
    X87Rounding.round(f, register, sign, exponent + Float80.BIAS, high, low | 1);
  }
}
