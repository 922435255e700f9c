package dejavm.cpu;

import static dejavm.cpu.Cpu.LDTR;
import static dejavm.cpu.Cpu.TR;

import dejavm.memory.Mmu;

/**
 * The instructions of operating systems: descriptor tables, control and debug registers, the
 * interrupt flag, port rights.
 *
 * <p>Every method raises #UD and #GP for mode and privilege itself. Where an instruction has a
 * memory operand that its caller loads, the caller asks {@link #requireProtected} and {@link
 * #requirePrivileged} first, since these come before the operand's own faults. Source: SDM volume 2
 * under each instruction; volume 3, sections 2.5, 4.4.1, 17.2, 18.5 and 20.3.
 */
public final class SystemInstructions {
  /** Where a 32-bit TSS holds the offset of its port permission map. */
  static final int IO_MAP = 0x66;

  private static final long CR0_WRITABLE =
      Cpu.CR0_PE
          | Cpu.CR0_MP
          | Cpu.CR0_EM
          | Cpu.CR0_TS
          | Cpu.CR0_NE
          | Cpu.CR0_WP
          | Cpu.CR0_AM
          | Cpu.CR0_NW
          | Cpu.CR0_CD
          | Cpu.CR0_PG;
  private static final long CR0_LMSW = Cpu.CR0_MP | Cpu.CR0_EM | Cpu.CR0_TS;

  /** What must be 0 in a present page-directory pointer. */
  private static final long PDPTE_RESERVED = 0xFFFF_FFF0_0000_01E6L;

  // Debug registers.
  private static final long DR6_WRITABLE = 0xE00F;
  private static final long DR6_FIXED = 0xFFFF0FF0L;
  private static final long DR6_BD = 0x2000;
  private static final long DR7_WRITABLE = 0xFFFF23FFL;
  private static final long DR7_FIXED = 0x400;
  private static final long DR7_GD = 0x2000;

  private SystemInstructions() {}

  // ---- rights ----

  /** #UD in real and virtual-8086 mode: LLDT, LTR, SLDT, STR, LAR, LSL, VERR, VERW, ARPL. */
  public static void requireProtected(Cpu c) {
    if (c.paragraphs()) {
      throw Fault.ud();
    }
  }

  /** #GP(0) outside privilege level 0. */
  public static void requirePrivileged(Cpu c) {
    if (c.cpl != 0) {
      throw Fault.gp(0);
    }
  }

  // ---- descriptor tables ----

  /** LGDT; with an operand size of 16 bits the base has 24. */
  public static void lgdt(Cpu c, int segment, long offset, int operandSize) {
    requirePrivileged(c);
    long linear = c.linear(segment, offset, 6, false);
    int limit = c.mmu.load16(linear);
    long base = tableBase(c, linear, operandSize);
    c.gdtLimit = limit;
    c.gdtBase = base;
  }

  /** LIDT; see {@link #lgdt}. */
  public static void lidt(Cpu c, int segment, long offset, int operandSize) {
    requirePrivileged(c);
    long linear = c.linear(segment, offset, 6, false);
    int limit = c.mmu.load16(linear);
    long base = tableBase(c, linear, operandSize);
    c.idtLimit = limit;
    c.idtBase = base;
  }

  private static long tableBase(Cpu c, long linear, int operandSize) {
    long base = c.mmu.load(linear + 2 & 0xFFFFFFFFL, 4);
    return operandSize == 2 ? base & 0xFFFFFF : base;
  }

  /** SGDT stores all 32 bits of the base, whatever the operand size. */
  public static void sgdt(Cpu c, int segment, long offset) {
    storeTable(c, segment, offset, c.gdtLimit, c.gdtBase);
  }

  /** SIDT; see {@link #sgdt}. */
  public static void sidt(Cpu c, int segment, long offset) {
    storeTable(c, segment, offset, c.idtLimit, c.idtBase);
  }

  private static void storeTable(Cpu c, int segment, long offset, int limit, long base) {
    long linear = c.linear(segment, offset, 6, true);
    c.mmu.probe(linear, 6, Mmu.WRITE);
    c.mmu.store16(linear, limit);
    c.mmu.store32(linear + 2 & 0xFFFFFFFFL, (int) base);
  }

