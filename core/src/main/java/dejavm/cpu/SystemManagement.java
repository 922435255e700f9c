package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;

/**
 * System management mode: how an SMI enters it and RSM leaves it.
 *
 * <p>The state of the interrupted program goes to memory at SMBASE ({@link SaveMap}), through the
 * map of physical memory that this mode sees; the handler starts 8000h above SMBASE in something
 * like real mode with segments of 4 GiB. SMI and INIT wait until RSM, NMI until RSM or the
 * handler's first IRET; whether NMIs were held back before is saved with the rest.
 *
 * <p>An SMI waits for the end of an interrupt shadow, so none has to be saved, and comes before
 * NMI, INIT and interrupts. The debug trap of the instruction before it is delivered first, though,
 * so none of these has to be saved either; and RSM is never trapped. A halted processor is halted
 * again by RSM unless the handler clears the auto-halt slot. Source: SDM volume 3, chapter 34;
 * AMD64 manual volume 2, chapter 10.
 */
public final class SystemManagement {
  private static final int ENTRY = 0x8000;
  private static final long LOW = 0xFFFFFFFFL;

  /** As in real mode, with the granularity of their limits. */
  private static final int RIGHTS = Segments.REAL_RIGHTS | SegmentRights.GRANULAR;

  private static final long CR0_CLEARED =
      ControlRegisters.CR0_PE
          | ControlRegisters.CR0_EM
          | ControlRegisters.CR0_TS
          | ControlRegisters.CR0_PG;

  private SystemManagement() {}

  /** An SMI accepted at an instruction boundary; {@link Cpu#rip} is the next instruction. */
  public static void enter(Cpu c) {
    SavedState saved = SavedState.of(c);
    c.management(true);
    c.monitoring = false;
    c.nmiBlocked = true;
    c.cr0 &= ~CR0_CLEARED;
    c.cr4 = 0;
    c.efer = 0;
    c.controlChanged();
    for (int i = Cpu.ES; i <= Cpu.GS; i++) {
      c.segment(i, 0, 0, LOW, RIGHTS);
    }
    c.segment(CS, (int) (c.smbase >>> 4), c.smbase, LOW, RIGHTS);
    c.setCpl(0);
    c.setFlags(2);
    c.rip = ENTRY;
    c.dr[7] = SystemInstructions.DR7_FIXED;
    Breakpoints.apply(c);
    c.activity(Cpu.Activity.RUNNING);
    // Last, since where memory is a device's these are accesses that may have effects of their own.
    long at = c.smbase;
    SaveMap.transfer(
        c.model,
        saved,
        (offset, size, value) -> {
          store(c, at + offset, size, value);
          return value;
        });
  }

  /** RSM; a state that no processor can be in shuts down. */
  static void resume(Cpu c) {
    SavedState saved = new SavedState();
    long at = c.smbase;
    SaveMap.transfer(c.model, saved, (offset, size, value) -> load(c, at + offset, size));
    if (!saved.valid(c.model)) {
      c.nextRip = c.rip;
      Interrupts.shutDown(c);
      return;
    }
    c.management(false);
    saved.load(c);
    c.updateAttention();
  }

  // ---- physical memory at any alignment; addresses have 32 bits, as SMBASE has ----

  private static boolean inPage(long address, int size) {
    return (address & 0xFFF) + size <= 0x1000;
  }

  private static long load(Cpu c, long address, int size) {
    if (inPage(address, size)) {
      return c.mmu.loadTable(address & LOW, size);
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= c.mmu.loadTable(address + i & LOW, 1) << 8 * i;
    }
    return value;
  }

  private static void store(Cpu c, long address, int size, long value) {
    if (inPage(address, size)) {
      c.mmu.storeTable(address & LOW, size, value);
      return;
    }
    for (int i = 0; i < size; i++) {
      c.mmu.storeTable(address + i & LOW, 1, value >>> 8 * i & 0xFF);
    }
  }
}
