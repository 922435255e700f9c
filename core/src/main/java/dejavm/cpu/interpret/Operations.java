package dejavm.cpu.interpret;

import dejavm.cpu.Alu;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuFeature;
import dejavm.cpu.Fault;
import dejavm.cpu.Flags;
import dejavm.cpu.Interrupts;
import dejavm.cpu.Ports;
import dejavm.cpu.Segments;
import dejavm.cpu.Shifts;
import dejavm.cpu.Stack;
import dejavm.cpu.Strings;
import dejavm.cpu.SystemInstructions;
import dejavm.cpu.Transfers;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Row;
import dejavm.cpu.decode.Rows;
import dejavm.memory.Mmu;
import dejavm.memory.PageFault;

/**
 * Executes any instruction from its decoded form: the integer ones here, those of the system in
 * {@link SystemOperations}, those of the x87 in {@link FloatOperations}.
 */
final class Operations {
  private final Cpu c;
  private final Operands operands;
  private final SystemOperations system;
  private final FloatOperations floats;
  private final PackedOperations packed;
  private final SseOperations sse;

  /** By index of row: the processor does not have it. */
  private final boolean[] missing;

  Operations(Cpu cpu) {
    c = cpu;
    operands = new Operands(cpu);
    system = new SystemOperations(cpu, operands);
    floats = new FloatOperations(cpu, operands);
    packed = new PackedOperations(cpu, operands, floats);
    sse = new SseOperations(cpu, operands, floats);
    missing = new boolean[Rows.count()];
    for (Row row : Rows.all()) {
      missing[row.index] = !row.isHint() && !cpu.model.carriesOut(row.feature);
    }
  }

