package dejavm.rfb;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * How a viewer wants the points of a picture. With a map of colours it gets three bits of red,
 * three of green and two of blue, whose map is sent once.
 *
 * <p>Source: RFC 6143, section 7.4.
 */
final class PixelFormat {
  /** 32 bits, blue in the first byte: a picture as it is on most hosts. */
  static final PixelFormat NATIVE =
      new PixelFormat(32, 24, false, true, new int[] {255, 255, 255}, new int[] {16, 8, 0});

  private static final int COMPONENTS = 3;
  private static final int PADDING = 3;

  /** Colours in the map of a viewer that has one. */
  static final int MAP = 256;

  private final int bits;
  private final int depth;
  private final boolean bigEndian;
  private final boolean trueColour;
  private final int[] most;
  private final int[] shift;

  /** What each value of red, green and blue contributes to a point. */
  private final int[][] parts = new int[COMPONENTS][256];

  private PixelFormat(
      int bits, int depth, boolean bigEndian, boolean trueColour, int[] most, int[] shift) {
    this.bits = bits;
    this.depth = depth;
    this.bigEndian = bigEndian;
    this.trueColour = trueColour;
    this.most = most;
    this.shift = shift;
    for (int component = 0; component < COMPONENTS; component++) {
      for (int value = 0; value < 256; value++) {
        long scaled = ((long) value * most[component] + 127) / 255;
        parts[component][value] = (int) (scaled << shift[component]);
      }
    }
  }

  /**
   * Reads one from a viewer.
   *
   * @throws RfbException if there can be none such
   */
  static PixelFormat read(DataInputStream in) throws IOException {
    int bits = in.readUnsignedByte();
    int depth = in.readUnsignedByte();
    boolean bigEndian = in.readUnsignedByte() != 0;
    boolean trueColour = in.readUnsignedByte() != 0;
    int[] most = new int[COMPONENTS];
    int[] shift = new int[COMPONENTS];
    for (int i = 0; i < COMPONENTS; i++) {
      most[i] = in.readUnsignedShort();
    }
    for (int i = 0; i < COMPONENTS; i++) {
      shift[i] = in.readUnsignedByte();
    }
    in.readFully(new byte[PADDING]);
    if (bits != 8 && bits != 16 && bits != 32) {
      throw new RfbException("asks for points of " + bits + " bits");
    }
    if (!trueColour) {
      if (bits != 8) {
        throw new RfbException("asks for a map of colours with points of " + bits + " bits");
      }
      return new PixelFormat(bits, depth, false, false, new int[] {7, 7, 3}, new int[] {5, 2, 0});
    }
    for (int i = 0; i < COMPONENTS; i++) {
      if (shift[i] >= bits || (long) most[i] << shift[i] >= 1L << bits) {
        throw new RfbException("asks for a colour that does not fit into " + bits + " bits");
      }
    }
    return new PixelFormat(bits, depth, bigEndian, true, most, shift);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeByte(bits);
    out.writeByte(depth);
    out.writeBoolean(bigEndian);
    out.writeBoolean(trueColour);
    for (int value : most) {
      out.writeShort(value);
    }
    for (int value : shift) {
      out.writeByte(value);
    }
    out.write(new byte[PADDING]);
  }

  boolean mapped() {
    return !trueColour;
  }

  /** The colours of the map, red, green and blue of 16 bits each. */
  static void writeMap(DataOutputStream out) throws IOException {
    for (int index = 0; index < MAP; index++) {
      out.writeShort((index >> 5) * 0xFFFF / 7);
      out.writeShort((index >> 2 & 7) * 0xFFFF / 7);
      out.writeShort((index & 3) * 0xFFFF / 3);
    }
  }

  /** Bytes of a point. */
  int size() {
    return bits / 8;
  }

  /** A colour, 0xRRGGBB, as a point. */
  int point(int rgb) {
    return parts[0][rgb >> 16 & 0xFF] | parts[1][rgb >> 8 & 0xFF] | parts[2][rgb & 0xFF];
  }

  /** Puts a colour into bytes; where the next one goes. */
  int put(byte[] bytes, int at, int rgb) {
    return put(bytes, at, point(rgb), 0, size());
  }

  /** Bytes of a point in a run of ZRLE, which leaves out the one of 32 bits that is always zero. */
  int compactSize() {
    return compactFirst() < 0 ? size() : COMPONENTS;
  }

  /** Puts a colour into bytes as ZRLE has it; where the next one goes. */
  int putCompact(byte[] bytes, int at, int rgb) {
    int first = compactFirst();
    return first < 0
        ? put(bytes, at, rgb)
        : put(bytes, at, point(rgb) >>> 8 * first, 0, COMPONENTS);
  }

  /** The lowest byte in use where there are three of four; -1 where all are. */
  private int compactFirst() {
    if (bits != 32 || depth > 24) {
      return -1;
    }
    int used = parts[0][255] | parts[1][255] | parts[2][255];
    return (used & 0xFF00_0000) == 0 ? 0 : (used & 0xFF) == 0 ? 1 : -1;
  }

  private int put(byte[] bytes, int at, int point, int from, int size) {
    for (int i = from; i < size; i++) {
      int place = bigEndian ? size - 1 - i : i;
      bytes[at + place] = (byte) (point >>> 8 * i);
    }
    return at + size;
  }
}
