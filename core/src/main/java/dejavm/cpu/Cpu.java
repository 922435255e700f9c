package dejavm.cpu;

import dejavm.bus.Clock;
import dejavm.bus.Derived;
import dejavm.bus.Platform;
import dejavm.bus.Stateful;
import dejavm.memory.Mmu;
import java.util.Arrays;

/**
 * The architectural state of one processor, and its clock.
 *
 * <p>Fields are public because the operations on them are spread over the classes of this package
 * and over the engines; whoever changes one that others are derived from calls the method that says
 * so ({@link #segment}, {@link #controlChanged}, {@link #updateAttention}).
 *
 * <p>Time: {@code now} counts ticks, {@code retired} instructions. An engine that runs many
 * instructions at a stretch keeps the two fields as they were at its start and counts the rest in
 * {@link #cursor}; {@link #now()} is always exact.
 */
public final class Cpu implements Clock, Stateful<CpuState> {
  // Segment registers, in the order of their encoding; then the two system segments.
  public static final int ES = 0;
  public static final int CS = 1;
  public static final int SS = 2;
  public static final int DS = 3;
  public static final int FS = 4;
  public static final int GS = 5;
  public static final int LDTR = 6;
  public static final int TR = 7;

  // General registers, in the order of their encoding.
  public static final int RAX = 0;
  public static final int RCX = 1;
  public static final int RDX = 2;
  public static final int RBX = 3;
  public static final int RSP = 4;
  public static final int RBP = 5;
  public static final int RSI = 6;
  public static final int RDI = 7;

  /** A register that is always zero, so that an address without base or index needs no branch. */
  public static final int ZERO = 16;

  /** What addresses relative to the instruction pointer count from, while a block runs. */
  public static final int ANCHOR = 17;

  public static final long SMBASE_RESET = 0x30000;

  /** Bits of a physical address, as CPUID and the checks of reserved bits have it. */
  public static final int PHYSICAL_BITS = 36;

  /** MXCSR after power-on: all exceptions masked, rounding to nearest. */
  public static final int MXCSR_RESET = 0x1F80;

  /** What a processor is doing. */
  public enum Activity {
    RUNNING,
    HALTED,
    /** After a triple fault, until reset. */
    SHUTDOWN,
    OFF
  }

  public final long[] r = new long[18];
  public long rip;

  /** While an instruction executes: the offset in CS of the one to execute after it. */
  @Derived("lives for one instruction")
  public long nextRip;

  // Arithmetic flags in lazy form; see Flags.
  @Derived("part of rflags")
  public long flagResult = 1;

  @Derived("part of rflags")
  public int flagCarries;

  /** EFLAGS but for the arithmetic flags; bit 1 is set. */
  @Derived("part of rflags")
  public int systemFlags = 2;

  public final int[] selector = new int[8];
  public final long[] base = new long[8];

  /** The last valid offset with granularity applied; for expand-down segments the last invalid. */
  public final long[] limit = new long[8];

  public final int[] access = new int[8];

  /**
   * First and last offset that a segment lets pass; first above last where none. In a segment of 4
   * GiB accesses wrap at its end: the last offset is as far beyond as operands reach.
   */
  @Derived("computed from access and limit")
  public final long[] low = new long[8];

  @Derived("computed from access and limit")
  public final long[] high = new long[8];

  @Derived("computed from access")
  public final boolean[] readable = new boolean[8];

  @Derived("computed from access")
  public final boolean[] writable = new boolean[8];

  /** Counts changes of the segments. */
  @Derived("counts for those who keep copies")
  public int segmentChanges;

  public int cpl;
  public long gdtBase;
  public int gdtLimit;
  public long idtBase;
  public int idtLimit;

  public long cr0;
  public long cr2;
  public long cr3;
  public long cr4;
  public long cr8;
  public long efer;
  public final long[] dr = new long[8];

  // MSRs that live in the CPU.
  public long sysenterCs;
  public long sysenterEsp;
  public long sysenterEip;
  public long patMsr;
  public long miscEnable;
  public long tscOffset;
  public long star;
  public long lstar;
  public long cstar;
  public long sfmask;
  public long kernelGsBase;
  public long tscAux;

  /** Where system management RAM starts. */
  public long smbase = SMBASE_RESET;

  /** In system management mode, between an SMI and RSM. */
  public boolean smm;

  /** From MONITOR until something happens, or what MWAIT waits for; see {@link Monitor}. */
  public boolean monitoring;

  /** Of the generator behind RDRAND; see {@link RandomNumbers}. */
  public long randomState;

