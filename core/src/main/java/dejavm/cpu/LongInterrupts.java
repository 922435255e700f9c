package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;
import static dejavm.cpu.Cpu.RSP;
import static dejavm.cpu.Cpu.SS;

/**
 * The delivery of interrupts and exceptions in long mode.
 *
 * <p>Every handler runs in 64-bit mode, wherever the interrupted program ran, and always finds SS
 * and RSP on its stack, which is aligned to 16 bytes, whether or not it was changed. A gate can ask
 * for a stack of its own; otherwise only a change of level changes it. There are no task gates.
 * Source: SDM volume 3, section 6.14; volume 2, INT n.
 */
final class LongInterrupts {
  private LongInterrupts() {}

  static void deliver(Cpu c, Interrupts.Event e) {
    int error = 8 * e.vector() | Interrupts.IDT | e.ext();
    int index = 16 * e.vector();
    if (index + 15 > c.idtLimit) {
      throw Fault.gp(error);
    }
    long address = Descriptors.linear(c, c.idtBase + index);
    long gate = c.mmu.systemLoad(address, 8);
    long upper = c.mmu.systemLoad(Descriptors.linear(c, address + 8), 8);
    int type = Descriptors.systemType(gate);
    if (type != Descriptors.INTERRUPT_GATE32 && type != Descriptors.TRAP_GATE32
        || e.origin() == Interrupts.Origin.PROGRAM && Descriptors.dpl(gate) < c.cpl) {
      throw Fault.gp(error);
    }
    if (!Descriptors.present(gate)) {
      throw Fault.of(Fault.NP, error);
    }
    throughGate(c, e, gate, Descriptors.wideOffset(gate, upper));
  }

  private static void throughGate(Cpu c, Interrupts.Event e, long gate, long offset) {
    int code = Descriptors.gateSelector(gate);
    long descriptor = handlerCode(c, code, e.ext());
    int level = Descriptors.isConforming(descriptor) ? c.cpl : Descriptors.dpl(descriptor);
    boolean inner = level < c.cpl;
    StackFrame frame = frame(c, e, Descriptors.stackIndex(gate), level);
    if (!Cpu.canonical(offset)) {
      throw Fault.gp(e.ext());
    }
    frame.probe();
    Descriptors.markAccessed(c, code, descriptor);
    frame.store();

    boolean masks = Descriptors.systemType(gate) == Descriptors.INTERRUPT_GATE32;
    c.systemFlags &= ~(Interrupts.CLEARED | (masks ? Flags.IF : 0));
    Transfers.commitCode(c, code, descriptor, level, offset);
    if (inner) {
      Segments.commitNull(c, SS, level);
    }
    frame.commitPointer();
    c.updateAttention();
  }

  private static long handlerCode(Cpu c, int selector, int ext) {
    long descriptor = Interrupts.handlerCode(c, selector, ext);
    if (!Descriptors.isLong(c, descriptor) || Descriptors.isReservedSize(c, descriptor)) {
      throw Descriptors.fault(Fault.GP, selector, ext);
    }
    return descriptor;
  }

  /** What the handler finds on its stack, all of it within canonical addresses. */
  private static StackFrame frame(Cpu c, Interrupts.Event e, int stackIndex, int level) {
    long pointer;
    if (stackIndex != 0) {
      pointer = InnerStack.interruptPointer(c, stackIndex, e.ext());
    } else if (level < c.cpl) {
      pointer = InnerStack.pointer(c, level, e.ext());
    } else {
      pointer = c.r[RSP] & c.stackMask;
    }
    StackFrame frame = new StackFrame(c, 8, pointer & ~15L, level, e.ext());
    frame.push(c.selector[SS]);
    frame.push(c.r[RSP]);
    frame.push(e.flags());
    frame.push(c.selector[CS]);
    frame.push(e.rip());
    if (e.error() != Fault.NO_ERROR) {
      frame.push(e.error());
    }
    frame.checkLimits();
    return frame;
  }
}
