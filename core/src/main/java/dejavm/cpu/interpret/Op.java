package dejavm.cpu.interpret;

/**
 * The interpreter's specialised operations: what is frequent in 32-bit flat code and in 64-bit
 * mode. The suffixes tell the operands, destination first: R register, I immediate, M memory; a
 * number before them the width where it is not 32. Those that begin with Q are on 64 bits.
 */
final class Op {
  /** Any instruction, by {@link Operations}. */
  static final int GENERIC = 0;

  /** Any instruction that ends a block. */
  static final int GENERIC_END = 1;

  // Arithmetic: a base, plus the operation.
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

  static final int RR = 2;
  static final int RI = RR + 10;
  static final int RM = RI + 10;
  static final int MR = RM + 10;
  static final int MI = MR + 10;

  static final int BYTE = MI + 10;
  static final int MOV8_RR = BYTE;
  static final int MOV8_RI = BYTE + 1;
  static final int MOV8_RM = BYTE + 2;
  static final int MOV8_MR = BYTE + 3;
  static final int MOV8_MI = BYTE + 4;
  static final int CMP8_RR = BYTE + 5;
  static final int CMP8_RI = BYTE + 6;
  static final int CMP8_RM = BYTE + 7;
  static final int CMP8_MR = BYTE + 8;
  static final int CMP8_MI = BYTE + 9;
  static final int TEST8_RR = BYTE + 10;
  static final int TEST8_RI = BYTE + 11;
  static final int TEST8_MI = BYTE + 12;
  static final int AND8_RI = BYTE + 13;
  static final int OR8_RI = BYTE + 14;
  static final int XOR8_RR = BYTE + 15;
  static final int XOR8_RM = BYTE + 16;

  static final int WORD = BYTE + 17;
  static final int MOV16_RM = WORD;
  static final int MOV16_MR = WORD + 1;
  static final int MOV16_MI = WORD + 2;
  static final int CMP16_RM = WORD + 3;
  static final int CMP16_MI = WORD + 4;

  static final int WIDEN = WORD + 5;
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
  static final int NOP = SINGLE + 21;
  static final int CMOV_RR = SINGLE + 22;
  static final int CMOV_RM = SINGLE + 23;
  static final int SET_R = SINGLE + 24;
  static final int BT_RI = SINGLE + 25;
  static final int BSWAP = SINGLE + 26;

  static final int STACK = SINGLE + 27;
  static final int PUSH_R = STACK;
  static final int PUSH_I = STACK + 1;
  static final int PUSH_M = STACK + 2;
  static final int POP_R = STACK + 3;
  static final int LEAVE = STACK + 4;

  /** Loads and stores through a segment register: FS and GS, whose bases are not zero. */
  static final int MOV_RS = STACK + 5;

  static final int MOV_SR = STACK + 6;

  // What follows ends a block.
  static final int JUMP = STACK + 7;
  static final int JMP_I = JUMP;
  static final int JMP_R = JUMP + 1;
  static final int JMP_M = JUMP + 2;
  static final int CALL_I = JUMP + 3;
  static final int CALL_R = JUMP + 4;
  static final int CALL_M = JUMP + 5;
  static final int RET = JUMP + 6;
  static final int RET_I = JUMP + 7;

  /** The sixteen conditional jumps, by condition. */
  static final int JCC = JUMP + 8;

  // Twins on 64 bits: of arithmetic, then of what stands from the sign extensions to the stack.
  private static final int WIDE_ARITHMETIC = JCC + 16;
  private static final int WIDE_SINGLE = WIDE_ARITHMETIC + (BYTE - RR);
  private static final int WIDE_SEGMENT = WIDE_SINGLE + (STACK - MOVSX8_RR);

  /** From an arithmetic operation on 32 bits to its twin. */
  static final int WIDE = WIDE_ARITHMETIC - RR;

  private static final int SINGLE_TWIN = WIDE_SINGLE - MOVSX8_RR;
  private static final int SEGMENT_TWIN = WIDE_SEGMENT - MOV_RS;

  static final int QRR = RR + WIDE;
  static final int QRI = RI + WIDE;
  static final int QRM = RM + WIDE;
  static final int QMR = MR + WIDE;
  static final int QMI = MI + WIDE;
  static final int QMOVSX8_RR = MOVSX8_RR + SINGLE_TWIN;
  static final int QMOVSX8_RM = MOVSX8_RM + SINGLE_TWIN;
  static final int QMOVSX16_RR = MOVSX16_RR + SINGLE_TWIN;
  static final int QMOVSX16_RM = MOVSX16_RM + SINGLE_TWIN;
  static final int QLEA = LEA + SINGLE_TWIN;
  static final int QINC_R = INC_R + SINGLE_TWIN;
  static final int QDEC_R = DEC_R + SINGLE_TWIN;
  static final int QNEG_R = NEG_R + SINGLE_TWIN;
  static final int QNOT_R = NOT_R + SINGLE_TWIN;
  static final int QINC_M = INC_M + SINGLE_TWIN;
  static final int QDEC_M = DEC_M + SINGLE_TWIN;
  static final int QSHL_RI = SHL_RI + SINGLE_TWIN;
  static final int QSHR_RI = SHR_RI + SINGLE_TWIN;
  static final int QSAR_RI = SAR_RI + SINGLE_TWIN;
  static final int QSHL_RC = SHL_RC + SINGLE_TWIN;
  static final int QSHR_RC = SHR_RC + SINGLE_TWIN;
  static final int QSAR_RC = SAR_RC + SINGLE_TWIN;
  static final int QROL_RI = ROL_RI + SINGLE_TWIN;
  static final int QROR_RI = ROR_RI + SINGLE_TWIN;
  static final int QIMUL_RR = IMUL_RR + SINGLE_TWIN;
  static final int QIMUL_RM = IMUL_RM + SINGLE_TWIN;
  static final int QIMUL_RRI = IMUL_RRI + SINGLE_TWIN;
  static final int QMUL_R = MUL_R + SINGLE_TWIN;
  static final int QXCHG_RR = XCHG_RR + SINGLE_TWIN;
  static final int QCDQ = CDQ + SINGLE_TWIN;
  static final int QCMOV_RR = CMOV_RR + SINGLE_TWIN;
  static final int QCMOV_RM = CMOV_RM + SINGLE_TWIN;
  static final int QBT_RI = BT_RI + SINGLE_TWIN;
  static final int QBSWAP = BSWAP + SINGLE_TWIN;
  static final int QMOV_RS = MOV_RS + SEGMENT_TWIN;
  static final int QMOV_SR = MOV_SR + SEGMENT_TWIN;
  static final int MOVSXD_RR = QMOV_SR + 1;
  static final int MOVSXD_RM = QMOV_SR + 2;

  private Op() {}

  /** The twin on 64 bits of an operation that has one; 0 of 0, which is none. */
  static int wide(int op) {
    if (op == 0) {
      return 0;
    }
    return op < BYTE ? op + WIDE : op < STACK ? op + SINGLE_TWIN : op + SEGMENT_TWIN;
  }
}
