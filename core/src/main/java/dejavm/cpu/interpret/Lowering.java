package dejavm.cpu.interpret;

import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Operand.Kind;

/**
 * Chooses the operation for an instruction and packs it into four ints: operation (bits 0 to 8),
 * register (9 to 13), base (14 to 18), index (19 to 23) and scale (24, 25) in the first; then the
 * immediate, the second register or where the next instruction is; the displacement or the jump's
 * target relative to the block's start; and, filled in by {@link CodeCache}, offset and index.
 *
 * <p>Specialised operations assume 32-bit flat code and data, or 64-bit mode; all else is generic.
 * In 64-bit mode those on 32 bits are the same ones, with twins on 64 bits beside them.
 */
final class Lowering {
  static final int OP_MASK = 0x1FF;
  static final int REGISTER = 9;
  static final int BASE = 14;
  static final int INDEX = 19;
  static final int SCALE = 24;
  static final int FIVE = 31;

  /** The packed words of the last instruction lowered. */
  int word;

  int immediate;
  int displacement;

  private Insn insn;
  private CodeMode mode;
  private int offset;
  private Operand first;
  private Operand second;

  /**
   * Lowers an instruction.
   *
   * @param inBlock offset of the instruction from the block's start, in bytes
   */
  void lower(Insn in, CodeMode codeMode, int inBlock) {
    insn = in;
    mode = codeMode;
    offset = inBlock;
    immediate = 0;
    displacement = 0;
    word = endsBlock(in) ? Op.GENERIC_END : Op.GENERIC;
    if (!mode.specialised() || in.mnemonic == Mnemonic.INVALID || in.addressSize != mode.bits / 8) {
      return;
    }
    first = in.operands.length > 0 ? in.operands[0] : null;
    second = in.operands.length > 1 ? in.operands[1] : null;
    int op = choose();
    if (op > Op.GENERIC_END) {
      word = word & ~OP_MASK | op;
    } else {
      word &= Op.GENERIC_END;
    }
  }

  /** Repeated instructions end a block too: they may be left unfinished, and take time inside. */
  static boolean endsBlock(Insn in) {
    return in.row.endsBlock || in.rep || in.repne;
  }

  private int choose() {
    return switch (insn.mnemonic) {
      case ADD -> arithmetic(Op.ADD);
      case OR -> arithmetic(Op.OR);
      case ADC -> arithmetic(Op.ADC);
      case SBB -> arithmetic(Op.SBB);
      case AND -> arithmetic(Op.AND);
      case SUB -> arithmetic(Op.SUB);
      case XOR -> arithmetic(Op.XOR);
      case CMP -> arithmetic(Op.CMP);
      case TEST -> arithmetic(Op.TEST);
      case MOV -> arithmetic(Op.MOV);
      case MOVZX -> widen(Op.MOVZX8_RR);
      case MOVSX -> widen(Op.MOVSX8_RR);
      case MOVSXD -> signExtend();
      case LEA -> first.size() == 2 ? 0 : register(first, memory(byWidth(Op.LEA, first), true));
      case INC -> unary(Op.INC_R, Op.INC_M);
      case DEC -> unary(Op.DEC_R, Op.DEC_M);
      case NEG -> unary(Op.NEG_R, 0);
      case NOT -> unary(Op.NOT_R, 0);
      case MUL -> unary(Op.MUL_R, 0);
      case SHL -> shift(Op.SHL_RI, Op.SHL_RC);
      case SHR -> shift(Op.SHR_RI, Op.SHR_RC);
      case SAR -> shift(Op.SAR_RI, Op.SAR_RC);
      case ROL -> shift(Op.ROL_RI, 0);
      case ROR -> shift(Op.ROR_RI, 0);
      case IMUL -> multiply();
      case XCHG -> isRegister(first) && isRegister(second) ? pair(byWidth(Op.XCHG_RR, first)) : 0;
      case CWD -> insn.operandSize == 2 ? 0 : insn.operandSize == 4 ? Op.CDQ : Op.QCDQ;
      case CBW -> widenAccumulator();
      case NOP -> Op.NOP;
      case CMOVCC -> conditionalMove();
      case SETCC -> first.kind() == Kind.REG && first.register() < 16 ? setByte() : 0;
      case BT -> second.kind() == Kind.IMM && first.size() >= 4 ? bit() : 0;
      case BSWAP -> isRegister(first) ? register(first, byWidth(Op.BSWAP, first)) : 0;
      default -> insn.operandSize == mode.bits / 8 ? stackOrJump() : 0;
    };
  }

