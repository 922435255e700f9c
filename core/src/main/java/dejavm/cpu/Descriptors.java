package dejavm.cpu;

import static dejavm.cpu.Cpu.LDTR;

/**
 * Segment and gate descriptors: eight bytes in the GDT, the LDT or the IDT, handled as a long.
 *
 * <p>The processor reads and marks them with supervisor rights whatever the CPL; so a page fault
 * may come from a table that the program itself cannot see. In long mode system descriptors have
 * sixteen bytes; the upper eight are loaded apart. Source: SDM volume 3, sections 3.4.5, 3.5,
 * 5.8.3, 6.11, 6.14.1 and 7.2.3.
 */
final class Descriptors {
  // Types of system descriptors; S is clear.
  static final int TSS16 = 1;
  static final int LDT = 2;
  static final int BUSY_TSS16 = 3;
  static final int CALL_GATE16 = 4;
  static final int TASK_GATE = 5;
  static final int INTERRUPT_GATE16 = 6;
  static final int TRAP_GATE16 = 7;
  static final int TSS32 = 9;
  static final int BUSY_TSS32 = 0xB;
  static final int CALL_GATE32 = 0xC;
  static final int INTERRUPT_GATE32 = 0xE;
  static final int TRAP_GATE32 = 0xF;

  /** In the type of a TSS: its task runs, or waits for one that it called. */
  static final int BUSY = 2;

  private static final int TABLE_INDICATOR = 4;

  private Descriptors() {}

  // ---- selectors ----

  static boolean isNull(int selector) {
    return (selector & 0xFFFC) == 0;
  }

  static boolean isLocal(int selector) {
    return (selector & TABLE_INDICATOR) != 0;
  }

  static int rpl(int selector) {
    return selector & 3;
  }

  // ---- tables ----

  /** Whether the descriptor lies within its table's limit. */
  static boolean exists(Cpu c, int selector) {
    return exists(c, selector, 8);
  }

  /** Whether the sixteen bytes of a system descriptor of long mode lie within its table's limit. */
  static boolean existsWide(Cpu c, int selector) {
    return exists(c, selector, 16);
  }

  private static boolean exists(Cpu c, int selector, int size) {
    int last = (selector & 0xFFF8) + size - 1;
    if (isLocal(selector)) {
      return (c.access[LDTR] & SegmentRights.NULL) == 0 && last <= c.limit[LDTR];
    }
    return last <= c.gdtLimit;
  }

  /** The linear address of a descriptor. */
  static long address(Cpu c, int selector) {
    long table = isLocal(selector) ? c.base[LDTR] : c.gdtBase;
    return linear(c, table + (selector & 0xFFF8));
  }

  /**
   * The linear address of something in a table or a TSS: it has 32 bits, in long mode 64, and then
   * all eight bytes from there on must be canonical.
   */
  static long linear(Cpu c, long address) {
    if (!c.longMode()) {
      return address & 0xFFFFFFFFL;
    }
    if (!Cpu.canonical(address) || !Cpu.canonical(address + 7)) {
      throw Fault.gp(0);
    }
    return address;
  }

  /** The upper half of a system descriptor of long mode, which {@link #existsWide}. */
  static long loadUpper(Cpu c, int selector) {
    return c.mmu.systemLoad(linear(c, address(c, selector) + 8), 8);
  }

  static long load(Cpu c, int selector) {
    return c.mmu.systemLoad(address(c, selector), 8);
  }

  /**
   * Loads the descriptor of a selector that is not null.
   *
   * @param vector the exception where the table has no such descriptor
   * @param ext 1 where an event outside the program is being delivered, else 0
   */
  static long load(Cpu c, int selector, int vector, int ext) {
    if (!exists(c, selector)) {
      throw fault(vector, selector, ext);
    }
    return load(c, selector);
  }

  /** An exception whose error code is a selector. */
  static Fault fault(int vector, int selector, int ext) {
    return Fault.of(vector, selector & 0xFFFC | ext);
  }

  /** Sets the accessed bit where it is not set yet. */
  static void markAccessed(Cpu c, int selector, long descriptor) {
    int access = rights(descriptor);
    if ((access & SegmentRights.ACCESSED) == 0) {
      c.mmu.systemStore(address(c, selector) + 5, 1, access & 0xFF | SegmentRights.ACCESSED);
    }
  }

  /** Makes a TSS busy or available. */
  static void markBusy(Cpu c, int selector, boolean busy) {
    long at = address(c, selector) + 5;
    long access = c.mmu.systemLoad(at, 1);
    c.mmu.systemStore(at, 1, busy ? access | BUSY : access & ~BUSY);
  }

  // ---- parts of a segment descriptor ----

  static long base(long descriptor) {
    return descriptor >>> 16 & 0xFFFFFF | descriptor >>> 32 & 0xFF000000L;
  }

