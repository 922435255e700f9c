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

  /** Room that {@link #words} needs. */
  public static final int WORDS = 256;

  /**
   * All that {@link Cpu#state} tells, as words in an order of their own, without making a state: a
   * hash of it is asked for each millisecond. Equal states give equal words.
   *
   * @return how many they are
   */
  public static int words(Cpu c, long[] out) {
    int at = registerWords(c, out);
    at = modelSpecificWords(c, out, at);
    at = c.mtrrs.words(out, at);
    at = c.machineChecks.words(out, at);
    at = c.x87.words(out, at);
    out[at++] = c.activity.ordinal();
    out[at++] = c.debugHits;
    out[at++] = truths(c.smm, c.monitoring, c.shadow, c.stackShadow, c.nmiBlocked);
    out[at++] = truths(c.intr, c.nmi, c.smi, c.init, c.reset);
    out[at++] = truths(c.ignne, c.ferr, c.mmu.a20(), false, false);
    out[at++] = c.now();
    out[at++] = c.retired();
    return at;
  }

  private static int registerWords(Cpu c, long[] out) {
    System.arraycopy(c.r, 0, out, 0, 16);
    System.arraycopy(c.base, 0, out, 16, 8);
    System.arraycopy(c.limit, 0, out, 24, 8);
    for (int i = 0; i < 8; i++) {
      out[32 + i] = (long) c.selector[i] << 32 | c.access[i] & 0xFFFF_FFFFL;
    }
    System.arraycopy(c.dr, 0, out, 40, 8);
    System.arraycopy(c.mmu.pointers(), 0, out, 48, 4);
    System.arraycopy(c.xmm, 0, out, 52, 32);
    int at = 84;
    out[at++] = c.rip;
    out[at++] = (long) c.flags() << 32 | c.cpl;
    out[at++] = c.gdtBase;
    out[at++] = c.gdtLimit;
    out[at++] = c.idtBase;
    out[at++] = c.idtLimit;
    out[at++] = c.cr0;
    out[at++] = c.cr2;
    out[at++] = c.cr3;
    out[at++] = c.cr4;
    out[at++] = c.cr8;
    out[at++] = c.efer;
    out[at++] = c.mxcsr;
    return at;
  }

  private static int modelSpecificWords(Cpu c, long[] out, int from) {
    int at = from;
    out[at++] = c.sysenterCs;
    out[at++] = c.sysenterEsp;
    out[at++] = c.sysenterEip;
    out[at++] = c.patMsr;
    out[at++] = c.miscEnable;
    out[at++] = c.tscOffset;
    out[at++] = c.star;
    out[at++] = c.lstar;
    out[at++] = c.cstar;
    out[at++] = c.sfmask;
    out[at++] = c.kernelGsBase;
    out[at++] = c.tscAux;
    out[at++] = c.smbase;
    out[at++] = c.randomState;
    return at;
  }

  private static int truths(boolean a, boolean b, boolean c, boolean d, boolean e) {
    return (a ? 1 : 0) | (b ? 2 : 0) | (c ? 4 : 0) | (d ? 8 : 0) | (e ? 16 : 0);
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
