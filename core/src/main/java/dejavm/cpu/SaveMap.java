package dejavm.cpu;

/**
 * Where the state that an SMI saves lies, in the last 512 bytes of the 64 KiB from SMBASE on.
 *
 * <p>There are two maps. Processors without long mode have that of the P6 (SDM volume 3, table
 * 34-1); where the SDM calls a place reserved, the hidden parts of segments and CR4 are where the
 * P6 and QEMU have them. Processors with long mode have that of AMD (AMD64 manual volume 2, table
 * 10-1) although they call themselves Intel's: it is the one that firmware for virtual machines
 * (SeaBIOS, OVMF) knows by its revision, since QEMU has it too.
 *
 * <p>The page-directory pointers of PAE paging and, in the map of the P6, the mask of NMIs are in
 * places that are reserved, or for virtualisation, which these processors lack.
 */
final class SaveMap {
  /** With bit 17: SMBASE can be changed. There is no restart of I/O instructions, bit 16. */
  private static final int REVISION = 0x20000;

  private static final int REVISION_64 = 0x20064;

  /**
   * A place in the map: gives it a value, or asks it for one.
   *
   * <p>So one description of a map serves both directions.
   */
  interface Slots {
    /**
     * @param offset from SMBASE
     * @param size 1, 2, 4 or 8
     * @param value what is stored, where this stores
     * @return what is there, zero-extended
     */
    long slot(int offset, int size, long value);
  }

  private SaveMap() {}

  /** Stores a state, or loads it. */
  static void transfer(CpuModel model, SavedState s, Slots slots) {
    if (model.has(CpuFeature.LM)) {
      registers64(s, slots);
      segments64(s, slots);
    } else {
      registers32(s, slots);
      segments32(s, slots);
    }
  }

  private static boolean bit(Slots slots, int offset, int size, boolean value) {
    return (slots.slot(offset, size, value ? 1 : 0) & 1) != 0;
  }

  private static void pointers(SavedState s, Slots slots, int offset) {
    for (int i = 0; i < 4; i++) {
      s.pointers[i] = slots.slot(offset + 8 * i, 8, s.pointers[i]);
    }
  }

  // ---- with long mode ----

  private static void registers64(SavedState s, Slots slots) {
    for (int i = 0; i < 16; i++) {
      s.r[i] = slots.slot(0xFFF8 - 8 * i, 8, s.r[i]);
    }
    s.rip = slots.slot(0xFF78, 8, s.rip);
    s.flags = slots.slot(0xFF70, 8, s.flags);
    s.dr6 = slots.slot(0xFF68, 8, s.dr6);
    s.dr7 = slots.slot(0xFF60, 8, s.dr7);
    s.cr0 = slots.slot(0xFF58, 8, s.cr0);
    s.cr3 = slots.slot(0xFF50, 8, s.cr3);
    s.cr4 = slots.slot(0xFF48, 8, s.cr4);
    pointers(s, slots, 0xFF20);
    s.smbase = slots.slot(0xFF00, 4, s.smbase);
    slots.slot(0xFEFC, 4, REVISION_64);
    s.efer = slots.slot(0xFED0, 8, s.efer);
    s.nmiBlocked = bit(slots, 0xFECA, 1, s.nmiBlocked);
    s.halted = bit(slots, 0xFEC9, 1, s.halted);
    // Restart of the I/O instruction, and which it was: there is none.
    slots.slot(0xFEC8, 1, 0);
    slots.slot(0xFEC0, 8, 0);
  }

  private static void segments64(SavedState s, Slots slots) {
    for (int i = Cpu.ES; i <= Cpu.GS; i++) {
      segment64(s, slots, 0xFE00 + 16 * i, i);
    }
    segment64(s, slots, 0xFE70, Cpu.LDTR);
    segment64(s, slots, 0xFE90, Cpu.TR);
    s.gdtLimit = (int) slots.slot(0xFE64, 2, s.gdtLimit);
    s.gdtBase = slots.slot(0xFE68, 8, s.gdtBase);
    s.idtLimit = (int) slots.slot(0xFE84, 2, s.idtLimit);
    s.idtBase = slots.slot(0xFE88, 8, s.idtBase);
  }

  private static void segment64(SavedState s, Slots slots, int offset, int i) {
    s.selector[i] = (int) slots.slot(offset, 2, s.selector[i]);
    s.rights[i] = (int) slots.slot(offset + 2, 2, s.rights[i]);
    s.limit[i] = slots.slot(offset + 4, 4, s.limit[i]);
    s.base[i] = slots.slot(offset + 8, 8, s.base[i]);
  }

  // ---- without ----

  private static void registers32(SavedState s, Slots slots) {
    s.cr0 = slots.slot(0xFFFC, 4, s.cr0);
    s.cr3 = slots.slot(0xFFF8, 4, s.cr3);
    s.flags = slots.slot(0xFFF4, 4, s.flags);
    s.rip = slots.slot(0xFFF0, 4, s.rip);
    for (int i = 0; i < 8; i++) {
      s.r[i] = slots.slot(0xFFD0 + 4 * i, 4, s.r[i]);
    }
    s.dr6 = slots.slot(0xFFCC, 4, s.dr6);
    s.dr7 = slots.slot(0xFFC8, 4, s.dr7);
    // Which I/O instruction it was: not known.
    slots.slot(0xFFA4, 4, 0);
    slots.slot(0xFFA0, 4, 0);
    s.nmiBlocked = bit(slots, 0xFF18, 1, s.nmiBlocked);
    s.cr4 = slots.slot(0xFF14, 4, s.cr4);
    s.halted = bit(slots, 0xFF02, 2, s.halted);
    slots.slot(0xFF00, 2, 0);
    slots.slot(0xFEFC, 4, REVISION);
    s.smbase = slots.slot(0xFEF8, 4, s.smbase);
    pointers(s, slots, 0xFE00);
  }

  private static void segments32(SavedState s, Slots slots) {
    for (int i = Cpu.ES; i <= Cpu.GS; i++) {
      s.selector[i] = (int) slots.slot(0xFFA8 + 4 * i, 4, s.selector[i]) & 0xFFFF;
      hidden32(s, slots, i < Cpu.DS ? 0xFF84 + 12 * i : 0xFF2C + 12 * (i - Cpu.DS), i);
    }
    s.selector[Cpu.LDTR] = (int) slots.slot(0xFFC0, 4, s.selector[Cpu.LDTR]) & 0xFFFF;
    hidden32(s, slots, 0xFF78, Cpu.LDTR);
    s.selector[Cpu.TR] = (int) slots.slot(0xFFC4, 4, s.selector[Cpu.TR]) & 0xFFFF;
    hidden32(s, slots, 0xFF5C, Cpu.TR);
    s.gdtBase = slots.slot(0xFF74, 4, s.gdtBase);
    s.gdtLimit = (int) slots.slot(0xFF70, 4, s.gdtLimit) & 0xFFFF;
    s.idtBase = slots.slot(0xFF58, 4, s.idtBase);
    s.idtLimit = (int) slots.slot(0xFF54, 4, s.idtLimit) & 0xFFFF;
  }

  private static void hidden32(SavedState s, Slots slots, int offset, int i) {
    s.rights[i] = (int) slots.slot(offset, 4, s.rights[i]);
    s.limit[i] = slots.slot(offset + 4, 4, s.limit[i]);
    s.base[i] = slots.slot(offset + 8, 4, s.base[i]);
  }
}
