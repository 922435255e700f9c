package dejavm.cpu;

import dejavm.memory.Mmu;

/**
 * What a task state segment holds of a task that does not run.
 *
 * <p>A 16-bit TSS knows neither FS and GS, which become null, nor the upper halves of the
 * registers, which become all ones. The SDM leaves them undefined; ones are what processors are
 * reported to load, and what the processor-testing ROM test386 asks for. Source: SDM volume 3,
 * sections 7.2.1 and 7.6.
 *
 * @param registers the eight general registers
 * @param selectors the six segment selectors, in the order of their encoding
 * @param trap whether a debug exception is to be raised when the task is entered
 */
record TaskImage(
    boolean wide,
    long cr3,
    long rip,
    int flags,
    long[] registers,
    int[] selectors,
    int ldt,
    boolean trap) {
  private static final int CR3 = 0x1C;
  private static final int TRAP = 0x64;
  private static final int FIRST_SAVED_16 = 0x0E;
  private static final int FIRST_SAVED_32 = 0x20;

  /** Bytes that the TSS must have. */
  static int size(boolean wide) {
    return wide ? 0x68 : 0x2C;
  }

  /** The first byte that leaving a task writes: EIP. */
  static int firstSaved(boolean wide) {
    return wide ? FIRST_SAVED_32 : FIRST_SAVED_16;
  }

  /** The last byte that leaving a task writes. */
  static int lastSaved(boolean wide) {
    return wide ? 0x5D : 0x29;
  }

  /** Saves the present task; all of it was probed. */
  static void save(Cpu c, long base, boolean wide, long rip, int flags) {
    int size = wide ? 4 : 2;
    long at = base + firstSaved(wide);
    at = put(c.mmu, at, size, rip);
    at = put(c.mmu, at, size, flags);
    for (int i = 0; i < 8; i++) {
      at = put(c.mmu, at, size, c.r[i]);
    }
    for (int i = 0; i < (wide ? 6 : 4); i++) {
      put(c.mmu, at, 2, c.selector[i]);
      at += size;
    }
  }

  private static long put(Mmu mmu, long at, int size, long value) {
    mmu.systemStore(at & 0xFFFFFFFFL, size, size == 4 ? value & 0xFFFFFFFFL : value & 0xFFFF);
    return at + size;
  }

  static TaskImage load(Cpu c, long base, boolean wide) {
    int size = wide ? 4 : 2;
    long at = base + firstSaved(wide);
    long rip = get(c.mmu, at, size);
    int flags = (int) get(c.mmu, at + size, size);
    at += 2L * size;
    long[] registers = new long[8];
    for (int i = 0; i < 8; i++) {
      long value = get(c.mmu, at, size);
      registers[i] = wide ? value : value | 0xFFFF0000L;
      at += size;
    }
    int[] selectors = new int[6];
    for (int i = 0; i < (wide ? 6 : 4); i++) {
      selectors[i] = (int) get(c.mmu, at, 2);
      at += size;
    }
    int ldt = (int) get(c.mmu, at, 2);
    long cr3 = wide ? get(c.mmu, base + CR3, 4) : 0;
    boolean trap = wide && (get(c.mmu, base + TRAP, 2) & 1) != 0;
    return new TaskImage(wide, cr3, rip, flags, registers, selectors, ldt, trap);
  }

  private static long get(Mmu mmu, long at, int size) {
    return mmu.systemLoad(at & 0xFFFFFFFFL, size);
  }

  /** The same for a task that was called, and returns by IRET. */
  TaskImage nested() {
    return new TaskImage(wide, cr3, rip, flags | Flags.NT, registers, selectors, ldt, trap);
  }
}
