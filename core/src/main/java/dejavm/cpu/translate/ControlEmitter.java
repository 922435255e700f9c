package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R10;
import static dejavm.cpu.translate.Assembler.R11;
import static dejavm.cpu.translate.Assembler.R9;
import static dejavm.cpu.translate.Assembler.RAX;

import dejavm.cpu.Cpu;
import dejavm.cpu.Flags;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Operand.Kind;

/** Jumps, calls, the stack, and the flags register. */
final class ControlEmitter {
  /** Bits of EFLAGS that POPF may change in a way that others must hear of. */
  private static final int LOUD =
      Flags.TF | Flags.NT | Flags.AC | Flags.ID | Flags.IOPL | Flags.VIF | Flags.VIP;

  /** Finds code that exists already. */
  interface Known {
    /** The code for an offset of the page under way, in its mode; 0 where there is none. */
    long code(int inPage);
  }

  private final Emission e;
  private final Assembler a;
  private final FlagState flags;
  private final int pauseTicks;
  private final Known known;

  /**
   * @param pauseTicks ticks that a PAUSE takes
   */
  ControlEmitter(Emission emission, int pauseTicks, Known known) {
    e = emission;
    a = emission.a;
    flags = emission.flags;
    this.pauseTicks = pauseTicks;
    this.known = known;
  }

  /** Whether {@link #emit} knows an instruction of a mode. */
  boolean accepts(Insn in, Mode mode) {
    boolean whole = in.operandSize * 8 == mode.bits();
    return switch (in.mnemonic) {
      case PUSH -> true;
      case POP -> in.operands[0].kind() == Kind.REG;
      case LEAVE -> whole && mode.flat();
      case PUSHF, POPF -> whole && mode.flat();
      case CLI, STI -> mode.flat();
      case PAUSE, CLD, STD, CLC, STC, CMC -> true;
      case LAHF, SAHF -> mode.bits() != 64;
      case JCC, RET -> whole;
      case JMP, CALL ->
          whole && (in.operands[0].kind() == Kind.REL || !isStackPointer(in.operands[0]));
      default -> false;
    };
  }

  private static boolean isStackPointer(Operand operand) {
    return operand.kind() == Kind.REG && operand.register() == Cpu.RSP;
  }

  void emit() {
    Insn in = e.in;
    switch (in.mnemonic) {
      case PUSH -> push();
      case POP -> pop();
      case PAUSE -> {
        flags.clobber();
        e.spend(pauseTicks - 1);
      }
      case LEAVE -> leave();
      case PUSHF -> pushFlags();
      case POPF -> popFlags();
      case CLI -> interrupts(Assembler.AND, ~Flags.IF);
      case STI -> interrupts(Assembler.OR, Flags.IF);
      case CLD -> direction(Assembler.AND, ~Flags.DF);
      case STD -> direction(Assembler.OR, Flags.DF);
      case CLC -> carry(Assembler.AND, ~FlagState.CF);
      case STC -> carry(Assembler.OR, FlagState.CF);
      case CMC -> carry(Assembler.XOR, FlagState.CF);
      case LAHF -> loadHigh();
      case SAHF -> storeHigh();
      case JCC -> branch();
      case JMP -> jump();
      case CALL -> call();
      case RET -> ret();
      default -> throw new IllegalStateException(in.mnemonic.toString());
    }
  }

  private int state(int place) {
    return a.at(Emission.STATE, place);
  }

  // ---- the stack ----

  /** Bytes of an address: 8 in 64-bit mode. */
  private int width() {
    return e.mode.bits() == 64 ? 8 : 4;
  }

  private boolean isNarrow() {
    return e.mode.stackMask() == 0xFFFF;
  }

  /** Checks the place that a PUSH would write to. */
  private void accessBelow(int bytes) {
    accessBelow(bytes, bytes);
  }

  /** As {@link #accessBelow(int)}, of which only the first bytes are written. */
  private void accessBelow(int bytes, int written) {
    flags.clobber();
    e.settled();
    a.lea(width(), R9, a.at(Emission.STACK, -bytes));
    if (isNarrow()) {
      a.zeroExtend(2, R9, R9);
    }
    e.check(Cpu.SS, R9, written, true);
  }

  /** Checks the top of the stack for reading. */
  private void accessTop(int bytes) {
    flags.clobber();
    e.settled();
    int at = Emission.STACK;
    if (isNarrow()) {
      a.zeroExtend(2, R9, at);
      at = R9;
    }
    e.check(Cpu.SS, at, bytes, false);
  }

  private void moveStack(int by) {
    int bytes = isNarrow() ? 2 : width();
    a.lea(bytes, Emission.STACK, a.at(Emission.STACK, by));
  }

