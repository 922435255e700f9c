package dejavm.cpu;

/**
 * Moving lanes: shifting, interleaving, narrowing, widening, shuffling. An XMM register is two
 * longs; methods that give a long are called for each half of the result.
 *
 * <p>Source: Intel SDM volume 2, the pages of PSLL*, PSRL*, PSRA*, PUNPCK*, PACK*, PMOVSX*,
 * PMOVZX*, PSHUF*, PALIGNR, PBLENDW, INSERTPS, PMOVMSKB.
 */
public final class PackedShuffles {
  private static final long LOW_BITS = 0x0101_0101_0101_0101L;

  private PackedShuffles() {}

  // ---- shifts of lanes ----

  /**
   * PSLLW, PSLLD, PSLLQ.
   *
   * @param count without sign; from the width on, all bits are lost
   * @param width 16, 32 or 64
   */
  public static long left(long lanes, long count, int width) {
    if (count < 0 || count >= width) {
      return 0;
    }
    return lanes << count & repeat(-1L << count, width);
  }

  /** PSRLW, PSRLD, PSRLQ; see {@link #left}. */
  public static long right(long lanes, long count, int width) {
    if (count < 0 || count >= width) {
      return 0;
    }
    return lanes >>> count & repeat(ones(width) >>> count, width);
  }

  /** PSRAW, PSRAD; from the width on, all bits become the sign. */
  public static long rightSigned(long lanes, long count, int width) {
    int shift = count < 0 || count >= width ? width - 1 : (int) count;
    long signs = repeat(1L << width - 1, width);
    long negative = PackedArithmetic.fill(lanes & signs, signs);
    return right(lanes, shift, width) | negative & ~repeat(ones(width) >>> shift, width);
  }

  private static long ones(int width) {
    return -1L >>> 64 - width;
  }

  /** The low bits of a number in every lane. */
  private static long repeat(long number, int width) {
    return switch (width) {
      case 16 -> (number & 0xFFFF) * 0x0001_0001_0001_0001L;
      case 32 -> (number & 0xFFFF_FFFFL) * 0x0000_0001_0000_0001L;
      default -> number;
    };
  }

  // ---- bytes in a row ----

  /**
   * Eight of the 32 bytes of four longs, the lowest first: PALIGNR, PSRLDQ, PSLLDQ.
   *
   * @param from which byte is the lowest of the result; beyond the last there are zeros
   */
  public static long window(long first, long second, long third, long fourth, int from) {
    int which = from >> 3;
    long low = one(first, second, third, fourth, which);
    int shift = (from & 7) * 8;
    if (shift == 0) {
      return low;
    }
    return low >>> shift | one(first, second, third, fourth, which + 1) << 64 - shift;
  }

  private static long one(long first, long second, long third, long fourth, int which) {
    return switch (which) {
      case 0 -> first;
      case 1 -> second;
      case 2 -> third;
      case 3 -> fourth;
      default -> 0;
    };
  }

  // ---- interleaving: the lanes of the first go to even places ----

  /** PUNPCKLBW: the low four bytes of each. */
  public static long lowBytes(long a, long b) {
    return spreadBytes(a) | spreadBytes(b) << 8;
  }

  /** PUNPCKHBW: the high four bytes of each. */
  public static long highBytes(long a, long b) {
    return lowBytes(a >>> 32, b >>> 32);
  }

  /** PUNPCKLWD: the low two words of each. */
  public static long lowWords(long a, long b) {
    return spreadWords(a) | spreadWords(b) << 16;
  }

  /** PUNPCKHWD: the high two words of each. */
  public static long highWords(long a, long b) {
    return lowWords(a >>> 32, b >>> 32);
  }

  /** PUNPCKLDQ: the low doubleword of each. */
  public static long lowDwords(long a, long b) {
    return a & 0xFFFF_FFFFL | b << 32;
  }

  /** PUNPCKHDQ: the high doubleword of each. */
  public static long highDwords(long a, long b) {
    return a >>> 32 | b & 0xFFFF_FFFF_0000_0000L;
  }

  static long dwords(int low, int high) {
    return low & 0xFFFF_FFFFL | (long) high << 32;
  }

  private static long spreadBytes(long a) {
    long words = spreadWords(a);
    return (words | words << 8) & 0x00FF_00FF_00FF_00FFL;
  }

  private static long spreadWords(long a) {
    return (a & 0xFFFF_FFFFL | a << 16) & 0x0000_FFFF_0000_FFFFL;
  }

  // ---- narrowing: the first gives the low half of the result ----

  /** PACKSSWB: words to bytes with sign. */
  public static long signedBytes(long a, long b) {
    return narrowWords(a, Byte.MIN_VALUE, Byte.MAX_VALUE)
        | narrowWords(b, Byte.MIN_VALUE, Byte.MAX_VALUE) << 32;
  }

