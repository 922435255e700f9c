package dejavm.oracle;

/**
 * Where things are: in the file that a test shares with the child, in the address space of a case,
 * and in a record of a case. The child's source, host-cpu.asm, says the same.
 */
final class Layout {
  // The address space of a case. All of it but these pages is not mapped.

  /** Two pages of code, executable only. */
  static final long CODE = 0x20000000L;

  /** Two pages that can be written, a page that is not there, a page that can be read. */
  static final long DATA = 0x10000000L;

  static final long READ_ONLY = DATA + 0x3000;

  /** For 64-bit code all pages are at a second place too. */
  static final long HIGH = 0x234500000000L;

  static final int PAGE = 0x1000;
  static final int CODE_SIZE = 2 * PAGE;
  static final int DATA_SIZE = 2 * PAGE;

  // The file.
  static final long FILE_CODE = 0x1000;
  static final long FILE_DATA = 0x4000;
  static final long FILE_READ_ONLY = 0x6000;
  static final long FILE_BATCHES = 0x8000;
  static final int BATCHES = 2;

  /** Cases in a batch. */
  static final int LIMIT = 512;

  static final int RECORD = 2048;
  static final int CASE = 2 * RECORD;
  static final long FILE_SIZE = FILE_BATCHES + (long) BATCHES * LIMIT * CASE;

  // A record: first the sixteen general registers.
  static final int RIP = 128;
  static final int FLAGS = 136;
  static final int CS = 144;
  static final int TRAP = 152;
  static final int ERROR = 160;
  static final int CR2 = 168;

  /** The sum of all quadwords of the two data pages; after a case only. */
  static final int SUM = 176;

  /** What FS and GS are based at in 64-bit code; before a case only. */
  static final int FS_BASE = 200;

  static final int GS_BASE = 208;

  /** The code; before a case only. */
  static final int BYTES = 672;

  static final int CODE_BYTES = 64;

  /** The image of FXSAVE, as far as it is defined. */
  static final int FX = 256;

  static final int FX_SIZE = 416;

  // Within the image of FXSAVE.
  static final int FCW = 0;
  static final int FSW = 2;
  static final int FTW = 4;
  static final int MXCSR = 24;
  static final int ST = 32;
  static final int XMM = 160;

  /** The zones of the data pages, one after the other; the rest of the pages is zero. */
  static final int ZONES = 768;

  /** Offsets of the zones in the data pages, and their lengths: both ends, and where pages meet. */
  static final int[] ZONE_OFFSETS = {0, 0xE00, 0x1FC0};

  static final int[] ZONE_LENGTHS = {64, 1024, 64};
  static final int ZONES_SIZE = 1152;

  // Selectors, as Linux has them.
  static final int CS_32 = 0x23;
  static final int CS_64 = 0x33;
  static final int DS = 0x2B;

  private Layout() {}

  /** The offset in a record of a byte of the data pages, or -1 where it lies in no zone. */
  static int inRecord(int offset) {
    int at = ZONES;
    for (int i = 0; i < ZONE_OFFSETS.length; i++) {
      if (offset >= ZONE_OFFSETS[i] && offset < ZONE_OFFSETS[i] + ZONE_LENGTHS[i]) {
        return at + offset - ZONE_OFFSETS[i];
      }
      at += ZONE_LENGTHS[i];
    }
    return -1;
  }

  /** The byte of the read-only page at an offset: the same for all cases. */
  static byte readOnlyByte(int offset) {
    return (byte) (offset * 0x9E3779B1 >>> 24);
  }
}