  private void push() {
    Operand from = e.in.operands[0];
    int bytes = e.in.operandSize;
    if (Emission.isMemory(from)) {
      e.access(bytes, false);
      a.load(bytes, R11, e.memory());
      a.store(8, state(Workspace.SCRATCH), R11);
      accessBelow(bytes);
      a.load(8, R11, state(Workspace.SCRATCH));
      a.store(bytes, e.memory(), R11);
    } else if (from.kind() == Kind.SEGMENT) {
      // Of 32 bits, the upper half stays: see Stack.pushSelector.
      int written = bytes == 4 ? 2 : bytes;
      accessBelow(bytes, written);
      a.load(4, R11, state(Workspace.selector(from.register())));
      a.store(written, e.memory(), R11);
    } else {
      accessBelow(bytes);
      if (from.kind() == Kind.IMM) {
        a.storeConstant(bytes, e.memory(), (int) e.in.immediate);
      } else {
        int source = e.use(from.register(), R11);
        a.store(bytes, e.memory(), source);
      }
    }
    moveStack(-bytes);
  }

  private void pop() {
    Operand to = e.in.operands[0];
    int bytes = e.in.operandSize;
    accessTop(bytes);
    a.load(bytes, R11, e.memory());
    moveStack(bytes);
    e.result(to, R11);
  }

  private void leave() {
    int bytes = e.in.operandSize;
    flags.clobber();
    e.settled();
    e.check(Cpu.SS, Assembler.RBP, bytes, false);
    a.load(bytes, R11, e.memory());
    a.lea(width(), Emission.STACK, a.at(Assembler.RBP, bytes));
    a.copy(Assembler.RBP, R11);
  }

  // ---- the flags register ----

  private void pushFlags() {
    accessBelow(e.in.operandSize);
    a.load(4, R11, state(Workspace.FLAGS));
    a.with(Assembler.AND, 4, R11, FlagState.ALL);
    a.from(Assembler.OR, 4, R11, state(Workspace.SYSTEM_FLAGS));
    a.store(e.in.operandSize, e.memory(), R11);
    moveStack(-e.in.operandSize);
  }

  /** What turns interrupts on where one waits, or changes more than IF and DF, is interpreted. */
  private void popFlags() {
    int bytes = e.in.operandSize;
    accessTop(bytes);
    a.load(4, R11, e.memory());
    a.load(4, R10, R11);
    a.from(Assembler.XOR, 4, R10, state(Workspace.SYSTEM_FLAGS));
    a.testConstant(4, R10, LOUD);
    e.interpretIf(Assembler.NE);
    a.testConstant(4, R10, Flags.IF);
    int same = a.forward(Assembler.E);
    a.with(Assembler.CMP, 4, state(Workspace.FREE_IF), 0);
    e.interpretIf(Assembler.E);
    a.land(same);
    a.with(Assembler.AND, 4, R10, Flags.IF | Flags.DF);
    a.to(Assembler.XOR, 4, state(Workspace.SYSTEM_FLAGS), R10);
    flags.store(R11);
    moveStack(bytes);
  }

  /** Where an interrupt waits, or IOPL decides, that is the interpreter's. */
  private void interrupts(int operation, int value) {
    flags.clobber();
    e.settled();
    a.with(Assembler.CMP, 4, state(Workspace.FREE_IF), 0);
    e.interpretIf(Assembler.E);
    a.with(operation, 4, state(Workspace.SYSTEM_FLAGS), value);
  }

  private void direction(int operation, int value) {
    flags.clobber();
    a.with(operation, 4, state(Workspace.SYSTEM_FLAGS), value);
  }

  private void carry(int operation, int value) {
    flags.clobber();
    a.with(operation, 4, state(Workspace.FLAGS), value);
    flags.home();
  }

  private void loadHigh() {
    flags.clobber();
    flags.load(R11);
    a.with(Assembler.AND, 4, R11, FlagState.ALL & 0xFF);
    a.with(Assembler.OR, 4, R11, 2);
    e.insertHigh(RAX, R11);
  }

  private void storeHigh() {
    flags.clobber();
    a.load(4, R11, RAX);
    a.shift(Assembler.SHR, 4, R11, 8);
    a.with(Assembler.AND, 4, R11, FlagState.ALL & 0xFF);
    flags.load(R10);
    a.with(Assembler.AND, 4, R10, FlagState.OF);
    a.to(Assembler.OR, 4, R10, R11);
    flags.store(R10);
  }

  // ---- jumps ----

  private int following() {
    return e.offset + e.in.length;
  }

  private int target() {
    return following() + (int) e.in.immediate;
  }