  public final Mtrrs mtrrs = new Mtrrs();
  public final MachineChecks machineChecks = new MachineChecks();

  public final X87 x87 = new X87();

  /** XMM registers: the low half of register n is at 2n, the high half at 2n + 1. */
  public final long[] xmm = new long[32];

  /** MXCSR: exception flags, masks and rounding of SSE. */
  public int mxcsr = MXCSR_RESET;

  public Activity activity = Activity.RUNNING;

  /** Interrupts are held back until one more instruction has executed. */
  public boolean shadow;

  /** It was MOV SS or POP SS, which hold back breakpoints on instructions as well. */
  public boolean stackShadow;

  /** NMIs are held back until IRET. */
  public boolean nmiBlocked;

  /** The breakpoints on data and ports that were hit and not yet reported: bits as in DR6. */
  public int debugHits;

  /** Whether a breakpoint on instructions is enabled. */
  @Derived("computed from the debug registers")
  boolean watchesExecution;

  /** Whether accesses that are not aligned raise #AC: CR0.AM, EFLAGS.AC, and CPL 3. */
  @Derived("computed from CR0, the flags and the CPL")
  private boolean checksAlignment;

  // Inputs from the board.
  public boolean intr;
  public boolean nmi;
  public boolean smi;
  public boolean init;
  public boolean reset;
  public boolean ignne;

  /** The level of the FERR output. */
  public boolean ferr;

  /** Any of ATTEND_…; zero while the engine may simply go on. */
  @Derived("computed from the inputs, flags and activity")
  public int attention;

  /** The base of CS as far as it counts: 0 in 64-bit mode. */
  @Derived("computed from the segments")
  public long codeBase;

  /**
   * Whether protected mode with 32-bit flat segments is in force, or 64-bit mode; what fast code
   * relies on.
   */
  @Derived("computed from the segments")
  public boolean flat;

  /** Default operand size in bits of the code segment: 16, 32 or 64. */
  @Derived("computed from the segments")
  public int codeSize = 16;

  /** The stack pointer's mask: 0xFFFF, 0xFFFFFFFF or all ones. */
  @Derived("computed from the segments")
  public long stackMask = 0xFFFF;

  // Time.
  public long nowBase;
  public long retiredBase;

  /**
   * Four times the instructions completed since the two bases were taken, plus {@link
   * #cursorStart}: an engine whose code takes four words an instruction just stores where it is.
   */
  @Derived("equal to cursorStart between slices")
  public int cursor;

  @Derived("equal to cursor between slices")
  public int cursorStart;

  /** Where the present slice ends: repeat instructions stop there between iterations. */
  @Derived("argument of the engine's run")
  public long until;

  public final Mmu mmu;
  public final Platform platform;
  public final CostTable costs;
  public final CpuModel model;
  public final int id;
  private final long frequency;
  private final long tscFrequency;

  /**
   * @param id which CPU of the machine this is
   * @param frequency ticks in a second of guest time
   */
  public Cpu(int id, Mmu mmu, Platform platform, CpuModel model, CostTable costs, long frequency) {
    this.id = id;
    this.mmu = mmu;
    this.platform = platform;
    this.model = model;
    this.costs = costs;
    this.frequency = frequency;
    this.tscFrequency = model.tscFrequency();
    powerOn();
  }

  // ---- time ----

  @Override
  public long now() {
    return nowBase + (cursor - cursorStart >> 2);
  }

  @Override
  public long frequency() {
    return frequency;
  }

  public long retired() {
    return retiredBase + (cursor - cursorStart >> 2);
  }

  /** The time-stamp counter. */
  public long tsc() {
    return cycles(now(), tscFrequency) + tscOffset;
  }

  /** Folds {@link #cursor} into the bases. */
  public void settle() {
    int completed = cursor - cursorStart >> 2;
    nowBase += completed;
    retiredBase += completed;
    cursor = 0;
    cursorStart = 0;
  }

  // ---- system management mode ----

  /** Enters or leaves system management mode, as far as others see it. */
  void management(boolean entered) {
    smm = entered;
    mmu.management(entered);
  }

  // ---- reset ----

  /** The state after power-on and RESET (SDM volume 3, table 10-1); time goes on. */
  public void powerOn() {
    resetCommon();
    cr0 = ControlRegisters.CR0_ET | ControlRegisters.CR0_NW | ControlRegisters.CR0_CD;
    tscOffset = -cycles(now(), tscFrequency);
    Msrs.reset(this);
    smbase = SMBASE_RESET;
    management(false);
    smi = false;
    x87.init();
    Arrays.fill(xmm, 0);
    mxcsr = MXCSR_RESET;
    controlChanged();
  }

