package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R11;
import static dejavm.cpu.translate.Assembler.R9;

import dejavm.cpu.X87;
import dejavm.cpu.X87Escape;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Row;

/**
 * The x87 instructions, each by the host's own on its own stack of 80-bit registers, which holds
 * the guest's while {@link Workspace#X87_LOADED} says so: then all exceptions are masked, so that
 * nothing is ever pending.
 *
 * <p>The surprising fact: what the host keeps as pointers to its last instruction and operand are
 * addresses of the host. The guest's are noted by each instruction, in a form that costs one store:
 * see {@link Workspace#X87_LAST}.
 *
 * <p>Not so those whose results differ between hosts (the transcendental ones, and the partial
 * remainders, which may stop early at different places), what loads or stores the environment, and
 * encodings that are not documented.
 *
 * <p>Source: Intel SDM volume 1, chapter 8; volume 2, appendix B.17.
 */
final class X87Emitter {
  /** Precision control, of which one value is reserved. */
  private static final int PRECISION = 0x300;

  private static final int RESERVED_PRECISION = 0x100;

  private final Emission e;
  private final Assembler a;
  private final FlagState flags;
  private final HostFeatures features;

  /** An instruction of the block has noted the page that it is in. */
  private boolean pageNoted;

  X87Emitter(Emission emission, HostFeatures features) {
    e = emission;
    a = emission.a;
    flags = emission.flags;
    this.features = features;
  }

  /** Whether {@link #emit} knows an instruction. */
  boolean accepts(Insn in) {
    return in.row.unit == Row.Unit.X87
        && features.x87KeepsConditions()
        && (!in.row.feature.equals("SSE3") || features.has("SSE3"))
        && (isWait(in)
            || (in.modrm < 0xC0 ? acceptsMemory(in) : acceptsRegisters(in.opcode, in.modrm)));
  }

  /** FWAIT, the only one without ModRM: with nothing pending it does nothing. */
  private static boolean isWait(Insn in) {
    return in.mnemonic == Mnemonic.FWAIT;
  }

  private static boolean acceptsMemory(Insn in) {
    return switch (in.mnemonic) {
      case FLDCW, FNSTCW, FNSTSW -> true;
      case FBLD, FBSTP, FLDENV, FNSTENV, FRSTOR, FNSAVE, FXSAVE, FXRSTOR -> false;
      default -> bytes(in) > 0;
    };
  }

  /** The bytes of a memory operand, but for those of the control instructions. */
  private static int bytes(Insn in) {
    int reg = in.modrm >> 3 & 7;
    return Math.max(
        X87Escape.sourceBytes(in.opcode, reg), X87Escape.destinationBytes(in.opcode, reg));
  }

  private static boolean acceptsRegisters(int opcode, int modrm) {
    int reg = modrm >> 3 & 7;
    return switch (opcode) {
      case 0xD8 -> true;
      case 0xD9 ->
          switch (reg) {
            case 0, 1 -> true;
            case 2 -> modrm == 0xD0;
            case 4 -> modrm == 0xE0 || modrm == 0xE1 || modrm >= 0xE4 && modrm <= 0xE5;
            case 5 -> modrm <= 0xEE;
            // FDECSTP, FINCSTP, FSQRT, FRNDINT.
            case 6 -> modrm >= 0xF6;
            default -> modrm == 0xFA || modrm == 0xFC;
          };
      case 0xDA -> reg < 4 || modrm == 0xE9;
      case 0xDB -> reg < 4 || modrm == 0xE2 || reg == 5 || reg == 6;
      case 0xDC -> reg != 2 && reg != 3;
      case 0xDD -> reg != 1 && reg < 6;
      case 0xDE -> reg != 2 && (reg != 3 || modrm == 0xD9);
      case 0xDF -> modrm == 0xE0 || reg == 5 || reg == 6;
      default -> false;
    };
  }

  /** Makes sure that the registers are loaded, for the first such instruction of a block. */
  void load() {
    flags.clobber();
    e.settled();
    e.requireX87();
    pageNoted = false;
  }

  /**
   * Emits the instruction under way.
   *
   * @param next the one after it in the block, or null
   */
  void emit(Insn next) {
    Insn in = e.in;
    if (isWait(in)) {
      return;
    }
    if (in.modrm >= 0xC0) {
      onRegisters(in);
    } else {
      switch (in.mnemonic) {
        case FLDCW -> {
          loadControl();
          return;
        }
        case FNSTCW -> {
          e.access(2, true);
          a.load(4, R11, a.at(Emission.STATE, Workspace.X87_CONTROL));
          a.store(2, e.memory(), R11);
          return;
        }
        case FNSTSW -> {
          e.access(2, true);
          a.modrm(in.opcode, 4, 7, e.memory(), 0);
          return;
        }
        default -> onMemory(in);
      }
    }
    if (!isControl(in) && !covers(next)) {
      note(in);
    }
  }

