package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;
import static dejavm.cpu.Cpu.RSP;
import static dejavm.cpu.Cpu.SS;

import dejavm.memory.Mmu;

/**
 * Jumps, calls and returns, near and far, through descriptors and gates.
 *
 * <p>Each sets {@link Cpu#nextRip}. A far transfer that switches tasks also sets {@link Cpu#rip},
 * so that what fails afterwards is found in the new task. Long mode has no tasks to switch to, and
 * its call gates lead to 64-bit code only. Source: SDM volume 2, JMP, CALL, RET; volume 3, sections
 * 5.8.3 to 5.8.6.
 */
public final class Transfers {
  /** Relative jumps reach this far. */
  private static final long REACH = 1L << 32;

  /** The first address above the lower half of what is canonical. */
  private static final long EDGE = 1L << 47;

  private Transfers() {}

  /** Whether a relative jump may lead from here to an address that is not canonical. */
  public static boolean atEdge(long linear) {
    long magnitude = linear < 0 ? ~linear : linear;
    return magnitude >= EDGE - REACH;
  }

  // ---- near ----

  /**
   * JMP, Jcc, LOOP.
   *
   * @param operandSize 2, 4 or 8: the offset is cut to it
   */
  public static void jumpNear(Cpu c, long offset, int operandSize) {
    c.nextRip = target(c, offset, operandSize);
  }

  private static long target(Cpu c, long offset, int operandSize) {
    long target = cut(offset, operandSize);
    if (c.code64() ? !Cpu.canonical(target) : target > c.limit[CS]) {
      throw Fault.gp(0);
    }
    return target;
  }

  static long cut(long offset, int operandSize) {
    return Alu.truncate(offset, operandSize);
  }

  public static void callNear(Cpu c, long offset, int operandSize) {
    // A fault of the stack comes before that of the target.
    Stack.probe(c, -operandSize, operandSize, Mmu.WRITE);
    long target = target(c, offset, operandSize);
    Stack.push(c, c.nextRip, operandSize);
    c.nextRip = target;
  }

  /**
   * RET.
   *
   * @param release bytes of parameters to take off the stack
   */
  public static void returnNear(Cpu c, int operandSize, int release) {
    long target = target(c, pop(c, 0, operandSize), operandSize);
    Stack.release(c, (long) operandSize + release);
    c.nextRip = target;
  }

  /** Loads from the stack, at a distance from its top. */
  static long pop(Cpu c, int distance, int size) {
    return c.load(SS, Stack.pointer(c, distance), size);
  }

  // ---- far jumps ----

  public static void jumpFar(Cpu c, int selector, long offset, int operandSize) {
    if (c.paragraphs()) {
      long target = target(c, offset, operandSize);
      Segments.loadParagraph(c, CS, selector);
      c.nextRip = target;
      return;
    }
    if (Descriptors.isNull(selector)) {
      throw Fault.gp(0);
    }
    long descriptor = Descriptors.load(c, selector, Fault.GP, 0);
    if (Descriptors.isCode(descriptor)) {
      jumpToCode(c, selector, descriptor, cut(offset, operandSize));
      return;
    }
    if (c.longMode()) {
      jumpThroughLongGate(c, selector, descriptor);
      return;
    }
    switch (Descriptors.systemType(descriptor)) {
      case Descriptors.CALL_GATE16, Descriptors.CALL_GATE32 -> {
        checkGate(c, selector, descriptor);
        jumpThroughGate(c, descriptor, Descriptors.gateOffset(descriptor));
      }
      case Descriptors.TASK_GATE -> {
        checkGate(c, selector, descriptor);
        Tasks.jump(c, Descriptors.gateSelector(descriptor));
      }
      case Descriptors.TSS16, Descriptors.TSS32 -> {
        checkTss(c, selector, descriptor);
        Tasks.jump(c, selector);
      }
      default -> throw Descriptors.fault(Fault.GP, selector, 0);
    }
  }

  private static void jumpThroughGate(Cpu c, long gate, long offset) {
    int code = Descriptors.gateSelector(gate);
    long descriptor = gateTarget(c, code);
    if (!Descriptors.isConforming(descriptor) && Descriptors.dpl(descriptor) != c.cpl) {
      throw Descriptors.fault(Fault.GP, code, 0);
    }
    requirePresent(code, descriptor);
    enterCode(c, code, descriptor, offset);
  }

  private static void jumpThroughLongGate(Cpu c, int selector, long gate) {
    long upper = longGateUpper(c, selector, gate);
    jumpThroughGate(c, gate, Descriptors.wideOffset(gate, upper));
  }