  /**
   * Executes one instruction; {@code c.rip} and {@code c.nextRip} are set.
   *
   * @return false where a repeated instruction has more iterations to do
   */
  boolean execute(Insn in) {
    if (missing[in.row.index]) {
      throw new UnsupportedInstruction(in);
    }
    switch (in.row.unit) {
      case SYSTEM -> {
        if (in.mnemonic != Mnemonic.MOV) {
          system.execute(in);
          return true;
        }
      }
      case X87 -> {
        floats.execute(in);
        return true;
      }
      case PACKED -> {
        packed.execute(in);
        return true;
      }
      case SSE -> {
        sse.execute(in);
        return true;
      }
      case INTEGER -> {}
    }
    switch (in.mnemonic) {
      case INVALID -> throw in.tooLong ? Fault.gp(0) : Fault.ud();
      case ADD, OR, ADC, SBB, AND, SUB, XOR -> arithmetic(in);
      case CMP -> Alu.sub(c, operands.read(in, 0), operands.read(in, 1), size(in));
      case TEST -> Alu.logic(c, operands.read(in, 0) & operands.read(in, 1), size(in));
      case INC, DEC, NEG, NOT -> unary(in);
      case MUL -> Alu.mul(c, operands.read(in, 0), size(in));
      case IMUL -> multiply(in);
      case DIV -> Alu.div(c, operands.read(in, 0), size(in));
      case IDIV -> Alu.idiv(c, operands.read(in, 0), size(in));
      case SHL, SHR, SAR, ROL, ROR, RCL, RCR -> shift(in);
      case SHLD, SHRD -> doubleShift(in);
      case BT, BTS, BTR, BTC -> bit(in);
      case BSF, BSR -> scan(in);
      case BSWAP -> operands.write(in, 0, Alu.bswap(operands.read(in, 0), size(in)));
      case MOV -> move(in);
      case MOVZX -> operands.write(in, 0, operands.read(in, 1));
      case MOVSX, MOVSXD ->
          operands.write(in, 0, Alu.extend(operands.read(in, 1), in.operands[1].size()));
      case MOVBE -> operands.write(in, 0, Alu.reverse(operands.read(in, 1), size(in)));
      case MOVNTI -> operands.write(in, 0, operands.read(in, 1));
      case POPCNT -> operands.write(in, 0, Alu.popcnt(c, operands.read(in, 1), size(in)));
      case CRC32 -> {
        int source = in.operands[1].size();
        operands.write(in, 0, Alu.crc32((int) operands.read(in, 0), operands.read(in, 1), source));
      }
      case LEA -> operands.write(in, 0, operands.offset(in));
      case XCHG -> exchange(in);
      case XADD -> exchangeAdd(in);
      case CMPXCHG -> {
        long destination = operands.readForWrite(in, 0);
        long source = operands.read(in, 1);
        // The accumulator may also be part of the address.
        boolean equal = Alu.compareAccumulator(c, destination, size(in));
        if (equal || operands.isMemory(in, 0)) {
          operands.write(in, 0, equal ? source : destination);
        }
        if (!equal) {
          Alu.write(c, Cpu.RAX, destination, size(in));
        }
      }
      case CMPXCHG8B -> compareExchangePair(in);
      case CBW -> Alu.cbw(c, in.operandSize);
      case CWD -> Alu.cwd(c, in.operandSize);
      case XLAT -> translate(in);
      case SETCC -> operands.write(in, 0, c.condition(in.condition) ? 1 : 0);
      case CMOVCC -> {
        long value = operands.read(in, 1);
        operands.write(in, 0, c.condition(in.condition) ? value : operands.read(in, 0));
      }
      case NOP -> {}
      case PAUSE -> c.nowBase += c.costs.pause() - 1;
      case CLC -> Alu.carry(c, false);
      case STC -> Alu.carry(c, true);
      case CMC -> Alu.carry(c, !c.cf());
      case CLD -> c.systemFlags &= ~Flags.DF;
      case STD -> c.systemFlags |= Flags.DF;
      case LAHF -> {
        requireLahf(in);
        c.r[Cpu.RAX] = c.r[Cpu.RAX] & ~0xFF00L | (c.flags() & 0xFF | 2) << 8;
      }
      case SAHF -> {
        requireLahf(in);
        loadFlags();
      }
      case SALC -> Alu.write(c, Cpu.RAX, c.cf() ? 0xFF : 0, 1);
      case DAA -> Alu.daa(c);
      case DAS -> Alu.das(c);
      case AAA -> Alu.aaa(c);
      case AAS -> Alu.aas(c);
      case AAM -> Alu.aam(c, (int) in.immediate);
      case AAD -> Alu.aad(c, (int) in.immediate);
      case PUSH, POP, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE -> stack(in);
      case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS -> {
        return string(in);
      }
      case JCC, JMP, CALL, RET, LOOP, LOOPE, LOOPNE, JCXZ -> jump(in);
      case CALLF, JMPF, RETF, IRET, INT, INT3, INT1, INTO, BOUND -> far(in);
      case LES -> loadPointer(in, Cpu.ES);
      case LDS -> loadPointer(in, Cpu.DS);
      case LSS -> loadPointer(in, Cpu.SS);
      case LFS -> loadPointer(in, Cpu.FS);
      case LGS -> loadPointer(in, Cpu.GS);
      case IN -> {
        int port = (int) operands.read(in, 1) & 0xFFFF;
        port = in.operands[1].kind() == Operand.Kind.IMM ? port & 0xFF : port;
        SystemInstructions.checkPort(c, port, in.operands[0].size());
        operands.write(in, 0, Ports.read(c, port, in.operands[0].size()));
      }
      case OUT -> {
        int port = (int) operands.read(in, 0) & 0xFFFF;
        port = in.operands[0].kind() == Operand.Kind.IMM ? port & 0xFF : port;
        SystemInstructions.checkPort(c, port, in.operands[1].size());
        Ports.write(c, port, in.operands[1].size(), operands.read(in, 1));
      }
      default -> throw new UnsupportedInstruction(in);
    }
    return true;
  }