  private static boolean isControl(Insn in) {
    return in.modrm >= 0xC0 && X87Escape.isControl(in.opcode, in.modrm);
  }

  /** Whether an instruction notes itself before anything may leave the block. */
  private boolean covers(Insn next) {
    return next != null
        && !isWait(next)
        && next.modrm >= 0xC0
        && next.row.unit == Row.Unit.X87
        && accepts(next)
        && !isControl(next);
  }

  private void onRegisters(Insn in) {
    int reg = in.modrm >> 3 & 7;
    if (reg < 4 && (in.opcode == 0xDA || in.opcode == 0xDB)) {
      int i = in.modrm & 7;
      int condition = flags.condition(moveCondition(in.opcode, reg));
      // Bit 0 of a condition is its opposite, which is in the opcode here.
      a.byte1((condition & 1) == 0 ? 0xDA : 0xDB);
      a.byte1(0xC0 | moveNumber(condition) << 3 | i);
      return;
    }
    boolean setsFlags = (in.flagsWritten() & FlagState.ALL) != 0;
    if (setsFlags) {
      flags.clobber();
    }
    a.byte1(in.opcode);
    a.byte1(in.modrm);
    if (setsFlags) {
      flags.produced(FlagState.Kind.EXACT);
    }
  }

  private static int moveCondition(int opcode, int number) {
    int condition =
        switch (number) {
          case 0 -> Assembler.B;
          case 1 -> Assembler.E;
          case 2 -> Assembler.BE;
          default -> Assembler.P;
        };
    return opcode == 0xDA ? condition : condition | 1;
  }

  private static int moveNumber(int condition) {
    return switch (condition & ~1) {
      case Assembler.B -> 0;
      case Assembler.E -> 1;
      case Assembler.BE -> 2;
      default -> 3;
    };
  }

  private void onMemory(Insn in) {
    int reg = in.modrm >> 3 & 7;
    e.access(bytes(in), X87Escape.destinationBytes(in.opcode, reg) > 0);
    a.modrm(in.opcode, 4, reg, e.memory(), 0);
    int offset = e.address;
    if (!Emission.isFlat(e.mode, in.segment)) {
      int width = e.mode.bits() == 64 ? 8 : 4;
      a.copy(R11, offset);
      a.from(
          Assembler.SUB, width, R11, a.at(Emission.STATE, Workspace.SEGMENT_BASE + 8 * in.segment));
      offset = R11;
    }
    a.store(8, a.at(Emission.STATE, Workspace.X87_DATA), offset);
    a.storeConstant(4, a.at(Emission.STATE, Workspace.X87_SEGMENT), in.segment);
  }

  private void note(Insn in) {
    if (!pageNoted) {
      a.load(8, R9, a.at(Emission.STATE, Workspace.PAGE));
      a.store(8, a.at(Emission.STATE, Workspace.X87_PAGE), R9);
      pageNoted = true;
    }
    a.storeConstant(
        4,
        a.at(Emission.STATE, Workspace.X87_LAST),
        Workspace.x87Last(in.opcode, in.modrm, e.offset));
  }

  private void loadControl() {
    e.access(2, false);
    a.zeroExtend(2, R11, e.memory());
    a.load(4, R9, R11);
    a.with(Assembler.AND, 4, R9, X87.EXCEPTIONS);
    a.with(Assembler.CMP, 4, R9, X87.EXCEPTIONS);
    e.interpretIf(Assembler.NE);
    a.load(4, R9, R11);
    a.with(Assembler.AND, 4, R9, PRECISION);
    a.with(Assembler.CMP, 4, R9, RESERVED_PRECISION);
    e.interpretIf(Assembler.E);
    a.with(Assembler.AND, 4, R11, X87.CONTROL_BITS);
    a.with(Assembler.OR, 4, R11, X87.CONTROL_FIXED);
    a.store(4, a.at(Emission.STATE, Workspace.X87_CONTROL), R11);
    // FLDCW.
    a.modrm(0xD9, 4, 5, a.at(Emission.STATE, Workspace.X87_CONTROL), 0);
  }

  /** Whether the host may execute the guest's instructions: nothing can trap. */
  static boolean isUsable(int control) {
    return (control & X87.EXCEPTIONS) == X87.EXCEPTIONS
        && (control & PRECISION) != RESERVED_PRECISION;
  }
}