  /** A far jump or call to a code segment of the same level. */
  private static void jumpToCode(Cpu c, int selector, long descriptor, long offset) {
    checkSameLevel(c, selector, descriptor);
    enterCode(c, selector, descriptor, offset);
  }

  private static void checkSameLevel(Cpu c, int selector, long descriptor) {
    int dpl = Descriptors.dpl(descriptor);
    if (Descriptors.isReservedSize(c, descriptor)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    boolean allowed =
        Descriptors.isConforming(descriptor)
            ? dpl <= c.cpl
            : dpl == c.cpl && Descriptors.rpl(selector) <= c.cpl;
    if (!allowed) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    requirePresent(selector, descriptor);
  }

  private static void requirePresent(int selector, long descriptor) {
    if (!Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.NP, selector, 0);
    }
  }

  /** An instruction pointer must lie in its segment, or be canonical where it is 64-bit code. */
  static void requireInLimit(Cpu c, long descriptor, long offset, int ext) {
    boolean within =
        Descriptors.isLong(c, descriptor)
            ? Cpu.canonical(offset)
            : Long.compareUnsigned(offset, Descriptors.limit(descriptor)) <= 0;
    if (!within) {
      throw Fault.gp(ext);
    }
  }

  private static void enterCode(Cpu c, int selector, long descriptor, long offset) {
    requireInLimit(c, descriptor, offset, 0);
    Descriptors.markAccessed(c, selector, descriptor);
    commitCode(c, selector, descriptor, c.cpl, offset);
  }

  /** Loads CS with the CPL in its selector, sets the CPL and the next instruction. */
  static void commitCode(Cpu c, int selector, long descriptor, int level, long offset) {
    c.setCpl(level);
    Segments.commit(c, CS, selector & ~3 | level, descriptor);
    c.nextRip = offset;
  }

  // ---- gates ----

  /** Call and task gates: the program must be allowed to use the gate, and it must be present. */
  private static void checkGate(Cpu c, int selector, long gate) {
    checkTss(c, selector, gate);
    requirePresent(selector, gate);
  }

