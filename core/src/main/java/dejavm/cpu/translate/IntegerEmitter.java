package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R10;
import static dejavm.cpu.translate.Assembler.R11;
import static dejavm.cpu.translate.Assembler.R9;
import static dejavm.cpu.translate.Assembler.RAX;

import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Operand.Kind;

/** Integer arithmetic, logic, moves and exchanges. */
final class IntegerEmitter {
  private final Emission e;
  private final Assembler a;
  private final FlagState flags;
  private final HostFeatures features;

  IntegerEmitter(Emission emission, HostFeatures features) {
    e = emission;
    this.features = features;
    a = emission.a;
    flags = emission.flags;
  }

  /** Whether {@link #emit} knows an instruction. */
  boolean accepts(Insn in) {
    return switch (in.mnemonic) {
      case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NEG, NOT -> true;
      case MOVZX, MOVSX, SETCC, CMOVCC, LEA, CBW, CWD, NOP, MOVNTI, POPCNT -> true;
      case MOV ->
          isGeneral(in.operands[0])
              && (isGeneral(in.operands[1]) || isSegmentIntoRegister(in.operands));
      case MOVSXD -> in.operands[0].size() == 8;
      case BSWAP -> in.operands[0].size() >= 4;
      case XCHG -> !Emission.isHigh(in.operands[0]) && !Emission.isHigh(in.operands[1]);
      case XADD, CMPXCHG -> Emission.isMemory(in.operands[0]) && !Emission.isHigh(in.operands[1]);
      case CMPXCHG8B -> in.operandSize != 8 || features.has("CX16");
      default -> false;
    };
  }

  private static boolean isGeneral(Operand operand) {
    return switch (operand.kind()) {
      case REG, HIGH, MEM, IMM -> true;
      default -> false;
    };
  }

  private static boolean isSegmentIntoRegister(Operand[] operands) {
    return operands[0].kind() == Kind.REG && operands[1].kind() == Kind.SEGMENT;
  }

  void emit() {
    Insn in = e.in;
    switch (in.mnemonic) {
      case ADD -> arithmetic(Assembler.ADD);
      case OR -> arithmetic(Assembler.OR);
      case ADC -> arithmetic(Assembler.ADC);
      case SBB -> arithmetic(Assembler.SBB);
      case AND -> arithmetic(Assembler.AND);
      case SUB -> arithmetic(Assembler.SUB);
      case XOR -> arithmetic(Assembler.XOR);
      case CMP -> arithmetic(Assembler.CMP);
      case TEST -> test();
      case INC, DEC -> step();
      case NEG -> {
        modify(in.operands[0], Assembler.NEG);
        flags.produced(FlagState.Kind.EXACT);
        finishHigh(in.operands[0]);
      }
      case NOT -> {
        if (Emission.isHigh(in.operands[0])) {
          flags.clobber();
        }
        modify(in.operands[0], Assembler.NOT);
        finishHigh(in.operands[0]);
      }
      case MOV, MOVNTI -> move();
      case MOVZX -> widen(false);
      case MOVSX, MOVSXD -> widen(true);
      case LEA -> loadAddress();
      case CBW -> widenAccumulator();
      case CWD -> signIntoDx();
      case NOP -> {}
      case SETCC -> setByte();
      case CMOVCC -> conditionalMove();
      case POPCNT -> countBits();
      case BSWAP -> swapBytes();
      case XCHG -> exchange();
      case XADD -> exchangeAdd();
      case CMPXCHG -> compareExchange();
      case CMPXCHG8B -> compareExchangePair();
      default -> throw new IllegalStateException(in.mnemonic.toString());
    }
  }

  // ---- arithmetic ----