  private int stackOrJump() {
    displacement = 0;
    return switch (insn.mnemonic) {
      case PUSH -> push();
      case POP -> isRegister(first) ? register(first, Op.POP_R) : 0;
      case LEAVE -> Op.LEAVE;
      default -> mode == CodeMode.EDGE_64 ? 0 : transfer();
    };
  }

  private int transfer() {
    return switch (insn.mnemonic) {
      case JMP -> jump(Op.JMP_I, Op.JMP_R, Op.JMP_M);
      case CALL -> jump(Op.CALL_I, Op.CALL_R, Op.CALL_M);
      case RET -> {
        immediate = (int) insn.immediate & 0xFFFF;
        yield insn.operands.length == 0 ? Op.RET : Op.RET_I;
      }
      case JCC -> conditionalJump();
      default -> 0;
    };
  }

  // ---- operands ----

  /** A whole register: of 32 bits, or of 64. */
  private static boolean isRegister(Operand operand) {
    return operand.kind() == Kind.REG && operand.size() >= 4;
  }

  /** An operation on 32 bits, or its twin on 64, as an operand says. */
  private static int byWidth(int op, Operand operand) {
    return operand.size() == 8 ? Op.wide(op) : op;
  }

  private int register(Operand operand, int op) {
    if (op != 0) {
      word |= operand.register() << REGISTER;
    }
    return op;
  }

  /** Packs the address, if the segment is one of those that are flat. */
  private int memory(int op, boolean anySegment) {
    boolean flat = insn.segment <= 3 && (insn.segment != 1 || mode.bits == 64);
    return flat || anySegment ? address(op) : 0;
  }

  /** Absolute addresses of 64 bits have no room; relative ones count from the block's start. */
  private int address(int op) {
    long distance = insn.displacement;
    int base = insn.base;
    if (base == Insn.RIP) {
      base = Cpu.ANCHOR;
      distance += offset + insn.length;
    }
    if (distance != (int) distance && mode.bits == 64) {
      return 0;
    }
    word |= base << BASE | insn.index << INDEX | insn.scale << SCALE;
    displacement = (int) distance;
    return op;
  }

  private int immediate(int op) {
    immediate = (int) insn.immediate;
    return register(first, op);
  }

  private int pair(int op) {
    immediate = second.register();
    return register(first, op);
  }

  /** A condition of an odd code is the opposite of the one before it: the targets are exchanged. */
  private int conditionalJump() {
    target();
    if ((insn.condition & 1) != 0) {
      int taken = displacement;
      displacement = immediate;
      immediate = taken;
    }
    word |= (insn.condition & ~1) << REGISTER;
    return switch (insn.condition >> 1) {
      case 1 -> Op.JB;
      case 2 -> Op.JZ;
      case 3 -> Op.JBE;
      default -> Op.JCC;
    };
  }

  /** Relative to the block's start, which stands for whatever address it runs at. */
  private void target() {
    displacement = offset + insn.length + (int) insn.immediate;
    immediate = offset + insn.length;
  }

  // ---- families ----

  private int arithmetic(int operation) {
    int family = Op.family(first.size());
    boolean toRegister = first.kind() == Kind.REG;
    if (second.kind() == Kind.IMM) {
      immediate = (int) insn.immediate;
      if (toRegister) {
        // MOV alone has immediates that are longer than the word.
        boolean fits = insn.immediate == immediate || first.size() < 8;
        return fits ? register(first, family + Op.RI + operation) : 0;
      }
      return first.kind() == Kind.MEM ? memory(family + Op.MI + operation, false) : 0;
    }
    if (toRegister && second.kind() == Kind.REG) {
      return pair(family + Op.RR + operation);
    }
    if (toRegister && second.kind() == Kind.MEM) {
      if (insn.segment > 3 && isRegister(first)) {
        return throughSegment(first, Op.RS + operation);
      }
      return register(first, memory(family + Op.RM + operation, false));
    }
    if (first.kind() == Kind.MEM && second.kind() == Kind.REG) {
      if (operation == Op.MOV && insn.segment > 3 && isRegister(second)) {
        return throughSegment(second, Op.MOV_SR);
      }
      return register(second, memory(family + Op.MR + operation, false));
    }
    return 0;
  }

