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
 * under each instruction; volume 3, sections 2.4, 17.2, 18.5 and 20.3. What is written to control
 * registers is the business of {@link ControlRegisters}.
 */
public final class SystemInstructions {
  /** Where a 32- or 64-bit TSS holds the offset of its port permission map. */
  static final int IO_MAP = 0x66;

  // Debug registers.
  private static final long DR6_WRITABLE = 0xE00F;
  private static final long DR6_FIXED = 0xFFFF0FF0L;
  private static final long DR6_BD = 0x2000;
  private static final long DR7_WRITABLE = 0xFFFF23FFL;
  static final long DR7_FIXED = 0x400;
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

  /** #GP(0) where user-mode instruction prevention hides it: SGDT, SIDT, SLDT, STR, SMSW. */
  public static void requireVisible(Cpu c) {
    if (c.cpl != 0 && (c.cr4 & ControlRegisters.CR4_UMIP) != 0) {
      throw Fault.gp(0);
    }
  }

  // ---- descriptor tables ----

  /** LGDT; with an operand size of 16 bits the base has 24, in 64-bit mode always 64. */
  public static void lgdt(Cpu c, int segment, long offset, int operandSize) {
    requirePrivileged(c);
    long linear = c.linear(segment, offset, tableSize(c), false);
    int limit = c.mmu.load16(linear);
    long base = tableBase(c, linear, operandSize);
    c.gdtLimit = limit;
    c.gdtBase = base;
  }

  /** LIDT; see {@link #lgdt}. */
  public static void lidt(Cpu c, int segment, long offset, int operandSize) {
    requirePrivileged(c);
    long linear = c.linear(segment, offset, tableSize(c), false);
    int limit = c.mmu.load16(linear);
    long base = tableBase(c, linear, operandSize);
    c.idtLimit = limit;
    c.idtBase = base;
  }

  /** Bytes of a limit and a base. */
  private static int tableSize(Cpu c) {
    return c.code64() ? 10 : 6;
  }

  private static long tableBase(Cpu c, long linear, int operandSize) {
    if (c.code64()) {
      long base = c.mmu.load64(linear + 2);
      if (!Cpu.canonical(base)) {
        throw Fault.gp(0);
      }
      return base;
    }
    long base = c.mmu.load(linear + 2 & 0xFFFFFFFFL, 4);
    return operandSize == 2 ? base & 0xFFFFFF : base;
  }

  /** SGDT stores all 32 or 64 bits of the base, whatever the operand size. */
  public static void sgdt(Cpu c, int segment, long offset) {
    storeTable(c, segment, offset, c.gdtLimit, c.gdtBase);
  }

  /** SIDT; see {@link #sgdt}. */
  public static void sidt(Cpu c, int segment, long offset) {
    storeTable(c, segment, offset, c.idtLimit, c.idtBase);
  }

  private static void storeTable(Cpu c, int segment, long offset, int limit, long base) {
    requireVisible(c);
    int size = tableSize(c);
    long linear = c.linear(segment, offset, size, true);
    c.mmu.probe(linear, size, Mmu.WRITE);
    c.mmu.store16(linear, limit);
    c.mmu.store(c.wrap(linear + 2), size - 2, base);
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
    long base = systemBase(c, selector, descriptor);
    requirePresent(selector, descriptor);
    Segments.commitSystem(c, LDTR, selector, descriptor, base);
  }

  public static void ltr(Cpu c, int selector) {
    requireProtected(c);
    requirePrivileged(c);
    if (Descriptors.isNull(selector)) {
      throw Fault.gp(0);
    }
    long descriptor = systemDescriptor(c, selector);
    int type = Descriptors.systemType(descriptor);
    if (type != Descriptors.TSS32 && (type != Descriptors.TSS16 || c.longMode())) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    long base = systemBase(c, selector, descriptor);
    requirePresent(selector, descriptor);
    Descriptors.markBusy(c, selector, true);
    Segments.commitSystem(c, TR, selector, descriptor | (long) Descriptors.BUSY << 40, base);
  }

