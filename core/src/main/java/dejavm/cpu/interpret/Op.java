package dejavm.cpu.interpret;

/**
 * The interpreter's specialised operations: what is frequent in 32-bit flat code and in 64-bit
 * mode. The suffixes tell the operands, destination first: R register, I immediate, M memory, S
 * memory through FS or GS. Those that begin with Q are on 64 bits, with W on 16, with B on 8, all
 * others on 32.
 *
 * <p>The block runners execute those that are worth a place in the loop; {@link RareOperations} the
 * rest.
 */
final class Op {
  /** Any instruction, by {@link Operations}. */
  static final int GENERIC = 0;

  /** Any instruction that ends a block. */
  static final int GENERIC_END = 1;

  // Arithmetic: a form for operands of some width, plus the operation.
  static final int ADD = 0;
  static final int OR = 1;
  static final int ADC = 2;
  static final int SBB = 3;
  static final int AND = 4;
  static final int SUB = 5;
  static final int XOR = 6;
  static final int CMP = 7;
  static final int TEST = 8;
  static final int MOV = 9;

  /** How many operations, and how many forms of them, stand in a row. */
  static final int OPERATIONS = 10;

  static final int FORMS = 5;
  private static final int FAMILY = FORMS * OPERATIONS;

  static final int ARITHMETIC = 2;
  static final int RR = ARITHMETIC;
  static final int RI = RR + OPERATIONS;
  static final int RM = RI + OPERATIONS;
  static final int MR = RM + OPERATIONS;
  static final int MI = MR + OPERATIONS;

  static final int QRR = RR + FAMILY;
  static final int QRI = RI + FAMILY;
  static final int QRM = RM + FAMILY;
  static final int QMR = MR + FAMILY;
  static final int QMI = MI + FAMILY;

  static final int WRM = RM + 2 * FAMILY;
  static final int WMR = MR + 2 * FAMILY;

  static final int BRR = RR + 3 * FAMILY;
  static final int BRI = RI + 3 * FAMILY;
  static final int BRM = RM + 3 * FAMILY;
  static final int BMR = MR + 3 * FAMILY;
  static final int BMI = MI + 3 * FAMILY;

  static final int WIDEN = RR + 4 * FAMILY;
  static final int MOVZX8_RR = WIDEN;
  static final int MOVZX8_RM = WIDEN + 1;
  static final int MOVZX16_RR = WIDEN + 2;
  static final int MOVZX16_RM = WIDEN + 3;
  static final int MOVSX8_RR = WIDEN + 4;
  static final int MOVSX8_RM = WIDEN + 5;
  static final int MOVSX16_RR = WIDEN + 6;
  static final int MOVSX16_RM = WIDEN + 7;

  static final int SINGLE = WIDEN + 8;
  static final int LEA = SINGLE;
  static final int INC_R = SINGLE + 1;
  static final int DEC_R = SINGLE + 2;
  static final int NEG_R = SINGLE + 3;
  static final int NOT_R = SINGLE + 4;
  static final int INC_M = SINGLE + 5;
  static final int DEC_M = SINGLE + 6;
  static final int SHL_RI = SINGLE + 7;
  static final int SHR_RI = SINGLE + 8;
  static final int SAR_RI = SINGLE + 9;
  static final int SHL_RC = SINGLE + 10;
  static final int SHR_RC = SINGLE + 11;
  static final int SAR_RC = SINGLE + 12;
  static final int ROL_RI = SINGLE + 13;
  static final int ROR_RI = SINGLE + 14;
  static final int IMUL_RR = SINGLE + 15;
  static final int IMUL_RM = SINGLE + 16;
  static final int IMUL_RRI = SINGLE + 17;
  static final int MUL_R = SINGLE + 18;
  static final int XCHG_RR = SINGLE + 19;
  static final int CDQ = SINGLE + 20;
  static final int CMOV_RR = SINGLE + 21;
  static final int CMOV_RM = SINGLE + 22;
  static final int BT_RI = SINGLE + 23;
  static final int BT_MI = SINGLE + 24;
  static final int BSWAP = SINGLE + 25;
  static final int INC_S = SINGLE + 26;
  static final int DEC_S = SINGLE + 27;
  static final int MOV_SR = SINGLE + 28;

