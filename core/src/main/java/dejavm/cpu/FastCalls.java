package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;
import static dejavm.cpu.Cpu.RCX;
import static dejavm.cpu.Cpu.RDX;
import static dejavm.cpu.Cpu.RSP;
import static dejavm.cpu.Cpu.SS;

/**
 * The fast ways into the kernel and out of it: SYSENTER and SYSEXIT, SYSCALL and SYSRET, SWAPGS.
 *
 * <p>None of them looks at the GDT: the segments are what they are, whatever descriptors the
 * selectors name. SYSCALL and SYSRET exist in 64-bit mode only, as on the processors of Intel.
 * Source: SDM volume 2 under each instruction; volume 3, sections 5.8.7 and 5.8.8.
 */
public final class FastCalls {
  private static final int R11 = 11;

  /** What SYSRET takes of R11: all flags that software can set but RF and VM. */
  private static final int RETURNED_FLAGS = 0x3C7FD7;

  private FastCalls() {}

  // ---- SYSENTER, SYSEXIT ----

  /** SYSENTER: in long mode always into 64-bit code. */
  public static void sysenter(Cpu c) {
    int selector = (int) c.sysenterCs & 0xFFFC;
    if (!c.protectedMode() || selector == 0) {
      throw Fault.gp(0);
    }
    boolean wide = c.longMode();
    c.systemFlags &= ~(Flags.VM | Flags.IF | Flags.RF);
    segments(c, selector, selector + 8, 0, wide);
    c.r[RSP] = wide ? c.sysenterEsp : c.sysenterEsp & 0xFFFFFFFFL;
    c.nextRip = wide ? c.sysenterEip : c.sysenterEip & 0xFFFFFFFFL;
    c.updateAttention();
  }

  /**
   * SYSEXIT.
   *
   * @param operandSize 8 for a return to 64-bit code
   */
  public static void sysexit(Cpu c, int operandSize) {
    int selector = (int) c.sysenterCs & 0xFFFC;
    if (!c.protectedMode() || selector == 0 || c.cpl != 0) {
      throw Fault.gp(0);
    }
    boolean wide = operandSize == 8;
    if (wide && !(Cpu.canonical(c.r[RCX]) && Cpu.canonical(c.r[RDX]))) {
      throw Fault.gp(0);
    }
    int code = selector + (wide ? 32 : 16);
    segments(c, code | 3, code + 8 | 3, 3, wide);
    c.r[RSP] = wide ? c.r[RCX] : c.r[RCX] & 0xFFFFFFFFL;
    c.nextRip = wide ? c.r[RDX] : c.r[RDX] & 0xFFFFFFFFL;
  }

  // ---- SYSCALL, SYSRET ----

  public static void syscall(Cpu c) {
    requireEnabled(c);
    c.r[RCX] = c.nextRip;
    c.r[R11] = c.flags();
    c.setFlags(c.flags() & ~(int) c.sfmask);
    int selector = (int) (c.star >>> 32) & 0xFFFC;
    segments(c, selector, selector + 8, 0, true);
    c.nextRip = c.lstar;
  }

  /**
   * SYSRET. An address that is not canonical is found while still in the kernel, on the user's
   * stack: so it is on the processors of Intel.
   *
   * @param operandSize 8 for a return to 64-bit code
   */
  public static void sysret(Cpu c, int operandSize) {
    requireEnabled(c);
    boolean wide = operandSize == 8;
    if (c.cpl != 0 || wide && !Cpu.canonical(c.r[RCX])) {
      throw Fault.gp(0);
    }
    int selector = (int) (c.star >>> 48);
    c.setFlags((int) c.r[R11] & RETURNED_FLAGS);
    segments(c, selector + (wide ? 16 : 0) | 3, selector + 8 | 3, 3, wide);
    c.nextRip = wide ? c.r[RCX] : c.r[RCX] & 0xFFFFFFFFL;
  }

  private static void requireEnabled(Cpu c) {
    if (!c.code64() || (c.efer & ControlRegisters.EFER_SCE) == 0) {
      throw Fault.ud();
    }
  }

  /** Flat segments, accessed already. */
  private static void segments(Cpu c, int code, int stack, int level, boolean wide) {
    int common =
        SegmentRights.GRANULAR
            | SegmentRights.PRESENT
            | SegmentRights.S
            | SegmentRights.WRITABLE
            | SegmentRights.ACCESSED;
    int rights = common | level << SegmentRights.DPL_SHIFT;
    int size = wide ? SegmentRights.LONG : SegmentRights.BIG;
    c.setCpl(level);
    c.segment(CS, code, 0, 0xFFFFFFFFL, rights | size | SegmentRights.CODE);
    c.segment(SS, stack, 0, 0xFFFFFFFFL, rights | SegmentRights.BIG);
  }

  // ---- SWAPGS ----

  /** SWAPGS: the kernel's base of GS and the program's change places. */
  public static void swapGs(Cpu c) {
    SystemInstructions.requirePrivileged(c);
    long base = c.base[Cpu.GS];
    Segments.rebase(c, Cpu.GS, c.kernelGsBase);
    c.kernelGsBase = base;
  }
}