  /** The privilege check of a TSS named directly; whether it is present is checked later. */
  private static void checkTss(Cpu c, int selector, long descriptor) {
    if (Math.max(c.cpl, Descriptors.rpl(selector)) > Descriptors.dpl(descriptor)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
  }

  /** All that long mode lets a far jump or call name beside code: a call gate; its upper half. */
  private static long longGateUpper(Cpu c, int selector, long gate) {
    if (Descriptors.systemType(gate) != Descriptors.CALL_GATE32) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    checkGate(c, selector, gate);
    if (!Descriptors.existsWide(c, selector)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    long upper = Descriptors.loadUpper(c, selector);
    if (!Descriptors.isUpper(upper)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    return upper;
  }

  /** The code descriptor behind a call gate; the checks that jumps and calls share. */
  private static long gateTarget(Cpu c, int selector) {
    if (Descriptors.isNull(selector)) {
      throw Fault.gp(0);
    }
    long descriptor = Descriptors.load(c, selector, Fault.GP, 0);
    if (!Descriptors.isCode(descriptor)
        || Descriptors.dpl(descriptor) > c.cpl
        || c.longMode() != Descriptors.isLong(c, descriptor)
        || Descriptors.isReservedSize(c, descriptor)) {
      throw Descriptors.fault(Fault.GP, selector, 0);
    }
    return descriptor;
  }

  // ---- far calls ----

  public static void callFar(Cpu c, int selector, long offset, int operandSize) {
    if (c.paragraphs()) {
      StackFrame frame = returnAddress(c, operandSize);
      frame.checkLimits();
      long target = target(c, offset, operandSize);
      frame.probe();
      frame.store();
      frame.commitPointer();
      Segments.loadParagraph(c, CS, selector);
      c.nextRip = target;
      return;
    }
    if (Descriptors.isNull(selector)) {
      throw Fault.gp(0);
    }
    long descriptor = Descriptors.load(c, selector, Fault.GP, 0);
    if (Descriptors.isCode(descriptor)) {
      checkSameLevel(c, selector, descriptor);
      StackFrame frame = returnAddress(c, operandSize);
      callSameLevel(c, selector, descriptor, cut(offset, operandSize), frame);
      return;
    }
    if (c.longMode()) {
      callLongGate(c, selector, descriptor);
      return;
    }
    switch (Descriptors.systemType(descriptor)) {
      case Descriptors.CALL_GATE16, Descriptors.CALL_GATE32 -> {
        checkGate(c, selector, descriptor);
        callGate(c, descriptor);
      }
      case Descriptors.TASK_GATE -> {
        checkGate(c, selector, descriptor);
        Tasks.call(c, Descriptors.gateSelector(descriptor));
      }
      case Descriptors.TSS16, Descriptors.TSS32 -> {
        checkTss(c, selector, descriptor);
        Tasks.call(c, selector);
      }
      default -> throw Descriptors.fault(Fault.GP, selector, 0);
    }
  }

  private static StackFrame returnAddress(Cpu c, int size) {
    return returnAddress(c, new StackFrame(c, size, 0));
  }

  private static StackFrame returnAddress(Cpu c, StackFrame frame) {
    frame.push(c.selector[CS]);
    frame.push(c.nextRip);
    return frame;
  }

  private static void callSameLevel(
      Cpu c, int selector, long descriptor, long offset, StackFrame frame) {
    frame.checkLimits();
    requireInLimit(c, descriptor, offset, 0);
    frame.probe();
    Descriptors.markAccessed(c, selector, descriptor);
    frame.store();
    frame.commitPointer();
    commitCode(c, selector, descriptor, c.cpl, offset);
  }

  private static void callGate(Cpu c, long gate) {
    int code = Descriptors.gateSelector(gate);
    long descriptor = gateTarget(c, code);
    requirePresent(code, descriptor);
    int size = Descriptors.gateSize(gate);
    long offset = Descriptors.gateOffset(gate);
    int level = Descriptors.dpl(descriptor);
    if (Descriptors.isConforming(descriptor) || level == c.cpl) {
      callSameLevel(c, code, descriptor, offset, returnAddress(c, size));
      return;
    }
    InnerStack stack = InnerStack.load(c, level, 0);
    StackFrame frame = new StackFrame(c, size, stack, 0);
    frame.push(c.selector[SS]);
    frame.push(c.r[RSP]);
    for (int i = Descriptors.gateParameters(gate) - 1; i >= 0; i--) {
      frame.push(pop(c, i * size, size));
    }
    frame.push(c.selector[CS]);
    frame.push(c.nextRip);
    frame.checkLimits();
    requireInLimit(c, descriptor, offset, 0);
    frame.probe();
    stack.markAccessed(c);
    Descriptors.markAccessed(c, code, descriptor);
    frame.store();
    frame.commitPointer();
    stack.commit(c);
    commitCode(c, code, descriptor, level, offset);
  }

  /** All that it pushes has 64 bits; the inner stack has no segment, and SS becomes null. */
  private static void callLongGate(Cpu c, int selector, long gate) {
    long upper = longGateUpper(c, selector, gate);
    int code = Descriptors.gateSelector(gate);
    long descriptor = gateTarget(c, code);
    requirePresent(code, descriptor);
    long offset = Descriptors.wideOffset(gate, upper);
    int level = Descriptors.dpl(descriptor);
    if (Descriptors.isConforming(descriptor) || level == c.cpl) {
      StackFrame frame = new StackFrame(c, 8, c.r[RSP] & c.stackMask, c.cpl, 0);
      callSameLevel(c, code, descriptor, offset, returnAddress(c, frame));
      return;
    }
    StackFrame frame = new StackFrame(c, 8, InnerStack.pointer(c, level, 0), level, 0);
    frame.push(c.selector[SS]);
    frame.push(c.r[RSP]);
    frame.push(c.selector[CS]);
    frame.push(c.nextRip);
    frame.checkLimits();
    requireInLimit(c, descriptor, offset, 0);
    frame.probe();
    Descriptors.markAccessed(c, code, descriptor);
    frame.store();
    commitCode(c, code, descriptor, level, offset);
    Segments.commitNull(c, SS, level);
    frame.commitPointer();
  }

  // ---- far returns ----

  /** RETF; see {@link #returnNear}. */
  public static void returnFar(Cpu c, int operandSize, int release) {
    if (c.paragraphs()) {
      long offset = pop(c, 0, operandSize);
      int selector = (int) pop(c, operandSize, operandSize) & 0xFFFF;
      long target = target(c, offset, operandSize);
      Stack.release(c, 2L * operandSize + release);
      Segments.loadParagraph(c, CS, selector);
      c.nextRip = target;
      return;
    }
    // Both are read first: a frame that leaves the stack is #SS whatever else is wrong.
    int selector = (int) pop(c, operandSize, operandSize) & 0xFFFF;
    long offset = pop(c, 0, operandSize);
    Returns.leave(c, selector, offset, operandSize, 2 * operandSize, release);
  }

  /** IRET in all modes. */
  public static void iret(Cpu c, int operandSize) {
    Returns.iret(c, operandSize);
  }
}