  /** The base of a system segment in long mode. */
  static long wideBase(long descriptor, long upper) {
    return base(descriptor) | upper << 32;
  }

  /** Whether the upper half is one: its type is 0, lest it be taken for a descriptor. */
  static boolean isUpper(long upper) {
    return (upper >>> 40 & 0x1F) == 0;
  }

  /** The limit in bytes. */
  static long limit(long descriptor) {
    long limit = descriptor & 0xFFFF | descriptor >>> 32 & 0xF0000;
    return (rights(descriptor) & SegmentRights.GRANULAR) != 0 ? limit << 12 | 0xFFF : limit;
  }

  /** The access rights as {@link Cpu#access} holds them. */
  static int rights(long descriptor) {
    return (int) (descriptor >>> 40) & 0xF0FF;
  }

  /** The type of a system descriptor, or -1 for a code or data segment. */
  static int systemType(long descriptor) {
    int rights = rights(descriptor);
    return (rights & SegmentRights.S) != 0 ? -1 : rights & SegmentRights.TYPE;
  }

  static int dpl(long descriptor) {
    return (int) (descriptor >>> 45) & 3;
  }

  static boolean present(long descriptor) {
    return (rights(descriptor) & SegmentRights.PRESENT) != 0;
  }

  static boolean isCode(long descriptor) {
    return (rights(descriptor) & (SegmentRights.S | SegmentRights.CODE))
        == (SegmentRights.S | SegmentRights.CODE);
  }

  /** A code segment of 64-bit mode, where long mode is active. */
  static boolean isLong(Cpu c, long descriptor) {
    return c.longMode() && (rights(descriptor) & SegmentRights.LONG) != 0;
  }

  /** A code segment with both L and D, which long mode reserves. */
  static boolean isReservedSize(Cpu c, long descriptor) {
    return isLong(c, descriptor) && (rights(descriptor) & SegmentRights.BIG) != 0;
  }

  static boolean isConforming(long descriptor) {
    int mask = SegmentRights.S | SegmentRights.CODE | SegmentRights.DOWN;
    return (rights(descriptor) & mask) == mask;
  }

  static boolean isWritableData(long descriptor) {
    return (rights(descriptor) & (SegmentRights.S | SegmentRights.CODE | SegmentRights.WRITABLE))
        == (SegmentRights.S | SegmentRights.WRITABLE);
  }

  /** Data, or code that may be read. */
  static boolean isReadable(long descriptor) {
    int rights = rights(descriptor);
    return (rights & SegmentRights.S) != 0
        && ((rights & SegmentRights.CODE) == 0 || (rights & SegmentRights.WRITABLE) != 0);
  }

  /** Whether a program may use a segment of this kind with this CPL and RPL. */
  static boolean mayUse(long descriptor, int cpl, int rpl) {
    return isConforming(descriptor) || Math.max(cpl, rpl) <= dpl(descriptor);
  }

  /** First offset that the segment lets pass. */
  static long lowest(long descriptor) {
    return expandsDown(descriptor) ? limit(descriptor) + 1 : 0;
  }

  /** Last offset that the segment lets pass. */
  static long highest(long descriptor) {
    return expandsDown(descriptor) ? stackMask(descriptor) : limit(descriptor);
  }

  /** The mask of the stack pointer where this is the stack segment. */
  static long stackMask(long descriptor) {
    return (rights(descriptor) & SegmentRights.BIG) != 0 ? 0xFFFFFFFFL : 0xFFFF;
  }

  private static boolean expandsDown(long descriptor) {
    return (rights(descriptor) & (SegmentRights.S | SegmentRights.CODE | SegmentRights.DOWN))
        == (SegmentRights.S | SegmentRights.DOWN);
  }

  // ---- parts of a gate ----

  static int gateSelector(long gate) {
    return (int) (gate >>> 16) & 0xFFFF;
  }

  /** Operand size of a call, interrupt or trap gate. */
  static int gateSize(long gate) {
    return (rights(gate) & 8) != 0 ? 4 : 2;
  }

  static long gateOffset(long gate) {
    return gateSize(gate) == 2 ? gate & 0xFFFF : gate & 0xFFFF | gate >>> 32 & 0xFFFF0000L;
  }

  /** The offset in a gate of long mode. */
  static long wideOffset(long gate, long upper) {
    return gate & 0xFFFF | gate >>> 32 & 0xFFFF0000L | upper << 32;
  }

  /** Which stack of the interrupt stack table a gate of long mode asks for, 1 to 7, or 0. */
  static int stackIndex(long gate) {
    return (int) (gate >>> 32) & 7;
  }

  /** The number of parameters that a call gate copies to the inner stack. */
  static int gateParameters(long gate) {
    return (int) (gate >>> 32) & 0x1F;
  }
}