  /** Whether the processor's model has an instruction. */
  boolean has(Insn in) {
    return !missing[in.row.index];
  }

  private static int size(Insn in) {
    return in.operands[0].size();
  }

  // ---- arithmetic ----

  private void arithmetic(Insn in) {
    int size = size(in);
    long a = operands.readForWrite(in, 0);
    long b = operands.read(in, 1);
    long result =
        switch (in.mnemonic) {
          case ADD -> Alu.add(c, a, b, size);
          case OR -> Alu.logic(c, a | b, size);
          case ADC -> Alu.adc(c, a, b, size);
          case SBB -> Alu.sbb(c, a, b, size);
          case AND -> Alu.logic(c, a & b, size);
          case SUB -> Alu.sub(c, a, b, size);
          default -> Alu.logic(c, a ^ b, size);
        };
    operands.write(in, 0, result);
  }

  private void unary(Insn in) {
    int size = size(in);
    long a = operands.readForWrite(in, 0);
    long result =
        switch (in.mnemonic) {
          case INC -> Alu.inc(c, a, size);
          case DEC -> Alu.dec(c, a, size);
          case NEG -> Alu.sub(c, 0, a, size);
          default -> ~a;
        };
    operands.write(in, 0, result);
  }

  private void multiply(Insn in) {
    int size = size(in);
    switch (in.operands.length) {
      case 1 -> Alu.imul(c, operands.read(in, 0), size);
      case 2 ->
          operands.write(in, 0, Alu.imul(c, operands.read(in, 0), operands.read(in, 1), size));
      default -> operands.write(in, 0, Alu.imul(c, operands.read(in, 1), in.immediate, size));
    }
  }

  private void shift(Insn in) {
    int size = size(in);
    long value = operands.readForWrite(in, 0);
    long count = operands.read(in, 1);
    long result =
        switch (in.mnemonic) {
          case SHL -> Shifts.shl(c, value, count, size);
          case SHR -> Shifts.shr(c, value, count, size);
          case SAR -> Shifts.sar(c, value, count, size);
          case ROL -> Shifts.rol(c, value, count, size);
          case ROR -> Shifts.ror(c, value, count, size);
          case RCL -> Shifts.rcl(c, value, count, size);
          default -> Shifts.rcr(c, value, count, size);
        };
    operands.write(in, 0, result);
  }

  private void doubleShift(Insn in) {
    int size = size(in);
    long value = operands.readForWrite(in, 0);
    long source = operands.read(in, 1);
    long count = operands.read(in, 2);
    operands.write(
        in,
        0,
        switch (in.mnemonic) {
          case SHLD -> Shifts.shld(c, value, source, count, size);
          default -> Shifts.shrd(c, value, source, count, size);
        });
  }

  /** BT and its kin; with a register index a memory operand is a string of bits of any length. */
  private void bit(Insn in) {
    int size = size(in);
    int width = 8 * size;
    long index = Alu.extend(operands.read(in, 1), in.operands[1].size());
    boolean changes = in.mnemonic != Mnemonic.BT;
    if (!operands.isMemory(in, 0)) {
      long value = operands.read(in, 0);
      long changed = changeBit(in, value, 1L << (index & width - 1));
      if (changes) {
        operands.write(in, 0, changed);
      }
      return;
    }
    long offset = operands.offset(in);
    if (in.operands[1].kind() == Operand.Kind.REG) {
      long distance = (index >> (size == 2 ? 4 : size == 4 ? 5 : 6)) * size;
      offset = Alu.truncate(offset + distance, in.addressSize);
    }
    long linear = c.linear(in.segment, offset, size, changes);
    long value = changes ? c.mmu.loadForWrite(linear, size) : c.mmu.load(linear, size);
    long changed = changeBit(in, value, 1L << (index & width - 1));
    if (changes) {
      c.mmu.store(linear, size, changed);
    }
  }