  /** PACKUSWB: words with sign to bytes without. */
  public static long unsignedBytes(long a, long b) {
    return narrowWords(a, 0, 0xFF) | narrowWords(b, 0, 0xFF) << 32;
  }

  /** PACKSSDW: doublewords to words with sign. */
  public static long signedWords(long a, long b) {
    return narrowDwords(a, Short.MIN_VALUE, Short.MAX_VALUE)
        | narrowDwords(b, Short.MIN_VALUE, Short.MAX_VALUE) << 32;
  }

  /** PACKUSDW: doublewords with sign to words without. */
  public static long unsignedWords(long a, long b) {
    return narrowDwords(a, 0, 0xFFFF) | narrowDwords(b, 0, 0xFFFF) << 32;
  }

  private static long narrowWords(long words, int least, int greatest) {
    long bytes = 0;
    for (int i = 0; i < 4; i++) {
      int word = (short) (words >>> 16 * i);
      bytes |= (Math.clamp(word, least, greatest) & 0xFFL) << 8 * i;
    }
    return bytes;
  }

  private static long narrowDwords(long dwords, int least, int greatest) {
    int low = Math.clamp((int) dwords, least, greatest);
    int high = Math.clamp((int) (dwords >> 32), least, greatest);
    return low & 0xFFFFL | (high & 0xFFFFL) << 16;
  }

  // ---- widening ----

  /**
   * PMOVZX*: eight bytes of lanes from narrower ones.
   *
   * @param from bits of a lane before: 8, 16 or 32
   * @param to bits of a lane after: 16, 32 or 64
   */
  public static long widen(long lanes, int from, int to) {
    long wide = 0;
    for (int i = 0; i < 64 / to; i++) {
      wide |= (lanes >>> i * from & ones(from)) << i * to;
    }
    return wide;
  }

  /** PMOVSX*, see {@link #widen}. */
  public static long widenSigned(long lanes, int from, int to) {
    long wide = 0;
    for (int i = 0; i < 64 / to; i++) {
      long lane = lanes << 64 - from - i * from >> 64 - from;
      wide |= (lane & ones(to)) << i * to;
    }
    return wide;
  }

  // ---- shuffling ----

  /** PSHUFW, and PSHUFLW and PSHUFHW of a half: each word from a place of two bits. */
  public static long shuffleWords(long words, long places) {
    long shuffled = 0;
    for (int i = 0; i < 4; i++) {
      shuffled |= (words >>> ((int) (places >>> 2 * i) & 3) * 16 & 0xFFFF) << 16 * i;
    }
    return shuffled;
  }

  /** Half of PSHUFD: two doublewords from places of two bits. */
  public static long shuffleDwords(long low, long high, long places) {
    return dwords(dword(low, high, places), dword(low, high, places >>> 2));
  }

  private static int dword(long low, long high, long place) {
    long half = (place & 2) == 0 ? low : high;
    return (int) ((place & 1) == 0 ? half : half >>> 32);
  }

  /** PSHUFB of an MMX register. */
  public static long shuffleBytes(long bytes, long places) {
    return shuffleBytes(bytes, bytes, places);
  }

  /** Half of PSHUFB of an XMM register. */
  public static long shuffleBytes(long low, long high, long places) {
    long shuffled = 0;
    for (int at = 0; at < 64; at += 8) {
      int place = (int) (places >>> at);
      if ((place & 0x80) == 0) {
        long half = (place & 8) == 0 ? low : high;
        shuffled |= (half >>> (place & 7) * 8 & 0xFF) << at;
      }
    }
    return shuffled;
  }

  /** The mask of bytes that PBLENDW, BLENDPS or BLENDPD takes from the second: one bit a lane. */
  public static long blendMask(long bits, int width) {
    long mask = 0;
    for (int i = 0; i < 64 / width; i++) {
      if ((bits >>> i & 1) != 0) {
        mask |= ones(width) << i * width;
      }
    }
    return mask;
  }

  /** One lane of an XMM register: PEXTRB, PEXTRW, PEXTRD, PEXTRQ. */
  public static long extract(long low, long high, int lane, int width) {
    int bit = lane * width;
    return ((bit & 64) == 0 ? low : high) >>> bit & ones(width);
  }

  /** A long with one lane replaced. */
  public static long insert(long lanes, int lane, int width, long value) {
    int bit = lane * width & 63;
    return lanes & ~(ones(width) << bit) | (value & ones(width)) << bit;
  }

  /** PMOVMSKB: the sign bits of eight bytes. */
  public static int signs(long bytes) {
    // The product brings bit 8i to bit 56 + i; no two bits meet.
    return (int) ((bytes >>> 7 & LOW_BITS) * 0x0102_0408_1020_4080L >>> 56);
  }
}