  /** Says where the numbers of RDRAND begin; no reset does. */
  public void seedRandom(long seed) {
    randomState = seed;
  }

  /** INIT: as RESET, but the caches, x87, TSC and MSRs stay. */
  public void initialize() {
    long keep = cr0 & (ControlRegisters.CR0_NW | ControlRegisters.CR0_CD);
    resetCommon();
    cr0 = ControlRegisters.CR0_ET | keep;
    controlChanged();
  }

  private void resetCommon() {
    Arrays.fill(r, 0);
    r[RDX] = model.signature();
    for (int i = 0; i < 8; i++) {
      segment(
          i,
          0,
          0,
          0xFFFF,
          SegmentRights.PRESENT
              | SegmentRights.S
              | SegmentRights.WRITABLE
              | SegmentRights.ACCESSED);
    }
    segment(LDTR, 0, 0, 0xFFFF, SegmentRights.PRESENT | 2);
    segment(TR, 0, 0, 0xFFFF, SegmentRights.PRESENT | 0xB);
    segment(CS, 0xF000, 0xFFFF0000L, 0xFFFF, 0x93);
    cpl = 0;
    rip = 0xFFF0;
    setFlags(2);
    gdtBase = 0;
    gdtLimit = 0xFFFF;
    idtBase = 0;
    idtLimit = 0xFFFF;
    cr2 = 0;
    cr3 = 0;
    cr4 = 0;
    cr8 = 0;
    efer = 0;
    Arrays.fill(dr, 0);
    dr[6] = 0xFFFF0FF0L;
    dr[7] = 0x400;
    debugHits = 0;
    Breakpoints.apply(this);
    activity = Activity.RUNNING;
    endShadow();
    monitoring = false;
    nmiBlocked = false;
    nmi = false;
    init = false;
    reset = false;
  }

  // ---- flags ----

  public boolean cf() {
    return flagCarries < 0;
  }

  public boolean of() {
    return (flagCarries ^ flagCarries << 1) < 0;
  }

  public boolean zf() {
    return flagResult == 0;
  }

  public boolean sf() {
    return ((int) (flagResult >>> 63) ^ flagCarries & Flags.SIGN_CORRECTION) != 0;
  }

  public boolean pf() {
    return Flags.parity((int) flagResult ^ flagCarries >> 8);
  }

  public boolean af() {
    return (flagCarries & Flags.CARRY_3) != 0;
  }

  /** The arithmetic flags in their EFLAGS positions. */
  public int arithmeticFlags() {
    return (cf() ? Flags.CF : 0)
        | (pf() ? Flags.PF : 0)
        | (af() ? Flags.AF : 0)
        | (zf() ? Flags.ZF : 0)
        | (sf() ? Flags.SF : 0)
        | (of() ? Flags.OF : 0);
  }

  /** EFLAGS. */
  public int flags() {
    return systemFlags | arithmeticFlags();
  }

  /** Sets the arithmetic flags from their EFLAGS positions. */
  public void setArithmeticFlags(int flags) {
    boolean zero = (flags & Flags.ZF) != 0;
    flagResult = zero ? 0 : 1;
    int carries = 0;
    if ((flags & Flags.CF) != 0) {
      carries = Flags.CARRY_OUT | Flags.CARRY_IN;
    }
    if ((flags & Flags.OF) != 0) {
      carries ^= Flags.CARRY_IN;
    }
    if ((flags & Flags.AF) != 0) {
      carries |= Flags.CARRY_3;
    }
    if ((flags & Flags.SF) != 0) {
      carries |= Flags.SIGN_CORRECTION;
    }
    // The byte that gives parity is 0 (even) or 1 (odd); flip a bit where the wanted one differs.
    if (((flags & Flags.PF) != 0) != zero) {
      carries |= 0x100;
    }
    flagCarries = carries;
  }

  /** Sets all of EFLAGS; bit 1 is always set, reserved bits never. */
  public void setFlags(int flags) {
    setArithmeticFlags(flags);
    systemFlags = flags & ~Flags.ARITHMETIC & 0x3F7FD7 | 2;
    updateAttention();
  }

  public boolean flag(int systemFlag) {
    return (systemFlags & systemFlag) != 0;
  }

  public int iopl() {
    return systemFlags >> 12 & 3;
  }