  private long changeBit(Insn in, long value, long bit) {
    Alu.carry(c, (value & bit) != 0);
    return switch (in.mnemonic) {
      case BTS -> value | bit;
      case BTR -> value & ~bit;
      case BTC -> value ^ bit;
      default -> value;
    };
  }

  /** Without a bit that is set the destination stays as it is, its upper half too. */
  private void scan(Insn in) {
    long bits = operands.read(in, 1);
    Alu.logic(c, bits, size(in));
    if (bits != 0) {
      boolean forward = in.mnemonic == Mnemonic.BSF;
      int bit = forward ? Long.numberOfTrailingZeros(bits) : 63 - Long.numberOfLeadingZeros(bits);
      operands.write(in, 0, bit);
    }
  }

  // ---- moves ----

  private void move(Insn in) {
    Operand to = in.operands[0];
    Operand from = in.operands[1];
    switch (to.kind()) {
      case SEGMENT -> {
        int selector = (int) operands.read(in, 1) & 0xFFFF;
        if (to.register() == Cpu.SS) {
          Segments.loadStackWithShadow(c, selector);
        } else {
          Segments.load(c, to.register(), selector);
        }
      }
      case CONTROL -> SystemInstructions.loadControl(c, to.register(), operands.read(in, 1));
      case DEBUG -> SystemInstructions.loadDebug(c, to.register(), operands.read(in, 1));
      default -> {
        switch (from.kind()) {
          case CONTROL ->
              operands.write(in, 0, SystemInstructions.storeControl(c, from.register()));
          case DEBUG -> operands.write(in, 0, SystemInstructions.storeDebug(c, from.register()));
          default -> operands.write(in, 0, operands.read(in, 1));
        }
      }
    }
  }

  private void exchange(Insn in) {
    long a = operands.readForWrite(in, 0);
    long b = operands.readForWrite(in, 1);
    if (operands.isMemory(in, 0)) {
      operands.write(in, 0, b);
      operands.write(in, 1, a);
    } else {
      operands.write(in, 1, a);
      operands.write(in, 0, b);
    }
  }

  private void exchangeAdd(Insn in) {
    int size = size(in);
    long destination = operands.readForWrite(in, 0);
    long source = operands.read(in, 1);
    long sum = Alu.add(c, destination, source, size);
    if (operands.isMemory(in, 0)) {
      operands.write(in, 0, sum);
      operands.write(in, 1, destination);
    } else {
      operands.write(in, 1, destination);
      operands.write(in, 0, sum);
    }
  }

  private void compareExchangePair(Insn in) {
    if (in.operandSize == 8) {
      compareExchange16(in);
      return;
    }
    long linear = operands.linear(in, 8, true);
    long value = c.mmu.loadForWrite(linear, 8);
    long expected = c.r[Cpu.RDX] << 32 | c.r[Cpu.RAX] & 0xFFFFFFFFL;
    boolean equal = value == expected;
    c.mmu.store64(linear, equal ? c.r[Cpu.RCX] << 32 | c.r[Cpu.RBX] & 0xFFFFFFFFL : value);
    if (!equal) {
      Alu.write(c, Cpu.RAX, value, 4);
      Alu.write(c, Cpu.RDX, value >>> 32, 4);
    }
    Alu.zero(c, equal);
  }

  private void compareExchange16(Insn in) {
    operands.requireAligned(in);
    long linear = operands.linear(in, 16, true);
    c.mmu.probe(linear, 16, Mmu.WRITE);
    long low = c.mmu.load64(linear);
    long high = c.mmu.load64(linear + 8);
    boolean equal = low == c.r[Cpu.RAX] && high == c.r[Cpu.RDX];
    c.mmu.store64(linear, equal ? c.r[Cpu.RBX] : low);
    c.mmu.store64(linear + 8, equal ? c.r[Cpu.RCX] : high);
    if (!equal) {
      c.r[Cpu.RAX] = low;
      c.r[Cpu.RDX] = high;
    }
    Alu.zero(c, equal);
  }

