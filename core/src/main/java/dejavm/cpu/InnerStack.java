package dejavm.cpu;

/**
 * The stack of an inner privilege level, as the TSS names it and after all checks.
 *
 * <p>Every defect of the selector is #TS, but for a segment that is not present: that is #SS. A
 * 64-bit TSS has pointers only. Source: SDM volume 2, CALL and INT n; volume 3, sections 5.8.5 and
 * 7.7.
 *
 * @param pointer the stack pointer in the TSS
 */
record InnerStack(int selector, long descriptor, long pointer) {

  /**
   * @param level the privilege level to enter, 0 to 2
   * @param ext the EXT bit of error codes
   */
  static InnerStack load(Cpu c, int level, int ext) {
    boolean wide = (c.access[Cpu.TR] & SegmentRights.TYPE & 8) != 0;
    int size = wide ? 4 : 2;
    int at = size + 2 * size * level;
    if (at + size + 1 > c.limit[Cpu.TR]) {
      throw Descriptors.fault(Fault.TS, c.selector[Cpu.TR], ext);
    }
    long address = c.base[Cpu.TR] + at;
    long pointer = c.mmu.systemLoad(address & 0xFFFFFFFFL, size);
    int selector = (int) c.mmu.systemLoad(address + size & 0xFFFFFFFFL, 2);
    if (Descriptors.isNull(selector)) {
      throw Fault.of(Fault.TS, ext);
    }
    long descriptor = Descriptors.load(c, selector, Fault.TS, ext);
    if (Descriptors.rpl(selector) != level
        || Descriptors.dpl(descriptor) != level
        || !Descriptors.isWritableData(descriptor)) {
      throw Descriptors.fault(Fault.TS, selector, ext);
    }
    if (!Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.SS, selector, ext);
    }
    return new InnerStack(selector, descriptor, pointer);
  }

  /**
   * The pointer to the stack of a level in a 64-bit TSS; SS becomes null.
   *
   * @param level the privilege level to enter, 0 to 2
   */
  static long pointer(Cpu c, int level, int ext) {
    return widePointer(c, 4 + 8 * level, ext);
  }

  /**
   * A pointer of the interrupt stack table.
   *
   * @param index 1 to 7
   */
  static long interruptPointer(Cpu c, int index, int ext) {
    return widePointer(c, 0x1C + 8 * index, ext);
  }

  private static long widePointer(Cpu c, int at, int ext) {
    if (at + 7 > c.limit[Cpu.TR]) {
      throw Descriptors.fault(Fault.TS, c.selector[Cpu.TR], ext);
    }
    return c.mmu.systemLoad(Descriptors.linear(c, c.base[Cpu.TR] + at), 8);
  }

  void markAccessed(Cpu c) {
    Descriptors.markAccessed(c, selector, descriptor);
  }

  /** Loads SS; the stack pointer is the frame's business. */
  void commit(Cpu c) {
    Segments.commit(c, Cpu.SS, selector, descriptor);
  }
}