  public static void lldt(Cpu c, int selector) {
    requireProtected(c);
    requirePrivileged(c);
    if (Descriptors.isNull(selector)) {
      Segments.commitNull(c, LDTR, selector);
      return;
    }
    long descriptor = systemDescriptor(c, selector);
    if (Descriptors.systemType(descriptor) != Descriptors.LDT) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    requirePresent(selector, descriptor);
    Segments.commit(c, LDTR, selector, descriptor);
  }

  public static void ltr(Cpu c, int selector) {
    requireProtected(c);
    requirePrivileged(c);
    if (Descriptors.isNull(selector)) {
      throw Fault.gp(0);
    }
    long descriptor = systemDescriptor(c, selector);
    int type = Descriptors.systemType(descriptor);
    if (type != Descriptors.TSS16 && type != Descriptors.TSS32) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    requirePresent(selector, descriptor);
    Descriptors.markBusy(c, selector, true);
    Segments.commit(c, TR, selector, descriptor | (long) Descriptors.BUSY << 40);
  }

  private static long systemDescriptor(Cpu c, int selector) {
    if (Descriptors.isLocal(selector)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    return Descriptors.load(c, selector, Fault.GP, 0);
  }

  private static void requirePresent(int selector, long descriptor) {
    if (!Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.NP, selector, 0);
    }
  }

  /** SLDT: the selector. */
  public static int sldt(Cpu c) {
    requireProtected(c);
    return c.selector[LDTR];
  }

  /** STR: the selector. */
  public static int str(Cpu c) {
    requireProtected(c);
    return c.selector[TR];
  }

  // ---- control registers ----

  /** MOV to CRn; the value is cut to 32 bits. */
  public static void loadControl(Cpu c, int n, long value) {
    requireControl(n);
    requirePrivileged(c);
    long bits = value & 0xFFFFFFFFL;
    switch (n) {
      case 0 -> loadCr0(c, bits);
      case 2 -> c.cr2 = bits;
      case 3 -> loadDirectory(c, bits);
      default -> loadCr4(c, bits);
    }
  }

  /** MOV from CRn. */
  public static long storeControl(Cpu c, int n) {
    requireControl(n);
    requirePrivileged(c);
    return switch (n) {
      case 0 -> c.cr0;
      case 2 -> c.cr2;
      case 3 -> c.cr3;
      default -> c.cr4;
    };
  }

  private static void requireControl(int n) {
    if (n == 1 || n > 4) {
      throw Fault.ud();
    }
  }

  private static void loadCr0(Cpu c, long value) {
    long wanted = value & CR0_WRITABLE | Cpu.CR0_ET;
    boolean paging = (wanted & Cpu.CR0_PG) != 0;
    if (paging && (wanted & Cpu.CR0_PE) == 0
        || (wanted & (Cpu.CR0_NW | Cpu.CR0_CD)) == Cpu.CR0_NW) {
      throw Fault.gp(0);
    }
    long changed = wanted ^ c.cr0;
    boolean reload =
        paging
            && (c.cr4 & Cpu.CR4_PAE) != 0
            && (changed & (Cpu.CR0_PG | Cpu.CR0_NW | Cpu.CR0_CD)) != 0;
    boolean newPointers = reload && loadPointers(c, c.cr3);
    c.cr0 = wanted;
    if (newPointers || (changed & (Cpu.CR0_PG | Cpu.CR0_WP)) != 0) {
      c.controlChanged();
    }
    if ((changed & Cpu.CR0_PE) != 0 && (wanted & Cpu.CR0_PE) == 0) {
      Segments.leaveProtectedMode(c);
    }
  }

  /** Loads CR3, and under PAE paging the page-directory pointers. */
  static void loadDirectory(Cpu c, long value) {
    boolean pae = (c.cr0 & Cpu.CR0_PG) != 0 && (c.cr4 & Cpu.CR4_PAE) != 0;
    boolean newPointers = pae && loadPointers(c, value);
    boolean changed = value != c.cr3;
    c.cr3 = value;
    if (changed || newPointers) {
      c.controlChanged();
    }
  }

  private static void loadCr4(Cpu c, long value) {
    if ((value & ~cr4Bits(c.model)) != 0) {
      throw Fault.gp(0);
    }
    long changed = value ^ c.cr4;
    boolean reload =
        (c.cr0 & Cpu.CR0_PG) != 0
            && (value & Cpu.CR4_PAE) != 0
            && (changed & (Cpu.CR4_PAE | Cpu.CR4_PGE | Cpu.CR4_PSE)) != 0;
    boolean newPointers = reload && loadPointers(c, c.cr3);
    c.cr4 = value;
    if (newPointers || (changed & (Cpu.CR4_PAE | Cpu.CR4_PSE)) != 0) {
      c.controlChanged();
    }
  }