  private void translate(Insn in) {
    long offset = Alu.truncate(c.r[Cpu.RBX] + (c.r[Cpu.RAX] & 0xFF), in.addressSize);
    Alu.write(c, Cpu.RAX, c.load(in.segment, offset, 1), 1);
  }

  /** In 64-bit mode LAHF and SAHF came late. */
  private void requireLahf(Insn in) {
    if (in.mode == 64 && !c.model.has(CpuFeature.LAHF64)) {
      throw Fault.ud();
    }
  }

  private void loadFlags() {
    int kept = c.arithmeticFlags() & Flags.OF;
    c.setArithmeticFlags((int) (c.r[Cpu.RAX] >>> 8) & 0xD5 | kept);
  }

  private void loadPointer(Insn in, int register) {
    int size = in.operandSize;
    long linear = operands.linear(in, size + 2, false);
    c.mmu.probe(linear, size + 2, Mmu.READ);
    long offset = c.mmu.load(linear, size);
    int selector = c.mmu.load16(c.wrap(linear + size));
    Segments.load(c, register, selector);
    operands.write(in, 0, offset);
  }

  // ---- the stack ----

  private void stack(Insn in) {
    int size = in.operandSize;
    switch (in.mnemonic) {
      case PUSH -> push(in, size);
      case POP -> pop(in, size);
      case PUSHA -> Stack.pushAll(c, size);
      case POPA -> Stack.popAll(c, size);
      case PUSHF -> Stack.push(c, SystemInstructions.pushedFlags(c, size), size);
      case POPF -> {
        SystemInstructions.requireFlagAccess(c, size);
        SystemInstructions.poppedFlags(c, (int) Stack.top(c, size), size);
        Stack.release(c, size);
      }
      case ENTER -> Stack.enter(c, (int) in.immediate & 0xFFFF, (int) in.immediate2, size);
      default -> Stack.leave(c, size);
    }
  }

  private void push(Insn in, int size) {
    probeForPush(in, size);
    long value = operands.read(in, 0);
    if (in.operands[0].kind() == Operand.Kind.SEGMENT) {
      Stack.pushSelector(c, value, size);
    } else {
      Stack.push(c, value, size);
    }
  }

  /**
   * What is pushed may be read from a device, which cannot be undone: the stack is checked first.
   */
  private void probeForPush(Insn in, int size) {
    if (operands.isMemory(in, 0)) {
      operands.probeRead(in, 0);
      Stack.probe(c, -size, size, Mmu.WRITE);
    }
  }

  private void pop(Insn in, int size) {
    Operand to = in.operands[0];
    if (to.kind() == Operand.Kind.SEGMENT) {
      int selector = (int) Stack.top(c, size) & 0xFFFF;
      if (to.register() == Cpu.SS) {
        // The stack pointer moves within the old stack's width, then the segment changes.
        long pointer = c.r[Cpu.RSP];
        Stack.release(c, size);
        long released = c.r[Cpu.RSP];
        c.r[Cpu.RSP] = pointer;
        Segments.loadStackWithShadow(c, selector);
        c.r[Cpu.RSP] = released;
      } else {
        Segments.load(c, to.register(), selector);
        Stack.release(c, size);
      }
      return;
    }
    if (to.kind() == Operand.Kind.REG) {
      long value = Stack.pop(c, size);
      operands.write(in, 0, value);
      return;
    }
    Stack.probe(c, 0, size, Mmu.READ);
    // An address based on the stack pointer counts from where it is after the POP.
    long before = c.r[Cpu.RSP];
    Stack.release(c, size);
    long after = c.r[Cpu.RSP];
    try {
      operands.probeWrite(in, 0);
    } catch (Fault | PageFault fault) {
      c.r[Cpu.RSP] = before;
      throw fault;
    }
    c.r[Cpu.RSP] = before;
    long value = Stack.top(c, size);
    c.r[Cpu.RSP] = after;
    operands.write(in, 0, value);
  }