  private void arithmetic(int operation) {
    Operand to = e.in.operands[0];
    Operand from = e.in.operands[1];
    int bytes = to.size();
    boolean carry = operation == Assembler.ADC || operation == Assembler.SBB;
    if (Emission.isMemory(to)) {
      e.access(bytes, operation != Assembler.CMP);
      onMemory(operation, carry, bytes, from);
    } else if (Emission.isMemory(from)) {
      e.access(bytes, false);
      fromMemory(operation, carry, to);
    } else {
      onRegister(operation, carry, to, from);
    }
    boolean logic =
        operation == Assembler.OR || operation == Assembler.AND || operation == Assembler.XOR;
    flags.produced(logic ? flags.logic() : FlagState.Kind.EXACT);
    if (operation != Assembler.CMP) {
      finishHigh(to);
    }
  }

  /** The result of an operation on AH to BH is in R11; its flags may still be in the host's. */
  private void finishHigh(Operand to) {
    if (Emission.isHigh(to)) {
      flags.settle();
      e.insertHigh(to.register(), R11);
    }
  }

  private void onMemory(int operation, boolean carry, int bytes, Operand from) {
    if (from.kind() == Kind.IMM) {
      if (carry) {
        flags.loadCarry();
      }
      a.with(operation, bytes, e.memory(), (int) e.in.immediate);
    } else {
      int source = e.value(from, R11);
      if (carry) {
        flags.loadCarry();
      }
      a.to(operation, bytes, e.memory(), source);
    }
  }

  private void fromMemory(int operation, boolean carry, Operand to) {
    int target = e.value(to, R11);
    if (carry) {
      flags.loadCarry();
    }
    a.from(operation, to.size(), target, e.memory());
    if (operation != Assembler.CMP && !Emission.isHigh(to)) {
      e.result(to, target);
    }
  }

  private void onRegister(int operation, boolean carry, Operand to, Operand from) {
    int bytes = to.size();
    int target = e.value(to, R11);
    boolean constant = from.kind() == Kind.IMM;
    int source = constant ? 0 : e.value(from, R10);
    if (carry) {
      flags.loadCarry();
    } else {
      flags.clobber();
    }
    if (constant) {
      a.with(operation, bytes, target, (int) e.in.immediate);
    } else {
      a.to(operation, bytes, target, source);
    }
    if (operation != Assembler.CMP && !Emission.isHigh(to)) {
      e.result(to, target);
    }
  }

  private void test() {
    Operand first = e.in.operands[0];
    Operand second = e.in.operands[1];
    int bytes = first.size();
    if (Emission.isMemory(first)) {
      e.access(bytes, false);
      if (second.kind() == Kind.IMM) {
        a.testConstant(bytes, e.memory(), (int) e.in.immediate);
      } else {
        int source = e.value(second, R11);
        a.test(bytes, e.memory(), source);
      }
    } else {
      int target = e.value(first, R11);
      flags.clobber();
      if (second.kind() == Kind.IMM) {
        a.testConstant(bytes, target, (int) e.in.immediate);
      } else {
        int source = e.value(second, R10);
        a.test(bytes, target, source);
      }
    }
    flags.produced(flags.logic());
  }

  private void step() {
    Operand to = e.in.operands[0];
    boolean up = e.in.mnemonic == Mnemonic.INC;
    if (Emission.isMemory(to)) {
      e.access(to.size(), true);
    }
    int place = Emission.isMemory(to) ? -1 : e.value(to, R11);
    if ((flags.liveAfter() & FlagState.CF) != 0) {
      flags.loadCarry();
    }
    int rm = place < 0 ? e.memory() : place;
    if (up) {
      a.increment(to.size(), rm);
    } else {
      a.decrement(to.size(), rm);
    }
    if (place >= 0 && !Emission.isHigh(to)) {
      e.result(to, place);
    }
    flags.produced(FlagState.Kind.EXACT);
    finishHigh(to);
  }

  /** NEG or NOT. */
  private void modify(Operand to, int operation) {
    if (Emission.isMemory(to)) {
      e.access(to.size(), true);
      a.unary(operation, to.size(), e.memory());
      return;
    }
    int place = e.value(to, R11);
    if (operation == Assembler.NEG) {
      flags.clobber();
    }
    a.unary(operation, to.size(), place);
    if (!Emission.isHigh(to)) {
      e.result(to, place);
    }
  }

