package dejavm.cpu;

/**
 * The access rights of a segment register: as in the second doubleword of a descriptor, shifted
 * right by 8.
 */
public final class SegmentRights {
  public static final int TYPE = 0xF;
  public static final int ACCESSED = 1;

  /** Data: writable; code: readable. */
  public static final int WRITABLE = 2;

  /** Data: expands down; code: conforming. */
  public static final int DOWN = 4;

  public static final int CODE = 8;
  public static final int S = 0x10;
  public static final int DPL_SHIFT = 5;
  public static final int PRESENT = 0x80;
  public static final int LONG = 0x2000;

  /** Default operation size (code), or size of the stack pointer (stack). */
  public static final int BIG = 0x4000;

  public static final int GRANULAR = 0x8000;

  /** Not in a descriptor: the register holds a null selector and cannot be used. */
  public static final int NULL = 0x10000;

  /** The last offset of the largest segment. */
  static final long LAST = 0xFFFFFFFFL;

  /** Bytes of the longest operand, that of FXSAVE. */
  private static final int LONGEST_OPERAND = 512;

  private SegmentRights() {}

  /** The last offset that an access may reach in a segment with a limit: the largest one wraps. */
  static long end(long limit) {
    return limit == LAST ? LAST + LONGEST_OPERAND : limit;
  }
}