  /** Evaluates the condition in the low four bits of Jcc, SETcc and CMOVcc. */
  public boolean condition(int code) {
    boolean result =
        switch (code >> 1) {
          case 0 -> of();
          case 1 -> cf();
          case 2 -> zf();
          case 3 -> cf() || zf();
          case 4 -> sf();
          case 5 -> pf();
          case 6 -> sf() != of();
          default -> zf() || sf() != of();
        };
    return result != ((code & 1) != 0);
  }

  // ---- modes ----

  public boolean protectedMode() {
    return (cr0 & ControlRegisters.CR0_PE) != 0;
  }

  public boolean v86() {
    return (systemFlags & Flags.VM) != 0;
  }

  /** Long mode is active: 64-bit mode, or compatibility mode. */
  public boolean longMode() {
    return (efer & ControlRegisters.EFER_LMA) != 0;
  }

  /** 64-bit mode, as opposed to compatibility mode and all older ones. */
  public boolean code64() {
    return codeSize == 64;
  }

  /** Whether bits 63 to 47 of an address are alike. */
  public static boolean canonical(long address) {
    return address << 16 >> 16 == address;
  }

  /** Real mode or virtual-8086 mode: selectors are paragraphs. */
  public boolean paragraphs() {
    return (cr0 & ControlRegisters.CR0_PE) == 0 || (systemFlags & Flags.VM) != 0;
  }

  /** Sets the CPL, and with it the rights of memory accesses. */
  public void setCpl(int level) {
    cpl = level;
    updateAttention();
  }

  private void updateRights() {
    checksAlignment =
        cpl == 3 && (systemFlags & Flags.AC) != 0 && (cr0 & ControlRegisters.CR0_AM) != 0;
    mmu.rights(cpl == 3, (systemFlags & Flags.AC) != 0);
  }

  /**
   * Loads a segment register with all its hidden parts and derives what depends on them.
   *
   * @param newLimit the last valid offset, granularity applied
   * @param rights bits of {@link SegmentRights}
   */
  public void segment(int register, int newSelector, long newBase, long newLimit, int rights) {
    selector[register] = newSelector & 0xFFFF;
    base[register] = newBase;
    limit[register] = newLimit;
    access[register] = rights;
    derive(register);
    deriveModes();
  }

  private void derive(int register) {
    segmentChanges++;
    if (codeSize == 64 && register <= GS) {
      low[register] = Long.MIN_VALUE;
      high[register] = Long.MAX_VALUE;
      readable[register] = true;
      writable[register] = true;
      return;
    }
    int rights = access[register];
    boolean usable =
        (rights & (SegmentRights.NULL | SegmentRights.PRESENT)) == SegmentRights.PRESENT;
    boolean code = (rights & SegmentRights.CODE) != 0;
    boolean down =
        !code
            && (rights & (SegmentRights.S | SegmentRights.DOWN))
                == (SegmentRights.S | SegmentRights.DOWN);
    low[register] = !usable ? 1 : down ? limit[register] + 1 : 0;
    high[register] =
        !usable
            ? 0
            : down
                ? ((rights & SegmentRights.BIG) != 0 ? SegmentRights.LAST : 0xFFFF)
                : SegmentRights.end(limit[register]);
    boolean data = (rights & SegmentRights.S) != 0;
    readable[register] = usable && data && (!code || (rights & SegmentRights.WRITABLE) != 0);
    writable[register] = usable && data && !code && (rights & SegmentRights.WRITABLE) != 0;
  }

  /** After a change of the hidden parts of many segment registers. */
  void deriveSegments() {
    for (int register = 0; register < selector.length; register++) {
      derive(register);
    }
    deriveModes();
  }

  private boolean isFlat(int register) {
    return base[register] == 0 && low[register] == 0 && high[register] >= SegmentRights.LAST;
  }

  private void deriveModes() {
    boolean was64 = codeSize == 64;
    codeSize =
        (efer & ControlRegisters.EFER_LMA) != 0 && (access[CS] & SegmentRights.LONG) != 0
            ? 64
            : (access[CS] & SegmentRights.BIG) != 0 ? 32 : 16;
    boolean is64 = codeSize == 64;
    if (was64 != is64) {
      mmu.wide(is64);
      for (int register = ES; register <= GS; register++) {
        derive(register);
      }
    }
    codeBase = is64 ? 0 : base[CS];
    stackMask = is64 ? -1 : (access[SS] & SegmentRights.BIG) != 0 ? 0xFFFFFFFFL : 0xFFFF;
    flat = is64 || flat32();
  }

