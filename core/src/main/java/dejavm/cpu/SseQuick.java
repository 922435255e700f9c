package dejavm.cpu;

/**
 * The short way for elements that are neither denormal nor infinite nor NaNs, where rounding is to
 * nearest: the host's own operation. All else goes to {@link SseOperation#define}, which gives the
 * same results and flags.
 *
 * <p>The surprising fact: a product of normal numbers that is the least normal one may have
 * underflowed, since tininess is found before the exponent is bounded; so it goes the long way.
 *
 * <p>Whether a result is inexact is told from the odd parts of significands, without a fused
 * operation: a * b = p holds exactly where it holds for these. For sums it is told as Dekker did: A
 * floating-point technique for extending the available precision, Numerische Mathematik 18 (1971).
 */
public final class SseQuick {
  private static final long EXPONENT_64 = 0x7FF0_0000_0000_0000L;
  private static final long FRACTION_64 = 0x000F_FFFF_FFFF_FFFFL;
  private static final long IMPLICIT_64 = 0x0010_0000_0000_0000L;
  private static final int EXPONENT_32 = 0x7F80_0000;
  private static final int FRACTION_32 = 0x007F_FFFF;
  private static final int IMPLICIT_32 = 0x0080_0000;

  private SseQuick() {}

  // ---- double precision ----

  /** An operation on elements of double precision. */
  public static long compute64(SseStatus s, SseOperation operation, long a, long b) {
    if (s.rounding == SseStatus.NEAREST && isPlain64(a) && isPlain64(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      switch (operation) {
        case ADD, SUBTRACT -> {
          double addend = operation == SseOperation.ADD ? y : -y;
          long sum = Double.doubleToRawLongBits(x + addend);
          if (isPlain64(sum)) {
            noteSum64(s, x, addend, x + addend);
            return sum;
          }
        }
        case MULTIPLY -> {
          long product = Double.doubleToRawLongBits(x * y);
          if (isSafe64(product) || isZero64(a) || isZero64(b)) {
            noteProduct64(s, product, a, b);
            return product;
          }
        }
        case DIVIDE -> {
          if (!isZero64(b)) {
            long quotient = Double.doubleToRawLongBits(x / y);
            if (isSafe64(quotient) || isZero64(a)) {
              noteProduct64(s, a, quotient, b);
              return quotient;
            }
          }
        }
        case ROOT -> {
          if (b > 0) {
            long root = Double.doubleToRawLongBits(Math.sqrt(y));
            noteProduct64(s, b, root, root);
            return root;
          }
        }
        case MINIMUM, MAXIMUM -> {}
      }
    }
    return operation.define(FloatFormat.DOUBLE, s, a, b);
  }

  private static boolean isPlain64(long bits) {
    long exponent = bits & EXPONENT_64;
    return exponent != 0 && exponent != EXPONENT_64 || isZero64(bits);
  }

  /** Finite, and so far from denormal that the result cannot be tiny. */
  private static boolean isSafe64(long bits) {
    long exponent = bits & EXPONENT_64;
    return exponent > IMPLICIT_64 && exponent != EXPONENT_64;
  }

  private static boolean isZero64(long bits) {
    return bits << 1 == 0;
  }

  private static void noteSum64(SseStatus s, double x, double y, double sum) {
    if (!s.inexactKnown) {
      boolean swap = Math.abs(x) < Math.abs(y);
      double large = swap ? y : x;
      double small = swap ? x : y;
      if (sum - large != small) {
        s.flags |= SseStatus.PE;
      }
    }
  }

  private static void noteProduct64(SseStatus s, long product, long a, long b) {
    if (!s.inexactKnown && !isZero64(a) && !isZero64(b)) {
      noteProduct(s, odd64(product), odd64(a), odd64(b));
    }
  }

  private static long odd64(long bits) {
    long significand = bits & FRACTION_64 | IMPLICIT_64;
    return significand >>> Long.numberOfTrailingZeros(significand);
  }

  /** Factors of more than 54 bits together have a product of more than 53. */
  private static void noteProduct(SseStatus s, long product, long a, long b) {
    int zeros = Long.numberOfLeadingZeros(a) + Long.numberOfLeadingZeros(b);
    if (zeros < 128 - 54 || a * b != product) {
      s.flags |= SseStatus.PE;
    }
  }

  // ---- single precision ----

  /** An operation on elements of single precision, in the low halves. */
  public static int compute32(SseStatus s, SseOperation operation, int a, int b) {
    if (s.rounding == SseStatus.NEAREST && isPlain32(a) && isPlain32(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      switch (operation) {
        case ADD, SUBTRACT -> {
          float addend = operation == SseOperation.ADD ? y : -y;
          int sum = Float.floatToRawIntBits(x + addend);
          if (isPlain32(sum)) {
            noteSum32(s, x, addend, x + addend);
            return sum;
          }
        }
        case MULTIPLY -> {
          int product = Float.floatToRawIntBits(x * y);
          if (isSafe32(product) || isZero32(a) || isZero32(b)) {
            noteProduct32(s, product, a, b);
            return product;
          }
        }
        case DIVIDE -> {
          if (!isZero32(b)) {
            int quotient = Float.floatToRawIntBits(x / y);
            if (isSafe32(quotient) || isZero32(a)) {
              noteProduct32(s, a, quotient, b);
              return quotient;
            }
          }
        }
        case ROOT -> {
          if (b > 0) {
            // rounding twice does no harm to roots: the first keeps more than twice the bits
            int root = Float.floatToRawIntBits((float) Math.sqrt(y));
            noteProduct32(s, b, root, root);
            return root;
          }
        }
        case MINIMUM, MAXIMUM -> {}
      }
    }
    return (int)
        operation.define(
            FloatFormat.SINGLE, s, Integer.toUnsignedLong(a), Integer.toUnsignedLong(b));
  }

  private static boolean isPlain32(int bits) {
    int exponent = bits & EXPONENT_32;
    return exponent != 0 && exponent != EXPONENT_32 || isZero32(bits);
  }

  private static boolean isSafe32(int bits) {
    int exponent = bits & EXPONENT_32;
    return exponent > IMPLICIT_32 && exponent != EXPONENT_32;
  }

  private static boolean isZero32(int bits) {
    return bits << 1 == 0;
  }

  private static void noteSum32(SseStatus s, float x, float y, float sum) {
    if (!s.inexactKnown) {
      boolean swap = Math.abs(x) < Math.abs(y);
      float large = swap ? y : x;
      float small = swap ? x : y;
      if (sum - large != small) {
        s.flags |= SseStatus.PE;
      }
    }
  }

  private static void noteProduct32(SseStatus s, int product, int a, int b) {
    if (!s.inexactKnown && !isZero32(a) && !isZero32(b)) {
      noteProduct(s, odd32(product), odd32(a), odd32(b));
    }
  }

  private static long odd32(int bits) {
    long significand = bits & FRACTION_32 | IMPLICIT_32;
    return significand >>> Long.numberOfTrailingZeros(significand);
  }
}
