package dejavm.cpu;

import dejavm.memory.Mmu;

/**
 * What a far call or an interrupt is about to push: all of it is checked against the stack segment
 * and probed in the page tables before the first byte is stored, so that nothing is half done.
 */
final class StackFrame {
  /** Five of an interrupt, four segments of virtual-8086 mode; or 31 parameters and four. */
  private static final int CAPACITY = 36;

  private final Cpu c;
  private final int size;
  private final long base;
  private final long low;
  private final long high;
  private final long mask;
  private final int error;
  private final boolean supervisor;

  /** A stack of 64-bit mode: no segment, but addresses must be canonical. */
  private final boolean wide;

  private final long top;
  private final long[] values = new long[CAPACITY];
  private int count;

  /**
   * On the current stack.
   *
   * @param size bytes of each value, 2 or 4, in 64-bit mode also 8
   * @param error the error code of #SS where the stack is too small
   */
  StackFrame(Cpu c, int size, int error) {
    this.c = c;
    this.size = size;
    this.error = error;
    wide = c.code64();
    base = c.base[Cpu.SS];
    boolean writable = c.writable[Cpu.SS];
    low = writable ? c.low[Cpu.SS] : 1;
    high = writable ? c.high[Cpu.SS] : 0;
    mask = c.stackMask;
    top = c.r[Cpu.RSP];
    supervisor = false;
  }

  /**
   * On a stack of 64-bit mode.
   *
   * @param size bytes of each value, 2, 4 or 8
   * @param top the stack pointer to push below
   * @param level the privilege level that the stack is of
   * @param error the error code of #SS where an address is not canonical
   */
  StackFrame(Cpu c, int size, long top, int level, int error) {
    this.c = c;
    this.size = size;
    this.error = error;
    this.top = top;
    wide = true;
    base = 0;
    low = 0;
    high = 0;
    mask = -1;
    supervisor = level < 3;
  }

  /** On the stack of an inner level; it is accessed with the rights of that level. */
  StackFrame(Cpu c, int size, InnerStack stack, int ext) {
    this.c = c;
    this.size = size;
    this.error = stack.selector() & 0xFFFC | ext;
    wide = false;
    long descriptor = stack.descriptor();
    base = Descriptors.base(descriptor);
    low = Descriptors.lowest(descriptor);
    high = Descriptors.highest(descriptor);
    mask = Descriptors.stackMask(descriptor);
    top = stack.pointer();
    supervisor = true;
  }

  void push(long value) {
    values[count++] = value;
  }

  private long offset(int index) {
    return top - (long) size * (index + 1) & mask;
  }

  private long linear(int index) {
    return wide ? offset(index) : base + offset(index) & 0xFFFFFFFFL;
  }

  /** Raises #SS where the segment has no room. */
  void checkLimits() {
    for (int i = 0; i < count; i++) {
      long offset = offset(i);
      long last = offset + size - 1;
      boolean fits =
          wide ? Cpu.canonical(offset) && Cpu.canonical(last) : offset >= low && last <= high;
      if (!fits) {
        throw Fault.of(Fault.SS, error);
      }
    }
  }

  /** Raises the page fault that a store would. */
  void probe() {
    for (int i = 0; i < count; i++) {
      if (supervisor) {
        c.mmu.systemProbe(linear(i), size, Mmu.WRITE);
      } else {
        c.mmu.probe(linear(i), size, Mmu.WRITE);
      }
    }
  }

  /** Stores all values. */
  void store() {
    for (int i = 0; i < count; i++) {
      if (supervisor) {
        c.mmu.systemStore(linear(i), size, values[i]);
      } else {
        c.mmu.store(linear(i), size, values[i]);
      }
    }
  }

  /** Sets the stack pointer; a 16-bit stack leaves the upper half of ESP as it was. */
  void commitPointer() {
    c.r[Cpu.RSP] = c.r[Cpu.RSP] & ~mask | top - (long) size * count & mask;
  }
}
