package dejavm.oracle;

import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Row;
import dejavm.cpu.decode.RowCoder;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Several instructions in a row, among them branches over the next one: what one leaves behind, the
 * flags above all, is what the next one finds. None of them reads a flag that is undefined.
 */
final class Sequences {
  /** How many bytes of a case are what is no instruction. */
  static final int INVALID_BYTES = 16;

  private static final int MOST = 7;
  private static final int ATTEMPTS = 20;
  private static final int CF = 1;
  private static final int ARITHMETIC = 0x8D5;

  private final RowCoder coder = new RowCoder();
  private final Decoder decoder = new Decoder();
  private final byte[] code = new byte[Layout.CODE_BYTES];
  private int length;

  /** What is common to the flags of a sequence, step by step. */
  private static final class FlagsOf {
    private int undefined;
    private int skipped;

    void add(Insn insn) {
      // Behind a branch both ways are possible.
      int otherwise = skipped;
      skipped = insn.mnemonic == Mnemonic.JCC ? undefined : 0;
      int kept = insn.flagsMayStay() ? undefined : undefined & ~insn.flagsWritten();
      undefined = kept | insn.flagsUndefined() | shiftedOut(insn) | otherwise;
    }
  }

  /** Flags that are undefined after shifts by as many bits as there are, or more. */
  private static int shiftedOut(Insn insn) {
    boolean narrow = insn.operands.length > 0 && insn.operands[0].size() < 4;
    return switch (insn.mnemonic) {
      case SHL, SHR -> narrow ? CF : 0;
      case SHLD, SHRD -> narrow ? ARITHMETIC : 0;
      default -> 0;
    };
  }

  /**
   * Whether an instruction may stand in a sequence: all that it does is compared, and it is short.
   */
  static boolean isOrdinary(Insn insn) {
    boolean memory = false;
    for (Operand operand : insn.operands) {
      memory |= operand.kind() == Operand.Kind.MEM;
    }
    return isOrdinary(insn.row)
        && !insn.lock
        && !insn.rep
        && !insn.repne
        && !(memory && (insn.mnemonic == Mnemonic.XCHG || insn.operands[0].size() == 10));
  }

  private static boolean isOrdinary(Row row) {
    return row.unit != Row.Unit.SYSTEM
        && switch (row.mnemonic) {
          case INVALID, MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS, IN, OUT, CLI, STI, HLT -> false;
          case CALL, JMP, RET, JCC, LOOP, LOOPE, LOOPNE, JCXZ, INT, INT1, INT3, INTO -> false;
          case PUSHA, POPA, ENTER, BOUND, UD0, UD1, UD2, MASKMOVQ, MASKMOVDQU -> false;
          case FLDENV, FRSTOR, FNSTENV, FNSAVE, FXSAVE, FXRSTOR, FBLD, FBSTP -> false;
          case MOVD, MOVQ, MOVNTQ -> row.unit != Row.Unit.PACKED;
          default -> true;
        };
  }

  /** Makes some instructions that follow one; returns all of them. */
  Insn[] after(Insn first, List<Row> rows, SplittableRandom random) {
    List<Insn> all = new ArrayList<>();
    all.add(first);
    FlagsOf flags = new FlagsOf();
    flags.add(first);
    length = 0;
    int room = Layout.CODE_BYTES - Decoder.MAX_LENGTH - 1;
    int count = random.nextInt(1, MOST);
    int branch = -1;
    for (int i = 0; i < count; i++) {
      Insn insn = branch < 0 && random.nextInt(5) == 0 ? branch(random, first.mode, flags) : null;
      boolean branches = insn != null;
      if (insn == null) {
        insn = next(rows, first.mode, flags, random);
      }
      if (insn == null || length + insn.length > room) {
        break;
      }
      length += insn.length;
      if (branch >= 0) {
        // Over this instruction.
        code[branch] = (byte) insn.length;
        all.set(all.size() - 1, decoder.decode(code, branch - 1, branch + 1, first.mode));
      }
      branch = branches ? length - 1 : -1;
      flags.add(insn);
      all.add(insn);
    }
    return all.toArray(Insn[]::new);
  }

  private Insn branch(SplittableRandom random, int mode, FlagsOf flags) {
    code[length] = (byte) (0x70 | random.nextInt(16));
    code[length + 1] = 0;
    Insn insn = decoder.decode(code, length, length + 2, mode);
    return (insn.flagsRead() & flags.undefined) == 0 ? insn : null;
  }

  private Insn next(List<Row> rows, int mode, FlagsOf flags, SplittableRandom random) {
    boolean integer = random.nextInt(4) != 0;
    boolean reading = random.nextInt(4) == 0;
    for (int i = 0; i < ATTEMPTS; i++) {
      Row row = rows.get(random.nextInt(rows.size()));
      while (!isOrdinary(row)
          || integer && (row.unit != Row.Unit.INTEGER || reading && row.flagsRead == 0)) {
        row = rows.get(random.nextInt(rows.size()));
      }
      coder.write(row, mode, random);
      Insn insn = decoder.decode(coder.code(), 0, coder.code().length, mode);
      if (insn.length <= Decoder.MAX_LENGTH
          && Comparability.of(insn, coder.code())
          && isOrdinary(insn)
          && (insn.flagsRead() & flags.undefined) == 0
          && (insn.modrm >= 0xC0 || random.nextInt(4) == 0)) {
        System.arraycopy(coder.code(), 0, code, length, Decoder.MAX_LENGTH);
        return insn;
      }
    }
    return null;
  }

  /** Copies what was made behind the first instruction. */
  void copy(byte[] into, int at) {
    System.arraycopy(code, 0, into, at, length);
  }

  /** The instructions of a case, decoded from its bytes: up to the traps behind them. */
  static Insn[] decode(Image before) {
    byte[] bytes = new byte[Layout.CODE_BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = before.segment().get(ValueLayout.JAVA_BYTE, before.at() + Layout.BYTES + i);
    }
    List<Insn> all = new ArrayList<>();
    int at = 0;
    do {
      Insn insn = new Decoder().decode(bytes, at, bytes.length, before.is64() ? 64 : 32);
      if (insn == null || insn.mnemonic == Mnemonic.INVALID && at > 0) {
        break;
      }
      all.add(insn);
      at += insn.mnemonic == Mnemonic.INVALID ? bytes.length : insn.length;
    } while (at < bytes.length && bytes[at] != (byte) 0xCC);
    return all.toArray(Insn[]::new);
  }

  /** The flags that may be undefined where the host has left a sequence. */
  static int undefinedFlags(Insn[] all, Image before, Image host) {
    FlagsOf flags = new FlagsOf();
    long at = before.field(Layout.RIP);
    for (Insn insn : all) {
      if (host.field(Layout.RIP) == at) {
        break;
      }
      flags.add(insn);
      at += insn.length;
    }
    return flags.undefined;
  }
}
