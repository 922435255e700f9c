package dejavm.cpu;

/**
 * Adding, subtracting, comparing and averaging lanes of 64 bits: an MMX register, or half of an XMM
 * register. All lanes are computed at once in one long.
 *
 * <p>Methods take the sign bits of the lanes, which tell the width: {@link #BYTES}, {@link #WORDS},
 * {@link #DWORDS}. Carries between lanes are avoided by adding without the sign bits, and adding
 * these by XOR.
 *
 * <p>Source: Intel SDM volume 2, the pages of PADD*, PSUB*, PCMP*, PMIN*, PMAX*, PAVG*.
 */
public final class PackedArithmetic {
  /** The sign bits of eight lanes. */
  public static final long BYTES = 0x8080_8080_8080_8080L;

  /** The sign bits of four lanes. */
  public static final long WORDS = 0x8000_8000_8000_8000L;

  /** The sign bits of two lanes. */
  public static final long DWORDS = 0x8000_0000_8000_0000L;

  private PackedArithmetic() {}

  /** PADDB, PADDW, PADDD. */
  public static long add(long a, long b, long signs) {
    return (a & ~signs) + (b & ~signs) ^ (a ^ b) & signs;
  }

  /** PSUBB, PSUBW, PSUBD. */
  public static long subtract(long a, long b, long signs) {
    return (a | signs) - (b & ~signs) ^ (a ^ ~b) & signs;
  }

  /** PADDUSB, PADDUSW: stops at the greatest number. */
  public static long addUnsigned(long a, long b, long signs) {
    long sum = add(a, b, signs);
    return sum | fill((a & b | (a | b) & ~sum) & signs, signs);
  }

  /** PSUBUSB, PSUBUSW: stops at zero. */
  public static long subtractUnsigned(long a, long b, long signs) {
    return subtract(a, b, signs) & ~below(a, b, signs);
  }

  /** PADDSB, PADDSW: stops at the greatest and the smallest number. */
  public static long addSigned(long a, long b, long signs) {
    long sum = add(a, b, signs);
    return saturate(sum, ~(a ^ b) & (a ^ sum), a, signs);
  }

  /** PSUBSB, PSUBSW: stops at the greatest and the smallest number. */
  public static long subtractSigned(long a, long b, long signs) {
    long difference = subtract(a, b, signs);
    return saturate(difference, (a ^ b) & (a ^ difference), a, signs);
  }

  /** PCMPEQB, PCMPEQW, PCMPEQD: ones in lanes that are equal. */
  public static long equal(long a, long b, long signs) {
    long differing = a ^ b;
    return fill(~((differing & ~signs) + ~signs | differing) & signs, signs);
  }

  /** PCMPEQQ. */
  public static long equalQuad(long a, long b) {
    return a == b ? -1 : 0;
  }

  /** PCMPGTB, PCMPGTW, PCMPGTD: ones in lanes where the first is greater. */
  public static long greater(long a, long b, long signs) {
    return less(b, a, signs);
  }

  /** PCMPGTQ. */
  public static long greaterQuad(long a, long b) {
    return a > b ? -1 : 0;
  }

  /** PMINSB, PMINSW, PMINSD. */
  public static long minimumSigned(long a, long b, long signs) {
    return select(less(a, b, signs), a, b);
  }

  /** PMAXSB, PMAXSW, PMAXSD. */
  public static long maximumSigned(long a, long b, long signs) {
    return select(less(a, b, signs), b, a);
  }

  /** PMINUB, PMINUW, PMINUD. */
  public static long minimumUnsigned(long a, long b, long signs) {
    return select(below(a, b, signs), a, b);
  }

  /** PMAXUB, PMAXUW, PMAXUD. */
  public static long maximumUnsigned(long a, long b, long signs) {
    return select(below(a, b, signs), b, a);
  }

  /** PAVGB, PAVGW: half the sum, rounded up. */
  public static long average(long a, long b, long signs) {
    return (a | b) - ((a ^ b) >>> 1 & ~signs);
  }

  /** PABSB, PABSW, PABSD; the smallest number stays. */
  public static long absolute(long a, long signs) {
    return negate(a, fill(a & signs, signs), signs);
  }

  /**
   * PSIGNB, PSIGNW, PSIGND: each lane of the first times the sign of the second, which may be 0.
   */
  public static long sign(long a, long b, long signs) {
    return negate(a, fill(b & signs, signs), signs) & ~equal(b, 0, signs);
  }

  /** PBLENDVB, BLENDVPS: lanes of the second where the selector's sign is set. */
  public static long blend(long a, long b, long selector, long signs) {
    return select(fill(selector & signs, signs), b, a);
  }

  /** The bits of one where the mask is set, else those of another. */
  public static long select(long mask, long one, long other) {
    return one & mask | other & ~mask;
  }

  /** Ones in all of each lane whose sign bit is set. */
  static long fill(long signBits, long signs) {
    int width = Long.numberOfTrailingZeros(signs) + 1;
    return (signBits << 1) - (signBits >>> width - 1);
  }

  private static long negate(long a, long mask, long signs) {
    return subtract(a ^ mask, mask, signs);
  }

  /** The limit on the side of the sign, in lanes that overflowed. */
  private static long saturate(long result, long overflow, long sign, long signs) {
    int width = Long.numberOfTrailingZeros(signs) + 1;
    long limits = ~signs + ((sign & signs) >>> width - 1);
    return select(fill(overflow & signs, signs), limits, result);
  }

  /** Ones in lanes where the first is smaller, as numbers with a sign. */
  private static long less(long a, long b, long signs) {
    long difference = subtract(a, b, signs);
    return fill((a & ~b | ~(a ^ b) & difference) & signs, signs);
  }

  /** Ones in lanes where the first is smaller, as numbers without a sign. */
  private static long below(long a, long b, long signs) {
    long difference = subtract(a, b, signs);
    return fill((~a & b | ~(a ^ b) & difference) & signs, signs);
  }
}
