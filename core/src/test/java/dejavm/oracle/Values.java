package dejavm.oracle;

import java.util.SplittableRandom;

/** Random values of which many are special: where arithmetic has its edges. */
final class Values {
  private static final int[] SINGLES = {
    0x00000000, 0x80000000, 0x00000001, 0x807FFFFF, 0x00800000, 0x7F7FFFFF, 0x7F800000, 0xFF800000,
    0x7FC00000, 0xFFC00001, 0x7F800001, 0xFFBFFFFF, 0x3F800000, 0xBF800000, 0x3FC00000, 0x4EFFFFFF,
    0x4F000000, 0xCF000000, 0xCF000001, 0x5F000000, 0xDF000000, 0x3F000000, 0x00FFFFFF, 0x33800000
  };

  private static final long[] DOUBLES = {
    0x0000000000000000L, 0x8000000000000000L, 0x0000000000000001L, 0x800FFFFFFFFFFFFFL,
    0x0010000000000000L, 0x7FEFFFFFFFFFFFFFL, 0x7FF0000000000000L, 0xFFF0000000000000L,
    0x7FF8000000000000L, 0xFFF8000000000001L, 0x7FF0000000000001L, 0xFFF7FFFFFFFFFFFFL,
    0x3FF0000000000000L, 0xBFF0000000000000L, 0x41DFFFFFFFC00000L, 0x41DFFFFFFFE00000L,
    0x41E0000000000000L, 0xC1E0000000200000L, 0x43E0000000000000L, 0xC3E0000000000000L,
    0x380FFFFFFFFFFFFFL, 0x36A0000000000000L, 0x369FFFFFFFFFFFFFL, 0x47EFFFFFF0000000L
  };

  private final SplittableRandom random;

  Values(SplittableRandom random) {
    this.random = random;
  }

  /** For a general register. */
  long integer() {
    long bits = random.nextLong();
    return switch ((int) bits & 15) {
      case 0, 1, 2, 3 -> random.nextLong();
      case 4, 5 -> bits >> 56;
      case 6 -> 1L << (bits >>> 58);
      case 7 -> (1L << (bits >>> 58)) - 1;
      case 8 -> -1L << (bits >>> 58);
      case 9 -> bits >>> 58;
      case 10 -> bits >> 32;
      case 11 -> (bits >>> 32) | bits >>> 63 << 31;
      case 12 -> 0x7FFFFFFFFFFFFFFFL >> (bits >>> 60 << 3 & 56);
      case 13 -> (bits >>> 40 & 0xFF) * 0x0101010101010101L;
      case 14 -> bits >>> 48;
      default -> 0;
    };
  }

  /** Eight bytes of memory or of a vector register. */
  long vector() {
    long bits = random.nextLong();
    return switch ((int) bits & 7) {
      case 0 -> integer();
      case 1 -> single(bits >>> 8) | single(bits >>> 32) << 32;
      case 2 -> near(bits);
      case 3 -> DOUBLES[(int) ((bits >>> 8) % DOUBLES.length)];
      case 4 -> nearDouble(bits);
      default -> random.nextLong();
    };
  }

  private static long single(long bits) {
    return SINGLES[(int) ((bits & 0xFFFF) % SINGLES.length)] & 0xFFFFFFFFL;
  }

  /** Two numbers of single precision with exponents close to one another. */
  private long near(long bits) {
    long exponents = (bits >>> 8 & 0x3F) - 0x20 + 0x7F;
    long low = exponents + (bits >>> 16 & 7) << 23 | random.nextInt() & 0x807FFFFFL;
    long high = exponents + (bits >>> 20 & 7) << 23 | random.nextInt() & 0x807FFFFFL;
    return low & 0xFFFFFFFFL | high << 32;
  }

  private long nearDouble(long bits) {
    long exponent = (bits >>> 8 & 0x7F) - 0x40 + 0x3FF;
    long mantissa = (bits & 0x10000) == 0 ? random.nextLong() : random.nextLong() << 29;
    return exponent << 52 | mantissa & 0x800FFFFFFFFFFFFFL;
  }

  /** Sign and exponent of an x87 register. */
  int signExponent() {
    int bits = random.nextInt();
    int sign = bits >>> 16 & 0x8000;
    return sign
        | switch (bits & 7) {
          case 0 -> 0;
          case 1 -> 0x7FFF;
          case 2 -> bits >>> 8 & 0x7FFF;
          case 3 -> (bits >>> 8 & 3) + ((bits & 0x800) != 0 ? 0x7FFC : 0);
          case 4 -> 0x3FFF + (bits >>> 8 & 0xFF) - 0x80 + ((bits & 0x10000) != 0 ? 0x3FF : -0x3FF);
          default -> 0x3FFF + (bits >>> 8 & 0x7F) - 0x40;
        };
  }

  /** The significand of an x87 register: mostly normal. */
  long significand(int signExponent) {
    long bits = random.nextLong();
    boolean zeroExponent = (signExponent & 0x7FFF) == 0;
    return switch ((int) bits & 15) {
      case 0 -> 0;
      case 1 -> Long.MIN_VALUE;
      case 2 -> bits;
      case 3 -> 0xC000000000000000L;
      case 4 -> Long.MIN_VALUE | bits << 40;
      case 5 -> Long.MIN_VALUE | bits << 11;
      case 6 -> Long.MIN_VALUE | bits & -2048;
      default -> zeroExponent ? bits & Long.MAX_VALUE : bits | Long.MIN_VALUE;
    };
  }
}
