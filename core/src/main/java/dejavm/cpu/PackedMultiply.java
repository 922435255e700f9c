package dejavm.cpu;

/**
 * Multiplying lanes of 64 bits, and sums across lanes: those of absolute differences, of pairs, the
 * least of all.
 *
 * <p>Source: Intel SDM volume 2, the pages of PMUL*, PMADD*, PHADD*, PHSUB*, PSADBW, MPSADBW,
 * PHMINPOSUW.
 */
public final class PackedMultiply {
  private PackedMultiply() {}

  /** PMULLW: the low halves of products of words. */
  public static long lowWords(long a, long b) {
    long product = 0;
    for (int at = 0; at < 64; at += 16) {
      product |= (long) (word(a, at) * word(b, at) & 0xFFFF) << at;
    }
    return product;
  }

  /** PMULHW: the high halves of products of words. */
  public static long highWords(long a, long b) {
    long product = 0;
    for (int at = 0; at < 64; at += 16) {
      product |= (long) (word(a, at) * word(b, at) >>> 16) << at;
    }
    return product;
  }

  /** PMULHUW: the high halves of products of words without signs. */
  public static long highUnsignedWords(long a, long b) {
    long product = 0;
    for (int at = 0; at < 64; at += 16) {
      product |= (long) ((word(a, at) & 0xFFFF) * (word(b, at) & 0xFFFF) >>> 16) << at;
    }
    return product;
  }

  /** PMULHRSW: products of fractions, rounded. */
  public static long roundedWords(long a, long b) {
    long product = 0;
    for (int at = 0; at < 64; at += 16) {
      product |= ((word(a, at) * word(b, at) >> 14) + 1 >> 1 & 0xFFFFL) << at;
    }
    return product;
  }

  /** PMULLD: the low halves of products of doublewords. */
  public static long lowDwords(long a, long b) {
    return a * b & 0xFFFF_FFFFL | (a >>> 32) * (b >>> 32) << 32;
  }

  /** PMULUDQ: the product of the low doublewords, without signs. */
  public static long unsignedDwords(long a, long b) {
    return (a & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL);
  }

  /** PMULDQ: the product of the low doublewords, with signs. */
  public static long signedDwords(long a, long b) {
    return (long) (int) a * (int) b;
  }

  /** PMADDWD: products of words, added in pairs. */
  public static long addProducts(long a, long b) {
    int low = word(a, 0) * word(b, 0) + word(a, 16) * word(b, 16);
    int high = word(a, 32) * word(b, 32) + word(a, 48) * word(b, 48);
    return PackedShuffles.dwords(low, high);
  }

  /** PMADDUBSW: products of bytes, the first without sign, added in pairs and saturated. */
  public static long addByteProducts(long unsigned, long signed) {
    long sums = 0;
    for (int at = 0; at < 64; at += 16) {
      int low = (int) (unsigned >>> at & 0xFF) * (byte) (signed >>> at);
      int high = (int) (unsigned >>> at + 8 & 0xFF) * (byte) (signed >>> at + 8);
      sums |= (saturated(low + high) & 0xFFFFL) << at;
    }
    return sums;
  }

  // ---- pairs: the first gives the lower half of the result ----

  /** PHADDW. */
  public static long addWordPairs(long a, long b) {
    return PackedArithmetic.add(evenWords(a, b), oddWords(a, b), PackedArithmetic.WORDS);
  }

  /** PHSUBW: the even word minus the odd one. */
  public static long subtractWordPairs(long a, long b) {
    return PackedArithmetic.subtract(evenWords(a, b), oddWords(a, b), PackedArithmetic.WORDS);
  }

  /** PHADDSW. */
  public static long addWordPairsSigned(long a, long b) {
    return PackedArithmetic.addSigned(evenWords(a, b), oddWords(a, b), PackedArithmetic.WORDS);
  }

  /** PHSUBSW. */
  public static long subtractWordPairsSigned(long a, long b) {
    return PackedArithmetic.subtractSigned(evenWords(a, b), oddWords(a, b), PackedArithmetic.WORDS);
  }

  /** PHADDD. */
  public static long addDwordPairs(long a, long b) {
    return PackedShuffles.dwords((int) (a + (a >>> 32)), (int) (b + (b >>> 32)));
  }

  /** PHSUBD. */
  public static long subtractDwordPairs(long a, long b) {
    return PackedShuffles.dwords((int) (a - (a >>> 32)), (int) (b - (b >>> 32)));
  }

  // ---- sums and searches ----

  /** PSADBW: the sum of the absolute differences of eight bytes. */
  public static long sumOfDifferences(long a, long b) {
    long sum = 0;
    for (int at = 0; at < 64; at += 8) {
      sum += difference(a >>> at, b >>> at);
    }
    return sum;
  }

  /**
   * Half of MPSADBW: differences of four bytes that start at each of four places from another four.
   *
   * @param sliding seven bytes
   * @param fixed four bytes
   */
  public static long slidingDifferences(long sliding, int fixed) {
    long sums = 0;
    for (int word = 0; word < 4; word++) {
      long sum = 0;
      for (int at = 0; at < 32; at += 8) {
        sum += difference(sliding >>> 8 * word + at, fixed >>> at);
      }
      sums |= sum << 16 * word;
    }
    return sums;
  }

  /** PHMINPOSUW: the least of eight words, and above it the place of its first occurrence. */
  public static long leastWord(long low, long high) {
    long least = low & 0xFFFF;
    for (int place = 1; place < 8; place++) {
      long word = (place < 4 ? low : high) >>> 16 * (place & 3) & 0xFFFF;
      if (word < (least & 0xFFFF)) {
        least = (long) place << 16 | word;
      }
    }
    return least;
  }

  private static long difference(long a, long b) {
    return Math.abs((a & 0xFF) - (b & 0xFF));
  }

  private static int word(long lanes, int at) {
    return (short) (lanes >>> at);
  }

  private static int saturated(int sum) {
    return Math.clamp(sum, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  private static long evenWords(long a, long b) {
    return evenWords(a) | evenWords(b) << 32;
  }

  private static long oddWords(long a, long b) {
    return evenWords(a >>> 16) | evenWords(b >>> 16) << 32;
  }

  private static long evenWords(long a) {
    return a & 0xFFFF | a >>> 16 & 0xFFFF_0000L;
  }
}
