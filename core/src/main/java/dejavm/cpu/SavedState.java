package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;
import static dejavm.cpu.Cpu.SS;

/**
 * What a system management interrupt saves and RSM loads: everything that the handler needs in its
 * place, and no more. CR2, DR0 to DR3, MSRs and the registers of x87 and SSE stay what they are.
 *
 * <p>A null segment is saved as one that is not present, with its base; SS then says the level of
 * privilege in its rights. Source: SDM volume 3, sections 34.4.1 and 34.3.2; AMD64 manual volume 2,
 * section 10.3.
 */
final class SavedState {
  /** The rights that a descriptor has: type, S, DPL, P; AVL, L, D/B, G. */
  private static final int RIGHTS = 0xF0FF;

  private static final long LOW = 0xFFFFFFFFL;

  final long[] r = new long[16];
  long rip;
  long flags;
  final int[] selector = new int[8];
  final long[] base = new long[8];
  final long[] limit = new long[8];
  final int[] rights = new int[8];
  long gdtBase;
  int gdtLimit;
  long idtBase;
  int idtLimit;
  long cr0;
  long cr3;
  long cr4;
  long efer;
  long dr6;
  long dr7;

  /** The page-directory pointers of PAE paging. */
  final long[] pointers = new long[4];

  long smbase;

  /** The processor was halted by HLT, or will be. */
  boolean halted;

  boolean nmiBlocked;

  /** What a processor has that is about to enter system management mode. */
  static SavedState of(Cpu c) {
    SavedState s = new SavedState();
    System.arraycopy(c.r, 0, s.r, 0, 16);
    s.rip = c.rip;
    s.flags = c.flags();
    for (int i = 0; i < 8; i++) {
      s.selector[i] = c.selector[i];
      s.base[i] = c.base[i];
      s.limit[i] = c.limit[i];
      boolean none = (c.access[i] & SegmentRights.NULL) != 0;
      s.rights[i] = none ? i == SS ? c.cpl << SegmentRights.DPL_SHIFT : 0 : c.access[i] & RIGHTS;
    }
    s.gdtBase = c.gdtBase;
    s.gdtLimit = c.gdtLimit;
    s.idtBase = c.idtBase;
    s.idtLimit = c.idtLimit;
    s.cr0 = c.cr0;
    s.cr3 = c.cr3;
    s.cr4 = c.cr4;
    s.efer = c.efer;
    s.dr6 = c.dr[6];
    s.dr7 = c.dr[7];
    System.arraycopy(c.mmu.pointers(), 0, s.pointers, 0, 4);
    s.smbase = c.smbase;
    // A processor that MWAIT stopped goes on behind it.
    s.halted = c.activity == Cpu.Activity.HALTED && !c.monitoring;
    s.nmiBlocked = c.nmiBlocked;
    return s;
  }

  /** Whether a processor of this model can be in this state; where not, RSM shuts down. */
  boolean valid(CpuModel model) {
    return ControlRegisters.consistent(model, cr0, cr3, cr4, efer)
        && ControlRegisters.arePointers(pointers)
        && validMode()
        && validBases()
        && (dr6 | dr7 | flags) >>> 32 == 0;
  }

  private boolean validMode() {
    boolean active = (efer & ControlRegisters.EFER_LMA) != 0;
    boolean v86 = (flags & Flags.VM) != 0;
    int size = rights[CS] & (SegmentRights.LONG | SegmentRights.BIG);
    if (!active) {
      return !v86 || (cr0 & ControlRegisters.CR0_PE) != 0;
    }
    return !v86
        && size != (SegmentRights.LONG | SegmentRights.BIG)
        && (size != SegmentRights.LONG || Cpu.canonical(rip));
  }

  private boolean validBases() {
    boolean valid = Cpu.canonical(gdtBase) && Cpu.canonical(idtBase);
    for (int i = Cpu.FS; i <= Cpu.TR; i++) {
      valid &= Cpu.canonical(base[i]);
    }
    return valid;
  }

  /** Gives a processor this state, which is valid; its next instruction is {@link #rip}. */
  void load(Cpu c) {
    System.arraycopy(r, 0, c.r, 0, 16);
    System.arraycopy(pointers, 0, c.mmu.pointers(), 0, 4);
    c.cr0 = ControlRegisters.writableCr0(cr0);
    c.cr3 = cr3;
    c.cr4 = cr4;
    c.efer = efer;
    c.controlChanged();
    c.gdtBase = gdtBase;
    c.gdtLimit = gdtLimit;
    c.idtBase = idtBase;
    c.idtLimit = idtLimit;
    for (int i = 0; i < 8; i++) {
      boolean none = (rights[i] & SegmentRights.PRESENT) == 0;
      long newBase = i < Cpu.FS ? base[i] & LOW : base[i];
      c.segment(i, selector[i], newBase, limit[i], none ? SegmentRights.NULL : rights[i] & RIGHTS);
    }
    c.setFlags((int) flags);
    c.setCpl(level(c));
    c.nextRip = c.code64() ? rip : rip & LOW;
    c.dr[6] = dr6;
    c.dr[7] = dr7;
    Breakpoints.apply(c);
    c.smbase = smbase;
    c.nmiBlocked = nmiBlocked;
    if (halted && c.activity == Cpu.Activity.RUNNING) {
      c.activity = Cpu.Activity.HALTED;
    }
  }

  private int level(Cpu c) {
    if (c.v86()) {
      return 3;
    }
    return c.protectedMode() ? rights[SS] >> SegmentRights.DPL_SHIFT & 3 : 0;
  }
}