  /** Arithmetic of a register with memory through a segment register, plus the operation. */
  static final int RS = SINGLE + 29;

  private static final int SINGLE_END = RS + OPERATIONS;

  // Twins on 64 bits of what stands from the sign extensions to here; named are those in the loops.
  private static final int TWIN = SINGLE_END - MOVSX8_RR;

  static final int QLEA = LEA + TWIN;
  static final int QINC_R = INC_R + TWIN;
  static final int QSHL_RI = SHL_RI + TWIN;
  static final int QSHR_RI = SHR_RI + TWIN;
  static final int QSAR_RI = SAR_RI + TWIN;
  static final int QSHL_RC = SHL_RC + TWIN;
  static final int QCDQ = CDQ + TWIN;
  static final int QCMOV_RR = CMOV_RR + TWIN;
  static final int QRS = RS + TWIN;

  private static final int OTHERS = SINGLE_END + TWIN;
  static final int MOVSXD_RR = OTHERS;
  static final int MOVSXD_RM = OTHERS + 1;
  static final int SHR16_RI = OTHERS + 2;
  static final int SET_R = OTHERS + 3;
  static final int NOP = OTHERS + 4;
  static final int PUSH_R = OTHERS + 5;
  static final int PUSH_I = OTHERS + 6;
  static final int PUSH_M = OTHERS + 7;
  static final int POP_R = OTHERS + 8;
  static final int LEAVE = OTHERS + 9;

  // What follows ends a block.
  private static final int JUMP = OTHERS + 10;
  static final int JMP_I = JUMP;
  static final int JMP_R = JUMP + 1;
  static final int JMP_M = JUMP + 2;
  static final int CALL_I = JUMP + 3;
  static final int CALL_R = JUMP + 4;
  static final int CALL_M = JUMP + 5;
  static final int RET = JUMP + 6;
  static final int RET_I = JUMP + 7;

  // The frequent conditional jumps, and those by any condition. What they do not meet is lowered
  // with its targets exchanged.
  static final int JB = JUMP + 8;
  static final int JZ = JUMP + 9;
  static final int JBE = JUMP + 10;
  static final int JCC = JUMP + 11;

  private Op() {}

  /** From arithmetic on 32 bits to that on operands of 1, 2, 4 or 8 bytes. */
  static int family(int size) {
    return switch (size) {
      case 8 -> FAMILY;
      case 2 -> 2 * FAMILY;
      case 1 -> 3 * FAMILY;
      default -> 0;
    };
  }

  /** The bytes of an operand of arithmetic. */
  static int size(int arithmetic) {
    return switch ((arithmetic - ARITHMETIC) / FAMILY) {
      case 0 -> 4;
      case 1 -> 8;
      case 2 -> 2;
      default -> 1;
    };
  }

  /** The form of arithmetic: {@link #RR}, {@link #RI}, {@link #RM}, {@link #MR} or {@link #MI}. */
  static int form(int arithmetic) {
    int inFamily = (arithmetic - ARITHMETIC) % FAMILY;
    return ARITHMETIC + inFamily - inFamily % OPERATIONS;
  }

  /** The operation of arithmetic. */
  static int operation(int arithmetic) {
    return (arithmetic - ARITHMETIC) % OPERATIONS;
  }

  /** Whether an operation is the twin on 64 bits of one on 32. */
  static boolean isTwin(int op) {
    return op >= SINGLE_END && op < OTHERS;
  }

  /** The twin on 64 bits of an operation that has one; 0 of 0, which is none. */
  static int wide(int op) {
    return op == 0 ? 0 : op + TWIN;
  }

  /** The operation on 32 bits that a twin is of. */
  static int narrow(int op) {
    return op - TWIN;
  }
}
