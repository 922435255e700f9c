package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;
import static dejavm.cpu.Cpu.RSP;
import static dejavm.cpu.Cpu.SS;

import dejavm.bus.Pin;
import dejavm.memory.PageFault;

/**
 * Interrupts and exceptions: how they reach their handlers through the IDT or the real-mode vector
 * table, and what happens when they do not.
 *
 * <p>An exception on the way to a handler is handled in its stead, becomes a double fault, or shuts
 * the processor down; only INT n, INT3, INTO and INT1 hand it to their caller, since to them it is
 * the exception of an instruction. What is different in long mode is in {@link LongInterrupts}.
 * Source: SDM volume 3, chapter 6, sections 20.1.4 and 20.3; volume 2, INT n.
 */
public final class Interrupts {
  /** General detect enable: off while the debug handler is entered. */
  private static final long DR7_GD = 0x2000;

  /** What an event clears, whatever the gate. */
  static final int CLEARED = Flags.TF | Flags.NT | Flags.RF | Flags.VM;

  /** Says that an error code is an index into the IDT. */
  static final int IDT = 2;

  /**
   * What is delivered.
   *
   * @param error the error code to push, or {@link Fault#NO_ERROR}
   * @param rip EIP to save
   * @param flags EFLAGS to save
   */
  record Event(int vector, int error, long rip, int flags, Origin origin) {
    /** The EXT bit of error codes: clear where the program asked for the interrupt itself. */
    int ext() {
      return origin == Origin.PROGRAM ? 0 : 1;
    }
  }

  enum Origin {
    /** INT n, INT3, INTO: the program must have a right to use the gate. */
    PROGRAM,
    /** INT1. */
    ICEBP,
    /** Not an instruction; or one that faulted. */
    OUTSIDE
  }

  private Interrupts() {}

  // ---- instructions ----

  /** INT n. */
  public static void software(Cpu c, int vector) {
    if (c.v86()) {
      if ((c.cr4 & ControlRegisters.CR4_VME) != 0 && !redirected(c, vector)) {
        throughVectorTable(c, software(c, vector, SystemInstructions.pushedFlags(c, 2)), 0);
        return;
      }
      if (c.iopl() < 3) {
        throw Fault.gp(0);
      }
    }
    deliver(c, software(c, vector, c.flags()));
  }

  /** The instruction is complete, which clears RF. */
  private static Event software(Cpu c, int vector, int flags) {
    return new Event(vector, Fault.NO_ERROR, c.nextRip, flags & ~Flags.RF, Origin.PROGRAM);
  }

  /** INT3. */
  public static void breakpoint(Cpu c) {
    deliver(c, software(c, Fault.BP, c.flags()));
  }

  /** INTO. */
  public static void overflow(Cpu c) {
    if (c.of()) {
      deliver(c, software(c, Fault.OF, c.flags()));
    }
  }

  /**
   * INT1: a debug exception whatever the gate's DPL. It also reports the breakpoints on data that a
   * MOV SS before it has held back.
   */
  public static void icebp(Cpu c) {
    if (c.debugHits != 0) {
      Breakpoints.report(c, c.debugHits);
      c.debugHits = 0;
      c.updateAttention();
    }
    int flags = c.flags() & ~Flags.RF;
    deliver(c, new Event(Fault.DB, Fault.NO_ERROR, c.nextRip, flags, Origin.ICEBP));
  }

  // ---- events ----

  /** An interrupt accepted at an instruction boundary; {@link Cpu#rip} is the next instruction. */
  public static void external(Cpu c, int vector) {
    event(c, vector, Fault.NO_ERROR, c.flags());
  }

  /**
   * An exception that an instruction raised; {@link Cpu#rip} is the instruction's.
   *
   * @param error the error code, or {@link Fault#NO_ERROR}
   */
  public static void exception(Cpu c, int vector, int error) {
    event(c, vector, error, faultFlags(c, vector));
  }

  /** A page fault; sets CR2. */
  public static void exception(Cpu c, PageFault fault) {
    c.cr2 = fault.linear();
    exception(c, Fault.PF, fault.error());
  }

  /** An exception after an instruction; {@link Cpu#rip} is the next one. */
  public static void trap(Cpu c, int vector) {
    event(c, vector, Fault.NO_ERROR, c.flags());
  }