  private void countBits() {
    Operand to = e.in.operands[0];
    Operand from = e.in.operands[1];
    int bytes = to.size();
    int source;
    if (Emission.isMemory(from)) {
      e.access(bytes, false);
      source = e.memory();
    } else {
      source = e.use(from.register(), R11);
      flags.clobber();
    }
    int target = Emission.target(to.register(), R11);
    a.modrm(Assembler.PF3 | Assembler.MAP_0F | 0xB8, bytes, target, source, 0);
    e.result(to, target);
    flags.produced(FlagState.Kind.EXACT);
  }

  // ---- moves ----

  private void move() {
    Operand to = e.in.operands[0];
    Operand from = e.in.operands[1];
    int bytes = to.size();
    switch (to.kind()) {
      case MEM -> {
        e.access(bytes, true);
        if (from.kind() == Kind.IMM) {
          a.storeConstant(bytes, e.memory(), (int) e.in.immediate);
        } else {
          int source = e.value(from, R11);
          a.store(bytes, e.memory(), source);
        }
      }
      case HIGH -> moveHigh(to, from);
      default -> {
        if (from.kind() == Kind.IMM) {
          constant(to, e.in.immediate);
        } else {
          moveIntoRegister(to, from);
        }
      }
    }
  }

  private void moveHigh(Operand to, Operand from) {
    flags.clobber();
    switch (from.kind()) {
      case IMM -> a.constant(R11, e.in.immediate & 0xFF);
      case MEM -> {
        e.access(1, false);
        a.zeroExtend(1, R11, e.memory());
      }
      default -> {
        int source = e.value(from, R11);
        a.copy(R11, source);
      }
    }
    e.insertHigh(to.register(), R11);
  }

  private void constant(Operand to, long value) {
    int host = Emission.host(to.register());
    switch (to.size()) {
      case 4, 8 -> {
        long whole = to.size() == 4 ? value & 0xFFFFFFFFL : value;
        int target = Emission.target(to.register(), R11);
        a.constant(target, whole);
        e.commit(to.register(), target);
      }
      default -> a.storeConstant(to.size(), host >= 0 ? host : e.place(to.register()), (int) value);
    }
  }

  private void moveIntoRegister(Operand to, Operand from) {
    int bytes = to.size();
    int target = Emission.target(to.register(), R11);
    switch (from.kind()) {
      case MEM -> {
        e.access(bytes, false);
        a.load(bytes, target, e.memory());
        e.result(to, target);
      }
      case HIGH -> {
        int source = e.value(from, R11);
        e.result(to, source);
      }
      case SEGMENT -> {
        a.load(4, R11, a.at(Emission.STATE, Workspace.selector(from.register())));
        e.result(to, R11);
      }
      default -> {
        int source = e.use(from.register(), R10);
        if (bytes >= 4 || target != R11) {
          a.load(bytes, target, source);
          e.result(to, target);
        } else {
          e.result(to, source);
        }
      }
    }
  }

  private void widen(boolean signed) {
    Operand to = e.in.operands[0];
    Operand from = e.in.operands[1];
    int source;
    if (Emission.isMemory(from)) {
      e.access(from.size(), false);
      source = e.memory();
    } else {
      source = e.value(from, R10);
    }
    int target = to.size() == 2 ? R11 : Emission.target(to.register(), R11);
    if (signed) {
      a.signExtend(from.size(), Math.max(4, to.size()), target, source);
    } else {
      a.zeroExtend(from.size(), target, source);
    }
    e.result(to, target);
  }

  private void loadAddress() {
    Operand to = e.in.operands[0];
    int at = e.offsetOfOperand();
    if (to.size() == 4) {
      int target = Emission.target(to.register(), R9);
      a.load(4, target, at);
      e.commit(to.register(), target);
    } else {
      e.result(to, at);
    }
  }

  private void widenAccumulator() {
    int bytes = e.in.operandSize;
    if (bytes == 2) {
      a.signExtend(1, 2, RAX, RAX);
    } else {
      a.signExtend(bytes / 2, bytes, RAX, RAX);
    }
  }