  private int throughSegment(Operand operand, int op) {
    immediate = insn.segment;
    return register(operand, address(byWidth(op, operand)));
  }

  /** The four forms stand in the order 8 RR, 8 RM, 16 RR, 16 RM. */
  private int widen(int op) {
    if (first.size() == 2 || second.kind() == Kind.HIGH) {
      return 0;
    }
    // Zero-extension to 32 bits is one to 64 bits as well.
    int family = op == Op.MOVZX8_RR ? op : byWidth(op, first);
    int form = family + (second.size() == 2 ? 2 : 0);
    return second.kind() == Kind.REG ? pair(form) : register(first, memory(form + 1, false));
  }

  private int signExtend() {
    if (first.size() != 8) {
      return 0;
    }
    return second.kind() == Kind.REG
        ? pair(Op.MOVSXD_RR)
        : register(first, memory(Op.MOVSXD_RM, false));
  }

  /** RAX, which is register 0 in both places. */
  private int widenAccumulator() {
    immediate = Cpu.RAX;
    return insn.operandSize == 2 ? 0 : insn.operandSize == 4 ? Op.MOVSX16_RR : Op.MOVSXD_RR;
  }

  private int unary(int onRegister, int onMemory) {
    if (first.size() < 4) {
      return 0;
    }
    if (first.kind() == Kind.REG) {
      return register(first, byWidth(onRegister, first));
    }
    if (onMemory == 0) {
      return 0;
    }
    if (insn.segment > 3) {
      immediate = insn.segment;
      return address(byWidth(onMemory == Op.INC_M ? Op.INC_S : Op.DEC_S, first));
    }
    return memory(byWidth(onMemory, first), false);
  }

  private int shift(int byImmediate, int byCl) {
    if (byImmediate == Op.SHR_RI && first.size() == 2 && second.kind() == Kind.IMM) {
      return first.kind() == Kind.REG ? immediate(Op.SHR16_RI) : 0;
    }
    if (!isRegister(first)) {
      return 0;
    }
    if (second.kind() == Kind.IMM) {
      return immediate(byWidth(byImmediate, first));
    }
    return byCl == 0 ? 0 : register(first, byWidth(byCl, first));
  }

  private int bit() {
    if (first.kind() == Kind.REG) {
      return immediate(byWidth(Op.BT_RI, first));
    }
    immediate = (int) insn.immediate;
    return memory(byWidth(Op.BT_MI, first), false);
  }

  private int multiply() {
    if (second == null || !isRegister(first)) {
      return 0;
    }
    if (insn.operands.length == 3) {
      if (second.kind() != Kind.REG) {
        return 0;
      }
      immediate = (int) insn.immediate;
      word |= second.register() << BASE;
      return register(first, byWidth(Op.IMUL_RRI, first));
    }
    return second.kind() == Kind.REG
        ? pair(byWidth(Op.IMUL_RR, first))
        : register(first, memory(byWidth(Op.IMUL_RM, first), false));
  }

  private int conditionalMove() {
    if (first.size() == 2) {
      return 0;
    }
    immediate = insn.condition;
    if (second.kind() == Kind.REG) {
      word |= second.register() << BASE;
      return register(first, byWidth(Op.CMOV_RR, first));
    }
    return register(first, memory(byWidth(Op.CMOV_RM, first), false));
  }

  private int setByte() {
    immediate = insn.condition;
    return register(first, Op.SET_R);
  }

  private int push() {
    if (first.kind() == Kind.IMM) {
      immediate = (int) insn.immediate;
      return Op.PUSH_I;
    }
    if (isRegister(first)) {
      return register(first, Op.PUSH_R);
    }
    return first.kind() == Kind.MEM ? memory(Op.PUSH_M, false) : 0;
  }

  private int jump(int direct, int byRegister, int byMemory) {
    target();
    if (first.kind() == Kind.REL) {
      return direct;
    }
    if (first.kind() == Kind.REG) {
      return register(first, byRegister);
    }
    // The word that held the target is the displacement's now.
    return first.kind() == Kind.MEM ? memory(byMemory, false) : 0;
  }
}
