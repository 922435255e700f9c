package dejavm.cpu;

/**
 * Addition, subtraction, multiplication, division and square roots of SSE, on values of either
 * precision, in integers: the definition, which {@link SseQuick} abbreviates.
 *
 * <p>The surprising fact: of two NaNs the first operand's is the result, whatever their
 * significands and even where only the second is signaling; the x87 chooses otherwise.
 *
 * <p>Source: Intel SDM volume 1, 4.8.3, table 4-7, 4.9.1, 11.5; the precedence of exceptions:
 * 4.9.2.
 */
public final class SseArithmetic {
  private SseArithmetic() {}

  static long add(FloatFormat f, SseStatus s, long first, long second) {
    long a = s.operand(f, first);
    long b = s.operand(f, second);
    if (f.isNaN(a) || f.isNaN(b)) {
      return s.propagate(f, a, b);
    }
    if (f.isInfinite(a) && f.isInfinite(b) && a != b) {
      return s.invalid(f);
    }
    return finiteSum(f, s, a, b);
  }

  static long subtract(FloatFormat f, SseStatus s, long first, long second) {
    long a = s.operand(f, first);
    long b = s.operand(f, second);
    if (f.isNaN(a) || f.isNaN(b)) {
      return s.propagate(f, a, b);
    }
    if (f.isInfinite(a) && a == b) {
      return s.invalid(f);
    }
    return finiteSum(f, s, a, b ^ f.signBit());
  }

  /** A sum that is valid. */
  private static long finiteSum(FloatFormat f, SseStatus s, long a, long b) {
    s.noteDenormal(f, a);
    s.noteDenormal(f, b);
    if (f.isInfinite(a) || f.isZero(b) && !f.isZero(a)) {
      return f.isInfinite(a) ? a : exact(f, s, a);
    }
    if (f.isInfinite(b) || f.isZero(a) && !f.isZero(b)) {
      return f.isInfinite(b) ? b : exact(f, s, b);
    }
    if (f.isZero(a)) {
      return a == b ? a : zero(f, s);
    }
    boolean swap = f.magnitude(a) < f.magnitude(b);
    long large = swap ? b : a;
    long small = swap ? a : b;
    int exponent = f.normalExponent(large);
    int shift = exponent - f.normalExponent(small);
    long significand = f.significand(large);
    long addend = sticky(f.significand(small), shift);
    long sign = f.sign(large);
    if (f.sign(small) == sign) {
      significand += addend;
      if (significand < 0) {
        significand = significand >>> 1 | significand & 1;
        exponent++;
      }
    } else {
      significand -= addend;
      if (significand == 0) {
        return zero(f, s);
      }
      int zeros = Long.numberOfLeadingZeros(significand) - 1;
      significand <<= zeros;
      exponent -= zeros;
    }
    return SseRounding.round(f, s, sign, exponent, significand);
  }

  /** A value that is its own result; a denormal one may underflow all the same. */
  private static long exact(FloatFormat f, SseStatus s, long value) {
    if (!f.isDenormal(value)) {
      return value;
    }
    return SseRounding.round(f, s, f.sign(value), f.normalExponent(value), f.significand(value));
  }

  /** The zero that is the sum of opposites. */
  private static long zero(FloatFormat f, SseStatus s) {
    return s.rounding == SseStatus.DOWN ? f.signBit() : 0;
  }

  private static long sticky(long value, int shift) {
    if (shift == 0) {
      return value;
    }
    return shift >= 64 ? 1 : value >>> shift | (value << 64 - shift != 0 ? 1 : 0);
  }

  static long multiply(FloatFormat f, SseStatus s, long first, long second) {
    long a = s.operand(f, first);
    long b = s.operand(f, second);
    if (f.isNaN(a) || f.isNaN(b)) {
      return s.propagate(f, a, b);
    }
    if (f.isInfinite(a) && f.isZero(b) || f.isZero(a) && f.isInfinite(b)) {
      return s.invalid(f);
    }
    s.noteDenormal(f, a);
    s.noteDenormal(f, b);
    long sign = f.sign(a ^ b);
    if (f.isInfinite(a) || f.isInfinite(b)) {
      return sign | f.infinity();
    }
    if (f.isZero(a) || f.isZero(b)) {
      return sign;
    }
    int exponent = f.normalExponent(a) + f.normalExponent(b) - f.bias();
    long x = f.significand(a) << 1;
    long y = f.significand(b);
    long high = Math.unsignedMultiplyHigh(x, y); // bit 61 or 62 leads
    long low = x * y;
    if (high >>> 62 != 0) {
      exponent++;
    } else {
      high = high << 1 | low >>> 63;
      low <<= 1;
    }
    return SseRounding.round(f, s, sign, exponent, high | (low != 0 ? 1 : 0));
  }

  static long divide(FloatFormat f, SseStatus s, long first, long second) {
    long a = s.operand(f, first);
    long b = s.operand(f, second);
    if (f.isNaN(a) || f.isNaN(b)) {
      return s.propagate(f, a, b);
    }
    if (f.isInfinite(a) && f.isInfinite(b) || f.isZero(a) && f.isZero(b)) {
      return s.invalid(f);
    }
    long sign = f.sign(a ^ b);
    if (f.isZero(b) && !f.isInfinite(a)) {
      s.flags |= SseStatus.ZE;
      return sign | f.infinity();
    }
    s.noteDenormal(f, a);
    s.noteDenormal(f, b);
    if (f.isInfinite(a)) {
      return sign | f.infinity();
    }
    if (f.isInfinite(b) || f.isZero(a)) {
      return sign;
    }
    int exponent = f.normalExponent(a) - f.normalExponent(b) + f.bias();
    long high = f.significand(a);
    long divisor = f.significand(b) << 1;
    long quotient = X87Division.quotient(high, 0, divisor); // bit 63 or 62 leads
    long lost = quotient * divisor != 0 ? 1 : 0;
    if (quotient < 0) {
      quotient = quotient >>> 1 | quotient & 1;
    } else {
      exponent--;
    }
    return SseRounding.round(f, s, sign, exponent, quotient | lost);
  }

  static long root(FloatFormat f, SseStatus s, long operand) {
    long a = s.operand(f, operand);
    if (f.isNaN(a)) {
      return s.propagate(f, a);
    }
    if (f.isZero(a) || a == f.infinity()) {
      return a;
    }
    if (f.sign(a) != 0) {
      return s.invalid(f);
    }
    s.noteDenormal(f, a);
    int exponent = f.normalExponent(a) - f.bias();
    // the radicand is significand / 2^62 * 2^exponent, made even
    long high = f.significand(a) << (exponent & 1);
    long root = X87Division.root(high, 0); // bit 63 leads
    boolean exact = X87Division.rootRest(high, 0, root) == 0;
    long significand = root >>> 1 | root & 1 | (exact ? 0 : 1);
    return SseRounding.round(f, s, 0, (exponent >> 1) + f.bias(), significand);
  }
}