  /** The host's own CWD, CDQ or CQO: RAX and RDX are where it wants them. */
  private void signIntoDx() {
    if (e.in.operandSize == 2) {
      a.byte1(0x66);
    } else if (e.in.operandSize == 8) {
      a.byte1(0x48);
    }
    a.byte1(0x99);
  }

  private void swapBytes() {
    Operand to = e.in.operands[0];
    int target = e.use(to.register(), R11);
    a.swapBytes(to.size(), target);
    e.commit(to.register(), target);
  }

  // ---- conditions ----

  private void setByte() {
    Operand to = e.in.operands[0];
    switch (to.kind()) {
      case MEM -> {
        e.access(1, true);
        a.lea(8, R9, e.memory());
        int condition = flags.condition(e.in.condition);
        a.set(condition, a.at(R9, 0));
      }
      case HIGH -> {
        int condition = flags.condition(e.in.condition);
        a.set(condition, R11);
        flags.clobber();
        e.insertHigh(to.register(), R11);
      }
      default -> {
        int condition = flags.condition(e.in.condition);
        int own = Emission.host(to.register());
        a.set(condition, own >= 0 ? own : e.place(to.register()));
      }
    }
  }

  private void conditionalMove() {
    Operand to = e.in.operands[0];
    Operand from = e.in.operands[1];
    int bytes = to.size();
    int source;
    if (Emission.isMemory(from)) {
      e.access(bytes, false);
      a.load(bytes, R9, e.memory());
      source = R9;
    } else {
      source = e.use(from.register(), R9);
    }
    int condition = flags.condition(e.in.condition);
    int target = e.use(to.register(), R11);
    a.moveIf(condition, bytes, target, source);
    e.commit(to.register(), target);
  }

  // ---- exchanges ----

  private void exchange() {
    Operand first = e.in.operands[0];
    Operand second = e.in.operands[1];
    int bytes = first.size();
    if (Emission.isMemory(first)) {
      e.access(bytes, true);
      a.lea(8, R9, e.memory());
      a.load(bytes, R11, a.at(R9, 0));
      int source = e.use(second.register(), R10);
      a.store(bytes, a.at(R9, 0), source);
      e.result(second, R11);
      return;
    }
    int one = e.use(first.register(), R10);
    int other = e.use(second.register(), R11);
    a.load(bytes, R9, one);
    if (bytes == 4) {
      a.load(4, R11, other);
      other = R11;
    }
    e.result(first, other);
    e.result(second, R9);
  }

  private void exchangeAdd() {
    Operand source = e.in.operands[1];
    int bytes = source.size();
    e.access(bytes, true);
    a.lea(8, R9, e.memory());
    a.load(bytes, R11, a.at(R9, 0));
    a.copy(R10, e.use(source.register(), R10));
    a.to(Assembler.ADD, bytes, R10, R11);
    flags.produced(FlagState.Kind.EXACT);
    a.store(bytes, a.at(R9, 0), R10);
    e.result(source, R11);
  }

  private void compareExchange() {
    Operand source = e.in.operands[1];
    int bytes = source.size();
    e.access(bytes, true);
    int from = e.use(source.register(), R11);
    int opcode = Assembler.MAP_0F | (bytes == 1 ? 0xB0 : 0xB1);
    a.modrm(opcode, bytes, from, e.memory(), bytes == 1 ? 1 : 0);
    flags.produced(FlagState.Kind.EXACT);
  }

  /**
   * The host's own CMPXCHG8B or CMPXCHG16B: all four registers are where it wants them. It changes
   * ZF alone.
   */
  private void compareExchangePair() {
    int half = e.in.operandSize == 8 ? 8 : 4;
    e.access(2 * half, true, half == 8);
    a.modrm(Assembler.MAP_0F | 0xC7, half, 1, e.memory(), 0);
    a.set(Assembler.E, R11);
    a.zeroExtend(1, R11, R11);
    a.shift(Assembler.SHL, 4, R11, 6);
    flags.load(R10);
    a.with(Assembler.AND, 4, R10, ~FlagState.ZF);
    a.to(Assembler.OR, 4, R10, R11);
    flags.store(R10);
  }
}