  /** The bits of CR4 that this model has; performance counters are as old as the P6. */
  private static long cr4Bits(CpuModel model) {
    return Cpu.CR4_PCE
        | (model.has(CpuFeature.VME) ? Cpu.CR4_VME | Cpu.CR4_PVI : 0)
        | (model.has(CpuFeature.TSC) ? Cpu.CR4_TSD : 0)
        | (model.has(CpuFeature.DE) ? Cpu.CR4_DE : 0)
        | (model.has(CpuFeature.PSE) ? Cpu.CR4_PSE : 0)
        | (model.has(CpuFeature.PAE) ? Cpu.CR4_PAE : 0)
        | (model.has(CpuFeature.MCE) ? Cpu.CR4_MCE : 0)
        | (model.has(CpuFeature.PGE) ? Cpu.CR4_PGE : 0)
        | (model.has(CpuFeature.FXSR) ? Cpu.CR4_OSFXSR : 0);
  }

  /** Loads the four page-directory pointers; whether they are others than before. */
  private static boolean loadPointers(Cpu c, long directory) {
    long[] pointers = c.mmu.pointers();
    long[] loaded = new long[4];
    boolean changed = false;
    for (int i = 0; i < 4; i++) {
      loaded[i] = c.mmu.loadTable((directory & 0xFFFFFFE0L) + 8L * i, 8);
      if ((loaded[i] & 1) != 0 && (loaded[i] & PDPTE_RESERVED) != 0) {
        throw Fault.gp(0);
      }
      changed |= loaded[i] != pointers[i];
    }
    System.arraycopy(loaded, 0, pointers, 0, 4);
    return changed;
  }

  /** SMSW: a register of 32 bits gets all of CR0. */
  public static long smsw(Cpu c) {
    return c.cr0;
  }

  /** LMSW: the low four bits of CR0, but never out of protected mode. */
  public static void lmsw(Cpu c, int value) {
    requirePrivileged(c);
    c.cr0 = c.cr0 & ~CR0_LMSW | value & (CR0_LMSW | Cpu.CR0_PE);
  }

  public static void clts(Cpu c) {
    requirePrivileged(c);
    c.cr0 &= ~Cpu.CR0_TS;
  }

  // ---- debug registers ----

  /** MOV to DRn. */
  public static void loadDebug(Cpu c, int n, long value) {
    int register = debugRegister(c, n);
    long bits = value & 0xFFFFFFFFL;
    c.dr[register] =
        switch (register) {
          case 6 -> bits & DR6_WRITABLE | DR6_FIXED;
          case 7 -> bits & DR7_WRITABLE | DR7_FIXED;
          default -> bits;
        };
  }

  /** MOV from DRn. */
  public static long storeDebug(Cpu c, int n) {
    return c.dr[debugRegister(c, n)];
  }

  /** DR4 and DR5 are other names of DR6 and DR7, unless CR4.DE forbids them. */
  private static int debugRegister(Cpu c, int n) {
    boolean alias = n == 4 || n == 5;
    if (alias && (c.cr4 & Cpu.CR4_DE) != 0) {
      throw Fault.ud();
    }
    requirePrivileged(c);
    if ((c.dr[7] & DR7_GD) != 0) {
      c.dr[6] |= DR6_BD;
      throw Fault.of(Fault.DB);
    }
    return alias ? n + 2 : n;
  }

  // ---- the interrupt flag ----

  /** Whether IF is virtual: virtual-8086 mode with its extensions, and IOPL below 3. */
  static boolean virtualInterrupts(Cpu c) {
    return (c.cr4 & Cpu.CR4_VME) != 0 && c.v86() && c.iopl() < 3;
  }

  /** Whether CLI and STI act on VIF: so also in protected mode where CR4.PVI says. */
  private static boolean virtualFlag(Cpu c) {
    return c.cpl == 3 && c.iopl() < 3 && (c.cr4 & (c.v86() ? Cpu.CR4_VME : Cpu.CR4_PVI)) != 0;
  }

