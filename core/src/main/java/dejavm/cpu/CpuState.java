package dejavm.cpu;

import java.util.Arrays;

/** All that decides what a {@link Cpu} does next, in the order in which recordings hash it. */
public record CpuState(
    long[] r,
    long rip,
    int rflags,
    int[] selector,
    long[] base,
    long[] limit,
    int[] access,
    int cpl,
    long gdtBase,
    int gdtLimit,
    long idtBase,
    int idtLimit,
    long cr0,
    long cr2,
    long cr3,
    long cr4,
    long cr8,
    long efer,
    long[] pdpte,
    long[] dr,
    long sysenterCs,
    long sysenterEsp,
    long sysenterEip,
    long patMsr,
    Mtrrs.State mtrrs,
    MachineChecks.State machineChecks,
    long miscEnable,
    long tscOffset,
    long star,
    long lstar,
    long cstar,
    long sfmask,
    long kernelGsBase,
    long tscAux,
    long smbase,
    boolean smm,
    boolean monitoring,
    long randomState,
    X87.State x87,
    long[] xmm,
    int mxcsr,
    Cpu.Activity activity,
    boolean shadow,
    boolean stackShadow,
    boolean nmiBlocked,
    int debugHits,
    boolean intr,
    boolean nmi,
    boolean smi,
    boolean init,
    boolean reset,
    boolean ignne,
    boolean ferr,
    boolean a20,
    long now,
    long retired) {

  /** What a processor is in now. */
  static CpuState of(Cpu c) {
    return new CpuState(
        Arrays.copyOf(c.r, 16),
        c.rip,
        c.flags(),
        c.selector.clone(),
        c.base.clone(),
        c.limit.clone(),
        c.access.clone(),
        c.cpl,
        c.gdtBase,
        c.gdtLimit,
        c.idtBase,
        c.idtLimit,
        c.cr0,
        c.cr2,
        c.cr3,
        c.cr4,
        c.cr8,
        c.efer,
        c.mmu.pointers().clone(),
        c.dr.clone(),
        c.sysenterCs,
        c.sysenterEsp,
        c.sysenterEip,
        c.patMsr,
        c.mtrrs.state(),
        c.machineChecks.state(),
        c.miscEnable,
        c.tscOffset,
        c.star,
        c.lstar,
        c.cstar,
        c.sfmask,
        c.kernelGsBase,
        c.tscAux,
        c.smbase,
        c.smm,
        c.monitoring,
        c.randomState,
        c.x87.state(),
        c.xmm.clone(),
        c.mxcsr,
        c.activity,
        c.shadow,
        c.stackShadow,
        c.nmiBlocked,
        c.debugHits,
        c.intr,
        c.nmi,
        c.smi,
        c.init,
        c.reset,
        c.ignne,
        c.ferr,
        c.mmu.a20(),
        c.now(),
        c.retired());
  }

  /** Puts a processor into this state, and derives what follows from it. */
  void into(Cpu c) {
    registersInto(c);
    modelSpecificInto(c);
    activityInto(c);
    c.controlChanged();
    c.setFlags(rflags);
    Breakpoints.apply(c);
  }

  private void registersInto(Cpu c) {
    System.arraycopy(r, 0, c.r, 0, 16);
    c.rip = rip;
    System.arraycopy(selector, 0, c.selector, 0, 8);
    System.arraycopy(base, 0, c.base, 0, 8);
    System.arraycopy(limit, 0, c.limit, 0, 8);
    System.arraycopy(access, 0, c.access, 0, 8);
    c.deriveSegments();
    c.cpl = cpl;
    c.gdtBase = gdtBase;
    c.gdtLimit = gdtLimit;
    c.idtBase = idtBase;
    c.idtLimit = idtLimit;
    c.cr0 = cr0;
    c.cr2 = cr2;
    c.cr3 = cr3;
    c.cr4 = cr4;
    c.cr8 = cr8;
    c.efer = efer;
    System.arraycopy(pdpte, 0, c.mmu.pointers(), 0, 4);
    System.arraycopy(dr, 0, c.dr, 0, 8);
  }

  private void modelSpecificInto(Cpu c) {
    c.sysenterCs = sysenterCs;
    c.sysenterEsp = sysenterEsp;
    c.sysenterEip = sysenterEip;
    c.patMsr = patMsr;
    c.mtrrs.restore(mtrrs);
    c.machineChecks.restore(machineChecks);
    c.miscEnable = miscEnable;
    c.tscOffset = tscOffset;
    c.star = star;
    c.lstar = lstar;
    c.cstar = cstar;
    c.sfmask = sfmask;
    c.kernelGsBase = kernelGsBase;
    c.tscAux = tscAux;
    c.smbase = smbase;
    c.management(smm);
    c.monitoring = monitoring;
    c.randomState = randomState;
    c.x87.restore(x87);
    System.arraycopy(xmm, 0, c.xmm, 0, 32);
    c.mxcsr = mxcsr;
  }

  private void activityInto(Cpu c) {
    c.activity = activity;
    c.shadow = shadow;
    c.stackShadow = stackShadow;
    c.nmiBlocked = nmiBlocked;
    c.debugHits = debugHits;
    c.intr = intr;
    c.nmi = nmi;
    c.smi = smi;
    c.init = init;
    c.reset = reset;
    c.ignne = ignne;
    c.ferr = ferr;
    c.nowBase = now;
    c.retiredBase = retired;
    c.cursor = 0;
    c.cursorStart = 0;
    c.mmu.a20(a20);
  }
}
