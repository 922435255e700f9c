package dejavm.cpu.translate;

import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Operand.Kind;
import dejavm.cpu.decode.Row;

/**
 * Which arithmetic flags somebody may look at, before each instruction of a block. Whatever leaves
 * the block, or may leave it in the middle, shows all of them.
 */
final class Liveness {
  private static final int ALL = FlagState.ALL;

  private Liveness() {}

  /** Tells of the flags before each of the first instructions of a block, from those after them. */
  static void find(Insn[] code, int count, FlagState flags) {
    int live = ALL;
    flags.live(count, live);
    for (int i = count - 1; i >= 0; i--) {
      live = live & ~replaced(code[i]) | code[i].flagsRead() & ALL;
      if (mayLeave(code[i])) {
        live = ALL;
      }
      flags.live(i, live);
    }
  }

  /** The flags that an instruction gives a value that does not depend on the one before. */
  private static int replaced(Insn in) {
    return switch (in.mnemonic) {
      case DIV, IDIV -> 0;
      case BT, BTS, BTR, BTC -> FlagState.CF;
      case BSF, BSR, MUL, IMUL -> ALL;
      default -> in.flagsMayStay() ? 0 : (in.flagsWritten() | in.flagsUndefined()) & ALL;
    };
  }

  private static boolean mayLeave(Insn in) {
    switch (in.mnemonic) {
      case LEA, NOP -> {
        return false;
      }
      case PAUSE,
          MOVS,
          STOS,
          LODS,
          SCAS,
          CMPS,
          DIV,
          IDIV,
          PUSH,
          POP,
          PUSHF,
          POPF,
          LEAVE,
          CLI,
          RDTSC,
          RDTSCP,
          JMP,
          CALL,
          RET,
          JCC -> {
        return true;
      }
      default -> {}
    }
    if (in.row.unit == Row.Unit.X87) {
      return true;
    }
    for (Operand operand : in.operands) {
      if (operand.kind() == Kind.MEM || operand.kind() == Kind.XMM) {
        return true;
      }
    }
    return false;
  }
}