  public static void cli(Cpu c) {
    if (!c.protectedMode() || c.cpl <= c.iopl()) {
      c.systemFlags &= ~Flags.IF;
    } else if (virtualFlag(c)) {
      c.systemFlags &= ~Flags.VIF;
    } else {
      throw Fault.gp(0);
    }
    c.updateAttention();
  }

  public static void sti(Cpu c) {
    if (!c.protectedMode() || c.cpl <= c.iopl()) {
      if (!c.flag(Flags.IF)) {
        c.systemFlags |= Flags.IF;
        c.shadow = true;
        c.updateAttention();
      }
    } else if (virtualFlag(c) && !c.flag(Flags.VIP)) {
      c.systemFlags |= Flags.VIF;
    } else {
      throw Fault.gp(0);
    }
  }

  /** PUSHF and POPF in virtual-8086 mode need IOPL 3, or the extensions and 16 bits. */
  public static void requireFlagAccess(Cpu c, int size) {
    if (c.v86() && c.iopl() < 3 && !(virtualInterrupts(c) && size == 2)) {
      throw Fault.gp(0);
    }
  }

  /** What PUSHF pushes. */
  public static int pushedFlags(Cpu c, int size) {
    requireFlagAccess(c, size);
    int flags = c.flags();
    if (virtualInterrupts(c)) {
      int virtual = (flags & Flags.VIF) != 0 ? Flags.IF : 0;
      return flags & 0xFFFF & ~Flags.IF | Flags.IOPL | virtual;
    }
    return size == 2 ? flags & 0xFFFF : flags & ~(Flags.RF | Flags.VM);
  }

  /** What POPF does with what it popped; {@link #requireFlagAccess} comes before popping. */
  public static void poppedFlags(Cpu c, int value, int size) {
    requireFlagAccess(c, size);
    int mask = Flags.ARITHMETIC | Flags.TF | Flags.DF | Flags.NT;
    if (size == 4) {
      mask |= Flags.AC | Flags.ID;
    }
    if (!c.protectedMode() || c.cpl == 0) {
      mask |= Flags.IF | Flags.IOPL;
    } else if (c.cpl <= c.iopl()) {
      mask |= Flags.IF;
    }
    int image = value;
    if (virtualInterrupts(c)) {
      image = virtualImage(c, value);
      mask |= Flags.VIF;
    }
    c.setFlags(c.flags() & ~(mask | Flags.RF) | image & mask);
  }

  /** Flags popped where IF is virtual: IF goes to VIF; #GP(0) where the monitor must hear of it. */
  static int virtualImage(Cpu c, int value) {
    boolean enables = (value & Flags.IF) != 0;
    if ((value & Flags.TF) != 0 || enables && c.flag(Flags.VIP)) {
      throw Fault.gp(0);
    }
    return value & 0xFFFF | (enables ? Flags.VIF : 0);
  }

  // ---- ports ----

  /** Raises #GP(0) where neither IOPL nor the map in the TSS lets the program use a port. */
  public static void checkPort(Cpu c, int port, int size) {
    if (!c.protectedMode() || c.cpl <= c.iopl() && !c.v86()) {
      return;
    }
    boolean wide = (c.access[TR] & Cpu.AR_PRESENT) != 0 && (c.access[TR] & 8) != 0;
    if (!wide || c.limit[TR] < IO_MAP + 1) {
      throw Fault.gp(0);
    }
    long map = c.mmu.systemLoad(c.base[TR] + IO_MAP & 0xFFFFFFFFL, 2);
    long at = map + (port >> 3);
    // Two bytes are always read, since the bits may lie in both.
    if (at + 1 > c.limit[TR]) {
      throw Fault.gp(0);
    }
    long bits = c.mmu.systemLoad(c.base[TR] + at & 0xFFFFFFFFL, 2) >> (port & 7);
    if ((bits & (1 << size) - 1) != 0) {
      throw Fault.gp(0);
    }
  }

  // ---- what else needs privilege ----

  public static void hlt(Cpu c) {
    requirePrivileged(c);
    c.activity(Cpu.Activity.HALTED);
  }

  /** INVLPG has nothing to do, since translation is always coherent with the tables. */
  public static void invlpg(Cpu c) {
    requirePrivileged(c);
  }

  /** INVD and WBINVD: there is no cache to be seen. */
  public static void invalidateCaches(Cpu c) {
    requirePrivileged(c);
  }

  /** RSM outside system management mode. */
  public static void rsm() {
    throw Fault.ud();
  }
}