  private boolean flat32() {
    return codeSize == 32
        && stackMask == 0xFFFFFFFFL
        && isFlat(CS)
        && isFlat(DS)
        && readable[DS]
        && writable[DS]
        && isFlat(ES)
        && readable[ES]
        && writable[ES]
        && isFlat(SS)
        && writable[SS];
  }

  /** CR0, CR3, CR4, EFER or a PDPTE changed: tells the MMU. */
  public void controlChanged() {
    mmu.refine(
        (cr4 & ControlRegisters.CR4_PSE) != 0,
        (efer & ControlRegisters.EFER_NXE) != 0,
        (cr0 & ControlRegisters.CR0_WP) != 0,
        model.has(CpuFeature.PDPE1GB));
    mmu.protectUserPages(
        (cr4 & ControlRegisters.CR4_SMEP) != 0, (cr4 & ControlRegisters.CR4_SMAP) != 0);
    mmu.control(
        cr3,
        (cr0 & ControlRegisters.CR0_PG) != 0,
        (cr4 & ControlRegisters.CR4_PAE) != 0,
        (efer & ControlRegisters.EFER_LMA) != 0);
    deriveModes();
    updateRights();
  }

  // ---- events ----

  /**
   * Computes {@link #attention} anew, and the rights of accesses; after a change of an input, IF,
   * TF, AC, shadow, activity or {@link #smm}. SMI and INIT wait for the end of system management
   * mode, and the SMI for that of a shutdown: so it is on the P6.
   */
  public void updateAttention() {
    updateRights();
    attention =
        (reset ? Attention.RESET : 0)
            | (smi && !smm && activity != Activity.SHUTDOWN ? Attention.SMI : 0)
            | (nmi && !nmiBlocked ? Attention.NMI : 0)
            | (intr && (systemFlags & Flags.IF) != 0 ? Attention.INTR : 0)
            | (init && !smm ? Attention.INIT : 0)
            | (shadow ? Attention.SHADOW : 0)
            | ((systemFlags & Flags.TF) != 0 ? Attention.TRAP : 0)
            | (debugHits != 0 ? Attention.DEBUG : 0)
            | (watchesExecution || (systemFlags & Flags.RF) != 0 ? Attention.BREAKPOINT : 0)
            | (checksAlignment ? Attention.ALIGNMENT : 0)
            | (activity == Activity.HALTED || activity == Activity.SHUTDOWN ? Attention.HALTED : 0)
            | (activity == Activity.OFF ? Attention.OFF : 0);
  }

  /** Interrupts are no longer held back; the caller updates the attention. */
  public void endShadow() {
    shadow = false;
    stackShadow = false;
  }

  public void activity(Activity newActivity) {
    activity = newActivity;
    updateAttention();
  }

  // ---- memory through segments ----

  /** A linear address computed by adding: it wraps at 4 GiB outside 64-bit mode. */
  public long wrap(long linear) {
    return codeSize == 64 ? linear : linear & 0xFFFFFFFFL;
  }

  /**
   * Checks an access against a segment and gives its linear address.
   *
   * @throws Fault #SS(0) for the stack segment, else #GP(0)
   */
  public long linear(int register, long offset, int size, boolean write) {
    if (offset >= low[register]
        && offset + size - 1 <= high[register]
        && (write ? writable[register] : readable[register])) {
      long address =
          codeSize == 64 ? linear64(register, offset, size) : base[register] + offset & 0xFFFFFFFFL;
      requireAligned(address, size);
      return address;
    }
    return Segments.refuse(this, register, offset, size, write);
  }

  /** In 64-bit mode FS and GS alone have a base, and addresses must be canonical. */
  private long linear64(int register, long offset, int size) {
    long address = register >= FS ? base[register] + offset : offset;
    if (!canonical(address)) {
      return Segments.refuse(this, register, offset, size, false);
    }
    if (!canonical(address + size - 1)) {
      requireAligned(address, size);
      return Segments.refuse(this, register, offset, size, false);
    }
    return address;
  }

  private void requireAligned(long address, int size) {
    if (checksAlignment && (address & Segments.alignment(size) - 1) != 0) {
      throw Fault.of(Fault.AC, 0);
    }
  }

  /** Loads zero-extended; size 1, 2, 4 or 8. */
  public long load(int register, long offset, int size) {
    return mmu.load(linear(register, offset, size, false), size);
  }

  public void store(int register, long offset, int size, long value) {
    mmu.store(linear(register, offset, size, true), size, value);
  }

  // ---- state ----

  @Override
  public CpuState state() {
    return CpuState.of(this);
  }

  @Override
  public void restore(CpuState state) {
    state.into(this);
  }
}
