package dejavm.cpu.interpret;

/**
 * The interpreter's specialised operations: what is frequent in 32-bit flat code. The suffixes tell
 * the operands, destination first: R register, I immediate, M memory; a number before them the
 * width where it is not 32.
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

  private Op() {}
}