  /** The image of a fault has RF set, lest a breakpoint on the instruction hit again. */
  private static int faultFlags(Cpu c, int vector) {
    return vector == Fault.DB || vector == Fault.DF ? c.flags() : c.flags() | Flags.RF;
  }

  /** Delivers, and whatever fails in delivering, until a handler is entered or all is lost. */
  private static void event(Cpu c, int firstVector, int firstError, int firstFlags) {
    c.endShadow();
    if (c.activity == Cpu.Activity.HALTED) {
      c.activity(Cpu.Activity.RUNNING);
    }
    int vector = firstVector;
    int error = firstError;
    int flags = firstFlags;
    while (true) {
      int next;
      try {
        deliver(c, new Event(vector, error, c.rip, flags, Origin.OUTSIDE));
        c.rip = c.nextRip;
        return;
      } catch (Fault fault) {
        next = fault.vector();
        error = fault.error();
      } catch (PageFault fault) {
        c.cr2 = fault.linear();
        next = Fault.PF;
        error = fault.error();
      }
      if (vector == Fault.DF) {
        shutDown(c);
        return;
      }
      if (isDouble(vector, next)) {
        next = Fault.DF;
        error = 0;
      }
      vector = next;
      flags = faultFlags(c, vector);
    }
  }

  /** Whether an exception while another is delivered makes a double fault (SDM table 6-5). */
  private static boolean isDouble(int first, int second) {
    return switch (first) {
      case Fault.PF -> second == Fault.PF || contributory(second);
      default -> contributory(first) && contributory(second);
    };
  }

  private static boolean contributory(int vector) {
    return vector == Fault.DE || vector >= Fault.TS && vector <= Fault.GP;
  }

  /** Stops the processor until it is reset, and tells the board. */
  static void shutDown(Cpu c) {
    c.activity(Cpu.Activity.SHUTDOWN);
    c.platform.pin(c.now(), c.id, Pin.SHUTDOWN, true);
    c.mmu.disturbed = true;
  }

  // ---- delivery ----

  private static void deliver(Cpu c, Event e) {
    c.monitoring = false;
    if (e.vector == Fault.DB) {
      c.dr[7] &= ~DR7_GD;
    }
    if (c.longMode()) {
      LongInterrupts.deliver(c, e);
    } else if (c.protectedMode()) {
      throughDescriptor(c, e);
    } else {
      if (4 * e.vector + 3 > c.idtLimit) {
        throw Fault.gp(IDT | e.ext() | 8 * e.vector);
      }
      throughVectorTable(c, e, c.idtBase);
    }
  }

  /** Real mode, and what virtual-8086 mode extensions redirect. */
  private static void throughVectorTable(Cpu c, Event e, long table) {
    int entry = (int) c.mmu.load(table + 4L * e.vector & 0xFFFFFFFFL, 4);
    long offset = entry & 0xFFFF;
    StackFrame frame = new StackFrame(c, 2, 0);
    frame.push(e.flags);
    frame.push(c.selector[CS]);
    frame.push(e.rip);
    frame.checkLimits();
    if (offset > c.limit[CS]) {
      throw Fault.gp(0);
    }
    frame.probe();
    frame.store();
    frame.commitPointer();
    Segments.loadParagraph(c, CS, entry >>> 16);
    int cleared = c.v86() ? Flags.TF : Flags.TF | Flags.AC;
    c.systemFlags &= ~(cleared | (c.v86() && c.iopl() < 3 ? Flags.VIF : Flags.IF));
    c.updateAttention();
    c.nextRip = offset;
  }

  /**
   * Whether INT n goes to the monitor, by the bitmap in the TSS; else it stays in the virtual 8086.
   */
  private static boolean redirected(Cpu c, int vector) {
    long tss = c.base[Cpu.TR];
    if (c.limit[Cpu.TR] < SystemInstructions.IO_MAP + 1) {
      throw Fault.gp(0);
    }
    long map = c.mmu.systemLoad(tss + SystemInstructions.IO_MAP & 0xFFFFFFFFL, 2);
    long at = map - 32 + (vector >> 3);
    if (at < 0 || at > c.limit[Cpu.TR]) {
      throw Fault.gp(0);
    }
    return (c.mmu.systemLoad(tss + at & 0xFFFFFFFFL, 1) >> (vector & 7) & 1) != 0;
  }