  /** The base of an LDT or a TSS; in long mode the descriptor's upper half has to be in order. */
  private static long systemBase(Cpu c, int selector, long descriptor) {
    if (!c.longMode()) {
      return Descriptors.base(descriptor);
    }
    if (!Descriptors.existsWide(c, selector)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    long upper = Descriptors.loadUpper(c, selector);
    long base = Descriptors.wideBase(descriptor, upper);
    if (!Descriptors.isUpper(upper) || !Cpu.canonical(base)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    return base;
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
    requireVisible(c);
    return c.selector[LDTR];
  }

  /** STR: the selector. */
  public static int str(Cpu c) {
    requireProtected(c);
    requireVisible(c);
    return c.selector[TR];
  }

  // ---- control registers ----

  /** MOV to CRn; the value has 32 bits outside 64-bit mode. */
  public static void loadControl(Cpu c, int n, long value) {
    ControlRegisters.load(c, n, value);
  }

  /** MOV from CRn. */
  public static long storeControl(Cpu c, int n) {
    return ControlRegisters.store(c, n);
  }

  /** SMSW: a register of 32 or 64 bits gets all of CR0. */
  public static long smsw(Cpu c) {
    requireVisible(c);
    return c.cr0;
  }

  /** LMSW: the low four bits of CR0, but never out of protected mode. */
  public static void lmsw(Cpu c, int value) {
    ControlRegisters.lmsw(c, value);
  }

  public static void clts(Cpu c) {
    requirePrivileged(c);
    c.cr0 &= ~ControlRegisters.CR0_TS;
  }

  // ---- debug registers ----

  /** MOV to DRn. */
  public static void loadDebug(Cpu c, int n, long value) {
    int register = debugRegister(c, n);
    long bits = c.code64() ? value : value & 0xFFFFFFFFL;
    if (register >= 6 && bits >>> 32 != 0) {
      throw Fault.gp(0);
    }
    c.dr[register] =
        switch (register) {
          case 6 -> bits & DR6_WRITABLE | DR6_FIXED;
          case 7 -> bits & DR7_WRITABLE | DR7_FIXED;
          default -> bits;
        };
    Breakpoints.apply(c);
  }

  /** MOV from DRn. */
  public static long storeDebug(Cpu c, int n) {
    return c.dr[debugRegister(c, n)];
  }

  /** DR4 and DR5 are other names of DR6 and DR7, unless CR4.DE forbids them. */
  private static int debugRegister(Cpu c, int n) {
    requirePrivileged(c);
    boolean alias = n == 4 || n == 5;
    if (n > 7 || alias && (c.cr4 & ControlRegisters.CR4_DE) != 0) {
      throw Fault.ud();
    }
    if ((c.dr[7] & DR7_GD) != 0) {
      c.dr[6] |= DR6_BD;
      throw Fault.of(Fault.DB);
    }
    return alias ? n + 2 : n;
  }

  // ---- the interrupt flag ----

  /** Whether IF is virtual: virtual-8086 mode with its extensions, and IOPL below 3. */
  static boolean virtualInterrupts(Cpu c) {
    return (c.cr4 & ControlRegisters.CR4_VME) != 0 && c.v86() && c.iopl() < 3;
  }

  /** Whether CLI and STI act on VIF: so also in protected mode where CR4.PVI says. */
  private static boolean virtualFlag(Cpu c) {
    return c.cpl == 3
        && c.iopl() < 3
        && (c.cr4 & (c.v86() ? ControlRegisters.CR4_VME : ControlRegisters.CR4_PVI)) != 0;
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
    if (size != 2) {
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
    boolean wide = (c.access[TR] & SegmentRights.PRESENT) != 0 && (c.access[TR] & 8) != 0;
    if (!wide || c.limit[TR] < IO_MAP + 1) {
      throw Fault.gp(0);
    }
    long map = c.mmu.systemLoad(Descriptors.linear(c, c.base[TR] + IO_MAP), 2);
    long at = map + (port >> 3);
    // Two bytes are always read, since the bits may lie in both.
    if (at + 1 > c.limit[TR]) {
      throw Fault.gp(0);
    }
    long bits = c.mmu.systemLoad(Descriptors.linear(c, c.base[TR] + at), 2) >> (port & 7);
    if ((bits & (1 << size) - 1) != 0) {
      throw Fault.gp(0);
    }
  }

  // ---- what else needs privilege ----

  public static void hlt(Cpu c) {
    requirePrivileged(c);
    c.monitoring = false;
    c.activity(Cpu.Activity.HALTED);
  }

  /** INVLPG has nothing to do, since translation is always coherent with the tables. */
  public static void invlpg(Cpu c) {
    requirePrivileged(c);
  }

  /** CLFLUSH needs the rights of a load: there is no cache to be seen. */
  public static void flushLine(Cpu c, int segment, long offset) {
    c.mmu.probe(c.linear(segment, offset, 1, false), 1, Mmu.READ);
  }

  /** INVD and WBINVD: there is no cache to be seen. */
  public static void invalidateCaches(Cpu c) {
    requirePrivileged(c);
  }

  /**
   * CLAC and STAC: EFLAGS.AC, by which SMAP lets the kernel access pages of programs.
   *
   * @param set STAC
   */
  public static void accessControl(Cpu c, boolean set) {
    if (c.cpl != 0) {
      throw Fault.ud();
    }
    c.systemFlags = set ? c.systemFlags | Flags.AC : c.systemFlags & ~Flags.AC;
    c.updateAttention();
  }

  /** RSM, which only system management mode has. */
  public static void rsm(Cpu c) {
    if (!c.smm) {
      throw Fault.ud();
    }
    SystemManagement.resume(c);
  }
}
