package dejavm.record;

import java.util.zip.CRC32C;

/** The layout of the file around the payloads; see docs/recording-format.md. */
final class FrameFormat {
  /** The version of the format that this program writes and reads. */
  static final int VERSION = 1;

  /**
   * A byte above 127, the name, both line ends and end-of-file: transfers that mangle show here.
   */
  static final long MAGIC = 0x0A1A_0A0D_4A45_4489L;

  static final int PREAMBLE = 16;
  static final int MARK = 0x564A_4544;
  static final int HEAD = 44;
  static final int TAIL = 4;
  static final int TRAILER_MARK = 0x5845_4A44;
  static final int TRAILER = 16;

  /** The largest payload. */
  static final int LARGEST = 1 << 28;

  private FrameFormat() {}

  static byte[] preamble() {
    BytesOut out = new BytesOut(PREAMBLE);
    out.u64(MAGIC);
    out.u32(VERSION);
    out.u32(crc(out.array(), 0, 12));
    return out.toByteArray();
  }

  static byte[] trailer(long indexPosition) {
    BytesOut out = new BytesOut(TRAILER);
    out.u64(indexPosition);
    out.u32(TRAILER_MARK);
    out.u32(crc(out.array(), 0, 12));
    return out.toByteArray();
  }

  static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