  private static void throughDescriptor(Cpu c, Event e) {
    int index = 8 * e.vector;
    int error = index | IDT | e.ext();
    if (index + 7 > c.idtLimit) {
      throw Fault.gp(error);
    }
    long gate = c.mmu.systemLoad(c.idtBase + index & 0xFFFFFFFFL, 8);
    int type = Descriptors.systemType(gate);
    boolean isGate =
        switch (type) {
          case Descriptors.TASK_GATE,
              Descriptors.INTERRUPT_GATE16,
              Descriptors.TRAP_GATE16,
              Descriptors.INTERRUPT_GATE32,
              Descriptors.TRAP_GATE32 ->
              true;
          default -> false;
        };
    if (!isGate || e.origin == Origin.PROGRAM && Descriptors.dpl(gate) < c.cpl) {
      throw Fault.gp(error);
    }
    if (!Descriptors.present(gate)) {
      throw Fault.of(Fault.NP, error);
    }
    if (type == Descriptors.TASK_GATE) {
      throughTaskGate(c, e, Descriptors.gateSelector(gate));
    } else {
      throughGate(c, e, gate);
    }
  }

  private static void throughTaskGate(Cpu c, Event e, int selector) {
    TaskImage image = Tasks.leave(c, selector, Tasks.Reason.INTERRUPT, e.ext(), e.rip, e.flags);
    if (e.origin == Origin.OUTSIDE) {
      Tasks.enter(c, image, e.ext(), e.error);
    } else {
      Tasks.enterFromInstruction(c, image, e.ext());
    }
  }

  private static void throughGate(Cpu c, Event e, long gate) {
    int code = Descriptors.gateSelector(gate);
    long descriptor = handlerCode(c, code, e.ext());
    int size = Descriptors.gateSize(gate);
    long offset = Descriptors.gateOffset(gate);
    boolean v86 = c.v86();
    boolean inner = !Descriptors.isConforming(descriptor) && Descriptors.dpl(descriptor) < c.cpl;
    if (v86 && (!inner || Descriptors.dpl(descriptor) != 0)) {
      throw Descriptors.fault(Fault.GP, code, e.ext());
    }
    int level = inner ? Descriptors.dpl(descriptor) : c.cpl;
    InnerStack stack = inner ? InnerStack.load(c, level, e.ext()) : null;
    StackFrame frame =
        inner ? new StackFrame(c, size, stack, e.ext()) : new StackFrame(c, size, e.ext());
    fill(c, e, frame, inner, v86);
    frame.checkLimits();
    Transfers.requireInLimit(c, descriptor, offset, e.ext());
    frame.probe();
    if (inner) {
      stack.markAccessed(c);
    }
    Descriptors.markAccessed(c, code, descriptor);
    frame.store();

    boolean masks = (Descriptors.systemType(gate) & 1) == 0;
    c.systemFlags &= ~(CLEARED | (masks ? Flags.IF : 0));
    c.updateAttention();
    frame.commitPointer();
    if (inner) {
      stack.commit(c);
    }
    if (v86) {
      Segments.dropAll(c);
    }
    Transfers.commitCode(c, code, descriptor, level, offset);
  }

  /** The code segment of a handler: never of an outer level. */
  static long handlerCode(Cpu c, int selector, int ext) {
    if (Descriptors.isNull(selector)) {
      throw Fault.gp(ext);
    }
    long descriptor = Descriptors.load(c, selector, Fault.GP, ext);
    if (!Descriptors.isCode(descriptor) || Descriptors.dpl(descriptor) > c.cpl) {
      throw Descriptors.fault(Fault.GP, selector, ext);
    }
    if (!Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.NP, selector, ext);
    }
    return descriptor;
  }

  private static void fill(Cpu c, Event e, StackFrame frame, boolean inner, boolean v86) {
    if (v86) {
      frame.push(c.selector[Cpu.GS]);
      frame.push(c.selector[Cpu.FS]);
      frame.push(c.selector[Cpu.DS]);
      frame.push(c.selector[Cpu.ES]);
    }
    if (inner) {
      frame.push(c.selector[SS]);
      frame.push(c.r[RSP]);
    }
    frame.push(e.flags);
    frame.push(c.selector[CS]);
    frame.push(e.rip);
    if (e.error != Fault.NO_ERROR) {
      frame.push(e.error);
    }
  }
}
