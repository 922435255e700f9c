package dejavm.cpu.translate;

import dejavm.cpu.Cpu;
import dejavm.memory.Mmu;
import dejavm.memory.Tlb;

/**
 * What code is translated for: the same bytes are other code in another mode.
 *
 * @param bits default size of operands, 16 or 32, or 64 for the mode of that name
 * @param flat 32-bit code whose segments CS, DS, ES and SS let everything pass, or 64-bit code
 * @param stackMask of the stack pointer
 * @param bank of the translation cache that accesses use
 */
record Mode(int bits, boolean flat, long stackMask, int bank) {
  private static final int BANKS = 3;

  /** How many there are. */
  static final int COUNT = 6 * BANKS;

  /** How many are flat; their numbers come first. */
  static final int FLAT_COUNT = 2 * BANKS;

  private static final Mode[] ALL = all();

  private static Mode[] all() {
    Mode[] all = new Mode[COUNT];
    for (int bank = 0; bank < BANKS; bank++) {
      all[bank] = new Mode(64, true, -1, bank);
      all[BANKS + bank] = new Mode(32, true, 0xFFFFFFFFL, bank);
      all[2 * BANKS + bank] = new Mode(32, false, 0xFFFFFFFFL, bank);
      all[3 * BANKS + bank] = new Mode(32, false, 0xFFFF, bank);
      all[4 * BANKS + bank] = new Mode(16, false, 0xFFFFFFFFL, bank);
      all[5 * BANKS + bank] = new Mode(16, false, 0xFFFF, bank);
    }
    return all;
  }

  static Mode of(int number) {
    return ALL[number];
  }

  /** The number of the mode that a processor is in. */
  static int number(Cpu c) {
    int family =
        c.codeSize == 64
            ? 0
            : c.flat ? 1 : (c.codeSize == 32 ? 2 : 4) + (c.stackMask == 0xFFFF ? 1 : 0);
    return family * BANKS + c.mmu.bank();
  }

  /** Where the entries of the bank start, relative to the base register. */
  int translations(Mmu mmu) {
    return Workspace.translations() + bank * mmu.tlb().entries() * Tlb.ENTRY;
  }
}