  // ---- strings ----

  private boolean string(Insn in) {
    int repeat = in.rep ? Strings.REP : in.repne ? Strings.REPNE : Strings.ONCE;
    Strings.Form form = new Strings.Form(in.operandSize, in.addressSize, in.segment, repeat);
    return switch (in.mnemonic) {
      case MOVS -> Strings.movs(c, form);
      case CMPS -> Strings.cmps(c, form);
      case STOS -> Strings.stos(c, form);
      case LODS -> Strings.lods(c, form);
      case SCAS -> Strings.scas(c, form);
      case INS -> Strings.ins(c, form);
      default -> Strings.outs(c, form);
    };
  }

  // ---- control transfer ----

  private void jump(Insn in) {
    int size = in.operandSize;
    switch (in.mnemonic) {
      case JCC -> branch(in, c.condition(in.condition));
      case JMP -> Transfers.jumpNear(c, target(in), size);
      case CALL -> {
        probeForPush(in, size);
        Transfers.callNear(c, target(in), size);
      }
      case RET ->
          Transfers.returnNear(c, size, in.operands.length == 0 ? 0 : (int) in.immediate & 0xFFFF);
      case JCXZ -> branch(in, count(in) == 0);
      default -> loop(in);
    }
  }

  private long target(Insn in) {
    return in.operands[0].kind() == Operand.Kind.REL
        ? c.nextRip + in.immediate
        : operands.read(in, 0);
  }

  private void branch(Insn in, boolean taken) {
    if (taken) {
      Transfers.jumpNear(c, c.nextRip + in.immediate, in.operandSize);
    }
  }

  private long count(Insn in) {
    return Alu.truncate(c.r[Cpu.RCX], in.addressSize);
  }

  private void loop(Insn in) {
    long left = Alu.truncate(count(in) - 1, in.addressSize);
    boolean taken =
        left != 0
            && switch (in.mnemonic) {
              case LOOPE -> c.zf();
              case LOOPNE -> !c.zf();
              default -> true;
            };
    branch(in, taken);
    Alu.write(c, Cpu.RCX, left, in.addressSize);
  }

  private void far(Insn in) {
    int size = in.operandSize;
    switch (in.mnemonic) {
      case CALLF, JMPF -> {
        long offset;
        int selector;
        if (operands.isMemory(in, 0)) {
          long linear = operands.linear(in, size + 2, false);
          c.mmu.probe(linear, size + 2, Mmu.READ);
          offset = c.mmu.load(linear, size);
          selector = c.mmu.load16(c.wrap(linear + size));
        } else {
          offset = Alu.truncate(in.immediate, size);
          selector = (int) in.immediate2 & 0xFFFF;
        }
        if (in.mnemonic == Mnemonic.CALLF) {
          Transfers.callFar(c, selector, offset, size);
        } else {
          Transfers.jumpFar(c, selector, offset, size);
        }
      }
      case RETF ->
          Transfers.returnFar(c, size, in.operands.length == 0 ? 0 : (int) in.immediate & 0xFFFF);
      case IRET -> Transfers.iret(c, size);
      case INT -> Interrupts.software(c, (int) in.immediate & 0xFF);
      case INT3 -> Interrupts.breakpoint(c);
      case INT1 -> Interrupts.icebp(c);
      case INTO -> Interrupts.overflow(c);
      default -> bound(in);
    }
  }

  private void bound(Insn in) {
    int size = in.operandSize;
    long linear = operands.linear(in, 2 * size, false);
    c.mmu.probe(linear, 2 * size, Mmu.READ);
    long index = Alu.extend(operands.read(in, 0), size);
    long lower = Alu.extend(c.mmu.load(linear, size), size);
    long upper = Alu.extend(c.mmu.load(c.wrap(linear + size), size), size);
    if (index < lower || index > upper) {
      throw Fault.of(Fault.BR);
    }
  }
}
