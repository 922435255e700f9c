package dejavm.cpu;

/**
 * The instructions that ask about a selector instead of loading it: LAR, LSL, VERR, VERW, ARPL. All
 * answer by ZF, and none faults on what the selector names.
 *
 * <p>Source: SDM volume 2 under each instruction; volume 3, section 5.10.
 */
public final class SegmentQueries {
  /** What {@link #lar} and {@link #lsl} answer where the destination stays as it is. */
  public static final long NONE = -1;

  /** What LAR shows of the second doubleword of a descriptor. */
  private static final long LAR_BITS = 0x00F0FF00;

  // By type of system descriptor: whether LAR and LSL know it.
  private static final int LAR_TYPES =
      1 << Descriptors.TSS16
          | 1 << Descriptors.LDT
          | 1 << Descriptors.BUSY_TSS16
          | 1 << Descriptors.CALL_GATE16
          | 1 << Descriptors.TASK_GATE
          | 1 << Descriptors.TSS32
          | 1 << Descriptors.BUSY_TSS32
          | 1 << Descriptors.CALL_GATE32;
  private static final int LSL_TYPES =
      1 << Descriptors.TSS16
          | 1 << Descriptors.LDT
          | 1 << Descriptors.BUSY_TSS16
          | 1 << Descriptors.TSS32
          | 1 << Descriptors.BUSY_TSS32;

  /** The system types that there are in long mode. */
  private static final int LONG_TYPES =
      1 << Descriptors.LDT
          | 1 << Descriptors.TSS32
          | 1 << Descriptors.BUSY_TSS32
          | 1 << Descriptors.CALL_GATE32;

  private SegmentQueries() {}

  /** LAR: the access rights, to be cut to the operand's size, or {@link #NONE}; sets ZF. */
  public static long lar(Cpu c, int selector) {
    long descriptor = visible(c, selector, LAR_TYPES);
    zero(c, descriptor != 0);
    return descriptor == 0 ? NONE : descriptor >>> 32 & LAR_BITS;
  }

  /** LSL: the limit in bytes, to be cut to the operand's size, or {@link #NONE}; sets ZF. */
  public static long lsl(Cpu c, int selector) {
    long descriptor = visible(c, selector, LSL_TYPES);
    zero(c, descriptor != 0);
    return descriptor == 0 ? NONE : Descriptors.limit(descriptor);
  }

  /** VERR: sets ZF where the segment can be read. */
  public static void verr(Cpu c, int selector) {
    long descriptor = visible(c, selector, 0);
    zero(c, descriptor != 0 && Descriptors.isReadable(descriptor));
  }

  /** VERW: sets ZF where the segment can be written. */
  public static void verw(Cpu c, int selector) {
    long descriptor = visible(c, selector, 0);
    zero(c, descriptor != 0 && Descriptors.isWritableData(descriptor));
  }

  /**
   * ARPL: raises the RPL of a selector to that of another; sets ZF where it did, and only then the
   * caller stores the result.
   */
  public static int arpl(Cpu c, int destination, int source) {
    SystemInstructions.requireProtected(c);
    boolean raise = Descriptors.rpl(destination) < Descriptors.rpl(source);
    zero(c, raise);
    return raise ? destination & ~3 | Descriptors.rpl(source) : destination;
  }

  /**
   * The descriptor of a selector that the program may use, or 0; one that is in use has type bits.
   *
   * @param types the system types that count
   */
  private static long visible(Cpu c, int selector, int types) {
    SystemInstructions.requireProtected(c);
    if (Descriptors.isNull(selector) || !Descriptors.exists(c, selector)) {
      return 0;
    }
    long descriptor = Descriptors.load(c, selector);
    int type = Descriptors.systemType(descriptor);
    int known = c.longMode() ? types & LONG_TYPES : types;
    if (type >= 0 && (known >> type & 1) == 0
        || !Descriptors.mayUse(descriptor, c.cpl, Descriptors.rpl(selector))) {
      return 0;
    }
    return descriptor;
  }

  private static void zero(Cpu c, boolean set) {
    int others = c.arithmeticFlags() & ~Flags.ZF;
    c.setArithmeticFlags(set ? others | Flags.ZF : others);
  }
}
