package dejavm.cpu;

/**
 * The rounds of AES. A state is two longs, a column of it an int whose lowest byte is row 0; a
 * method computes one half of the result.
 *
 * <p>Source: FIPS 197; Intel SDM volume 2, the pages of AESENC, AESDEC, AESIMC, AESKEYGENASSIST.
 */
public final class Aes {
  private static final byte[] SUBSTITUTES = substitutes();
  private static final byte[] INVERSE = inverse();

  private Aes() {}

  /** AESENC, AESENCLAST before the round key is added. */
  public static long encrypt(long low, long high, boolean last, boolean upper) {
    int first = upper ? 2 : 0;
    int a = gather(low, high, first, 1, SUBSTITUTES);
    int b = gather(low, high, first + 1, 1, SUBSTITUTES);
    return last ? PackedShuffles.dwords(a, b) : PackedShuffles.dwords(mix(a), mix(b));
  }

  /** AESDEC, AESDECLAST before the round key is added. */
  public static long decrypt(long low, long high, boolean last, boolean upper) {
    int first = upper ? 2 : 0;
    long half =
        PackedShuffles.dwords(
            gather(low, high, first, -1, INVERSE), gather(low, high, first + 1, -1, INVERSE));
    return last ? half : inverseMix(half);
  }

  /** AESIMC: InvMixColumns of two columns. */
  public static long inverseMix(long half) {
    return PackedShuffles.dwords(inverseMix((int) half), inverseMix((int) (half >>> 32)));
  }

  /** Half of AESKEYGENASSIST, of that half of the source. */
  public static long keyAssist(long half, int roundConstant) {
    int word = (int) (half >>> 32);
    int substituted = 0;
    for (int at = 0; at < 32; at += 8) {
      substituted |= (SUBSTITUTES[word >>> at & 0xFF] & 0xFF) << at;
    }
    return PackedShuffles.dwords(substituted, Integer.rotateRight(substituted, 8) ^ roundConstant);
  }

  /** A column after ShiftRows and SubBytes: row r comes from r columns further, or before. */
  private static int gather(long low, long high, int column, int step, byte[] table) {
    int gathered = 0;
    for (int row = 0; row < 4; row++) {
      int from = column + step * row & 3;
      long half = from < 2 ? low : high;
      int at = (from & 1) * 32 + 8 * row;
      gathered |= (table[(int) (half >>> at) & 0xFF] & 0xFF) << 8 * row;
    }
    return gathered;
  }

  /** MixColumns: times 3x³ + x² + x + 2. */
  private static int mix(int column) {
    int doubled = twice(column);
    return doubled
        ^ Integer.rotateRight(column ^ doubled, 8)
        ^ Integer.rotateRight(column, 16)
        ^ Integer.rotateRight(column, 24);
  }

  /** The inverse polynomial is that of {@link #mix} times 4x² + 5. */
  private static int inverseMix(int column) {
    return mix(column ^ twice(twice(column ^ Integer.rotateRight(column, 16))));
  }

  /** Each byte times x, in the field of AES. */
  private static int twice(int bytes) {
    return (bytes & 0x7F7F7F7F) << 1 ^ (bytes >>> 7 & 0x01010101) * 0x1B;
  }

  /** The inverse in the field, then an affine map: FIPS 197, 5.1.1. */
  private static byte[] substitutes() {
    byte[] table = new byte[256];
    int power = 1;
    int inverse = 1;
    do {
      // 3 generates the field, and F6 is its inverse.
      power = times(power, 3);
      inverse = times(inverse, 0xF6);
      int repeated = inverse * 0x101;
      table[power] =
          (byte) (0x63 ^ inverse ^ repeated >> 4 ^ repeated >> 5 ^ repeated >> 6 ^ repeated >> 7);
    } while (power != 1);
    table[0] = 0x63;
    return table;
  }

  private static int times(int a, int b) {
    int product = 0;
    int multiple = a;
    for (int bits = b; bits != 0; bits >>= 1) {
      product ^= (bits & 1) != 0 ? multiple : 0;
      multiple = twice(multiple);
    }
    return product;
  }

  private static byte[] inverse() {
    byte[] table = new byte[256];
    for (int i = 0; i < 256; i++) {
      table[SUBSTITUTES[i] & 0xFF] = (byte) i;
    }
    return table;
  }
}
