package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;
import static dejavm.cpu.Cpu.RSP;
import static dejavm.cpu.Cpu.SS;

/**
 * Far returns in protected mode, and IRET in all modes.
 *
 * <p>IRET changes only those flags that the level it is executed at may change, even when it
 * returns to an outer one; and it lets NMIs in again even if it faults. A null SS is one that
 * 64-bit code inside level 3 may have. Source: SDM volume 2, RET, IRET; volume 3, sections 6.7.1,
 * 6.14.3, 7.4 and 20.2.
 */
final class Returns {
  /** What IRET always restores. */
  private static final int COMMON = Flags.ARITHMETIC | Flags.TF | Flags.DF | Flags.NT | Flags.RF;

  /** And what more with an operand size of 32 bits. */
  private static final int WIDE = Flags.AC | Flags.ID;

  private Returns() {}

  /**
   * Returns to the same or an outer level, once CS and EIP are read from the stack.
   *
   * @param taken bytes of the stack that hold EIP, CS and, for IRET, flags
   * @param release bytes of parameters on both stacks
   */
  static void leave(Cpu c, int selector, long offset, int size, int taken, int release) {
    long code = codeDescriptor(c, selector);
    int level = Descriptors.rpl(selector);
    if (level == c.cpl) {
      Transfers.requireInLimit(c, code, offset, 0);
      Descriptors.markAccessed(c, selector, code);
      Stack.release(c, (long) taken + release);
      Transfers.commitCode(c, selector, code, level, offset);
      return;
    }
    changeStack(c, selector, code, offset, size, taken + release, release);
    Segments.dropInner(c);
  }

  /**
   * Returns with SS and the stack pointer from the stack.
   *
   * @param at where they are
   */
  private static void changeStack(
      Cpu c, int selector, long code, long offset, int size, int at, int release) {
    int level = Descriptors.rpl(selector);
    int stackSelector = (int) Transfers.pop(c, at + size, size) & 0xFFFF;
    long pointer = Transfers.pop(c, at, size);
    boolean none =
        Descriptors.isNull(stackSelector)
            && Descriptors.isLong(c, code)
            && level < 3
            && Descriptors.rpl(stackSelector) < 3;
    long stack = none ? 0 : Segments.stackDescriptor(c, stackSelector, level, Fault.GP, 0);
    Transfers.requireInLimit(c, code, offset, 0);
    Descriptors.markAccessed(c, selector, code);
    if (!none) {
      Descriptors.markAccessed(c, stackSelector, stack);
    }
    Transfers.commitCode(c, selector, code, level, offset);
    if (none) {
      Segments.commitNull(c, SS, stackSelector);
    } else {
      Segments.commit(c, SS, stackSelector, stack);
    }
    Stack.setPointer(c, pointer + release);
  }

  private static long codeDescriptor(Cpu c, int selector) {
    if (Descriptors.isNull(selector)) {
      throw Fault.gp(0);
    }
    long code = Descriptors.load(c, selector, Fault.GP, 0);
    int level = Descriptors.rpl(selector);
    int dpl = Descriptors.dpl(code);
    if (!Descriptors.isCode(code)
        || Descriptors.isReservedSize(c, code)
        || level < c.cpl
        || (Descriptors.isConforming(code) ? dpl > level : dpl != level)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    if (!Descriptors.present(code)) {
      throw Descriptors.fault(Fault.NP, selector, 0);
    }
    return code;
  }

  // ---- IRET ----

  static void iret(Cpu c, int size) {
    if (c.v86() && c.iopl() < 3 && !(SystemInstructions.virtualInterrupts(c) && size == 2)) {
      throw Fault.gp(0);
    }
    if (c.nmiBlocked) {
      c.nmiBlocked = false;
      c.updateAttention();
    }
    if (c.paragraphs()) {
      iretParagraph(c, size);
    } else if (c.flag(Flags.NT)) {
      if (c.longMode()) {
        throw Fault.gp(0);
      }
      Tasks.returnToCaller(c);
    } else {
      iretProtected(c, size);
    }
  }

  private static void iretParagraph(Cpu c, int size) {
    int image = (int) Transfers.pop(c, 2 * size, size);
    int selector = (int) Transfers.pop(c, size, size) & 0xFFFF;
    long offset = Transfers.pop(c, 0, size);
    if (offset > c.limit[CS]) {
      throw Fault.gp(0);
    }
    int mask = COMMON | Flags.IF | Flags.IOPL | (size == 4 ? WIDE : 0);
    if (c.v86()) {
      mask &= ~Flags.IOPL;
      if (c.iopl() < 3) {
        image = SystemInstructions.virtualImage(c, image);
        mask = mask & ~Flags.IF | Flags.VIF;
      }
    }
    Stack.release(c, 3L * size);
    Segments.loadParagraph(c, CS, selector);
    c.nextRip = offset;
    setFlags(c, image, mask, size);
  }

  private static void iretProtected(Cpu c, int size) {
    int image = (int) Transfers.pop(c, 2 * size, size);
    int selector = (int) Transfers.pop(c, size, size) & 0xFFFF;
    long offset = Transfers.pop(c, 0, size);
    if (size == 4 && (image & Flags.VM) != 0 && c.cpl == 0 && !c.longMode()) {
      iretToV86(c, selector, offset, image);
      return;
    }
    int mask = COMMON;
    if (size != 2) {
      mask |= WIDE | (c.cpl == 0 ? Flags.VIF | Flags.VIP : 0);
    }
    if (c.cpl <= c.iopl()) {
      mask |= Flags.IF;
    }
    if (c.cpl == 0) {
      mask |= Flags.IOPL;
    }
    if (c.code64() && Descriptors.rpl(selector) == c.cpl) {
      // 64-bit mode takes the stack too where the level stays.
      changeStack(c, selector, codeDescriptor(c, selector), offset, size, 3 * size, 0);
    } else {
      leave(c, selector, offset, size, 3 * size, 0);
    }
    setFlags(c, image, mask, size);
  }

  private static void setFlags(Cpu c, int image, int mask, int size) {
    int bits = size == 2 && (mask & Flags.VIF) == 0 ? image & 0xFFFF : image;
    c.setFlags(c.flags() & ~mask | bits & mask);
  }

  private static void iretToV86(Cpu c, int selector, long offset, int image) {
    long pointer = Transfers.pop(c, 12, 4);
    int[] selectors = new int[6];
    selectors[SS] = (int) Transfers.pop(c, 16, 4);
    selectors[Cpu.ES] = (int) Transfers.pop(c, 20, 4);
    selectors[Cpu.DS] = (int) Transfers.pop(c, 24, 4);
    selectors[Cpu.FS] = (int) Transfers.pop(c, 28, 4);
    selectors[Cpu.GS] = (int) Transfers.pop(c, 32, 4);
    selectors[CS] = selector;
    if (offset > 0xFFFF) {
      throw Fault.gp(0);
    }
    c.setFlags(image);
    c.setCpl(3);
    for (int register = 0; register < 6; register++) {
      Segments.loadParagraph(c, register, selectors[register] & 0xFFFF);
    }
    c.r[RSP] = pointer;
    c.nextRip = offset;
  }
}