  /** Goes on at an offset of the page, which is not the target of a jump. */
  void goOn(int inPage) {
    goTo(inPage);
  }

  private void goTo(int inPage) {
    e.goTo(inPage, Emission.isInPage(inPage) ? known.code(inPage) : 0);
  }

  /** Goes to the target of a relative jump. */
  private void goToTarget() {
    int inPage = target();
    if (e.mode.flat() || Emission.isInPage(inPage)) {
      goTo(inPage);
      return;
    }
    flags.save();
    targetInto(R9);
    requireInLimit(R9);
    e.lookUpOutside();
  }

  /** The target of a relative jump out of the page, in a segment that is not flat. */
  private void targetInto(int register) {
    a.load(8, register, state(Workspace.PAGE));
    a.lea(4, register, a.at(register, target()));
    narrow(register);
  }

  /** A target is no wider than the operand. */
  private void narrow(int register) {
    if (e.in.operandSize == 2) {
      a.zeroExtend(2, register, register);
    }
  }

  /** Leaves the instruction to the interpreter if a target is beyond the segment. */
  private void requireInLimit(int register) {
    if (!e.mode.flat()) {
      a.from(Assembler.CMP, 8, register, state(Workspace.READ_HIGH + 8 * Cpu.CS));
      e.interpretIf(Assembler.A);
    }
  }

  private void branch() {
    int condition = flags.condition(e.in.condition);
    if (flags.savesQuietly()) {
      flags.settle();
    }
    int taken = target();
    if (flags.held() == FlagState.Kind.NONE && Emission.isInPage(taken)) {
      e.goIf(condition, taken, known.code(taken));
      goTo(following());
      return;
    }
    int jump = a.forward(condition);
    goTo(following());
    a.land(jump);
    goToTarget();
  }

  private void jump() {
    Operand to = e.in.operands[0];
    switch (to.kind()) {
      case REL -> goToTarget();
      case MEM -> {
        int bytes = e.in.operandSize;
        e.access(bytes, false);
        a.load(bytes, R9, e.memory());
        narrow(R9);
        goToAddress(0);
      }
      default -> {
        flags.settle();
        e.settled();
        a.copy(R9, e.use(to.register(), R9));
        narrow(R9);
        goToAddress(0);
      }
    }
  }

  /** Goes to where R9 says, moving the stack pointer unless the jump is to fault. */
  private void goToAddress(int release) {
    if (!e.mode.flat()) {
      requireInLimit(R9);
      if (release != 0) {
        moveStack(release);
      }
      e.lookUpOutside();
      return;
    }
    int jumps = e.lookUp();
    e.coldIf(
        Assembler.NE,
        () -> {
          a.store(8, state(Workspace.SCRATCH), R9);
          a.copy(R11, R9);
          e.requireCanonical();
          if (release != 0) {
            moveStack(release);
          }
          e.lookUpOutside();
        });
    if (release != 0) {
      moveStack(release);
    }
    e.follow(jumps);
  }

  private void pushReturn() {
    int bytes = e.in.operandSize;
    a.load(8, R11, state(Workspace.PAGE));
    a.lea(width(), R11, a.at(R11, following()));
    a.store(bytes, e.memory(), R11);
    moveStack(-bytes);
  }

  private void call() {
    Operand to = e.in.operands[0];
    int bytes = e.in.operandSize;
    switch (to.kind()) {
      case REL -> {
        accessBelow(bytes);
        boolean near = e.mode.flat() || Emission.isInPage(target());
        if (!near) {
          targetInto(R11);
          requireInLimit(R11);
        }
        pushReturn();
        goToTarget();
        return;
      }
      case MEM -> {
        e.access(bytes, false);
        a.load(bytes, R11, e.memory());
        narrow(R11);
        a.store(8, state(Workspace.SCRATCH), R11);
        accessBelow(bytes);
        if (bytes == 8 || !e.mode.flat()) {
          a.load(8, R11, state(Workspace.SCRATCH));
          requireInLimit(R11);
          e.requireCanonical();
        }
      }
      default -> {
        accessBelow(bytes);
        a.copy(R11, e.use(to.register(), R11));
        narrow(R11);
        a.store(8, state(Workspace.SCRATCH), R11);
        requireInLimit(R11);
        e.requireCanonical();
      }
    }
    pushReturn();
    a.load(8, R9, state(Workspace.SCRATCH));
    e.goToAddress();
  }

  private void ret() {
    Insn in = e.in;
    int bytes = in.operandSize;
    accessTop(bytes);
    a.load(bytes, R9, e.memory());
    narrow(R9);
    goToAddress(bytes + (in.operands.length == 0 ? 0 : (int) in.immediate & 0xFFFF));
  }
}
