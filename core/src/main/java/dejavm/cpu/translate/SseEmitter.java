package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R11;

import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Operand.Kind;
import dejavm.cpu.decode.Row;
import dejavm.cpu.decode.Rows;
import java.util.EnumSet;
import java.util.Set;

/**
 * The instructions on XMM registers, each by the host's own: the guest's XMM registers are in those
 * of the host, and so is its MXCSR, while {@link Workspace#XMM_LOADED} says so.
 *
 * <p>Not so those whose results differ between hosts, the approximations, and those that work on
 * the x87's registers, MXCSR or implicit general registers.
 */
final class SseEmitter {
  /** Results that a host chooses; accesses that depend on more than the operands. */
  private static final Set<Mnemonic> OTHERWISE =
      EnumSet.of(
          Mnemonic.RCPPS,
          Mnemonic.RCPSS,
          Mnemonic.RSQRTPS,
          Mnemonic.RSQRTSS,
          Mnemonic.MASKMOVDQU,
          Mnemonic.PCMPESTRI,
          Mnemonic.PCMPESTRM,
          Mnemonic.PCMPISTRI,
          Mnemonic.PCMPISTRM);

  /** What accesses 16 bytes at any address. */
  private static final Set<Mnemonic> UNALIGNED =
      EnumSet.of(Mnemonic.MOVUPS, Mnemonic.MOVUPD, Mnemonic.MOVDQU, Mnemonic.LDDQU);

  private final Emission e;
  private final Assembler a;
  private final FlagState flags;

  /** By index of row: the opcode with map and prefix, or 0 where it is not emitted. */
  private final int[] opcodes = new int[Rows.count()];

  /** By index of row: what stands in ModRM.reg if it is no register, or -1. */
  private final int[] extensions = new int[Rows.count()];

  /** By index of row: which operands stand in ModRM.reg and in ModRM.rm, or -1. */
  private final int[] regs = new int[Rows.count()];

  private final int[] rms = new int[Rows.count()];

  /**
   * @param features tells which of the features that rows came with the host has
   */
  SseEmitter(Emission emission, HostFeatures features) {
    e = emission;
    a = emission.a;
    flags = emission.flags;
    for (Row row : Rows.all()) {
      if ((row.unit == Row.Unit.SSE || row.unit == Row.Unit.PACKED)
          && !OTHERWISE.contains(row.mnemonic)
          && features.has(row.feature)) {
        read(row);
      }
    }
  }

  /** Takes an encoding apart: {@code 66 0F 38 17 /r} and the letters of its operands. */
  private void read(Row row) {
    int opcode = 0;
    int extension = -1;
    int map = 0;
    for (String part : row.pattern.split(" ")) {
      if (part.startsWith("/")) {
        extension = part.equals("/r") ? -1 : part.charAt(1) - '0';
      } else if (part.equals("66") && map == 0) {
        opcode |= Assembler.P66;
      } else if (part.equals("F3") && map == 0) {
        opcode |= Assembler.PF3;
      } else if (part.equals("F2") && map == 0) {
        opcode |= Assembler.PF2;
      } else if (part.equals("0F") && map == 0) {
        map = Assembler.MAP_0F;
      } else if (part.equals("38") && map == Assembler.MAP_0F) {
        map = Assembler.MAP_0F38;
      } else if (part.equals("3A") && map == Assembler.MAP_0F) {
        map = Assembler.MAP_0F3A;
      } else if (!part.startsWith("N")) {
        opcode |= Integer.parseInt(part, 16);
      }
    }
    String[] letters = row.operands.split(",");
    int reg = -1;
    int rm = -1;
    for (int i = 0; i < letters.length; i++) {
      switch (letters[i].charAt(0)) {
        case 'V', 'G' -> reg = i;
        case 'W', 'U', 'E', 'M', 'R' -> rm = i;
        case 'P', 'Q', 'N' -> {
          return;
        }
        default -> {}
      }
    }
    if (rm >= 0 && (reg >= 0 || extension >= 0)) {
      opcodes[row.index] = opcode | map;
      extensions[row.index] = extension;
      regs[row.index] = reg;
      rms[row.index] = rm;
    }
  }

  /** Whether {@link #emit} knows an instruction. */
  boolean accepts(Insn in) {
    if (opcodes[in.row.index] == 0) {
      return false;
    }
    boolean onXmm = false;
    for (Operand operand : in.operands) {
      if (operand.kind() == Kind.MM) {
        return false;
      }
      onXmm |= operand.kind() == Kind.XMM;
    }
    return onXmm;
  }

  /** Makes sure that the registers are loaded, for the first such instruction of a block. */
  void load() {
    flags.clobber();
    e.settled();
    e.requireXmm();
  }

  void emit() {
    Insn in = e.in;
    int row = in.row.index;
    int extension = extensions[row];
    Operand rm = in.operands[rms[row]];
    boolean setsFlags = (in.flagsWritten() & FlagState.ALL) != 0;
    if (Emission.isMemory(rm)) {
      boolean aligned = rm.size() == 16 && !UNALIGNED.contains(in.mnemonic);
      e.access(rm.size(), rms[row] == 0 && !setsFlags, aligned);
    } else if (setsFlags) {
      flags.clobber();
    }
    int reg = extension >= 0 ? extension : register(in.operands[regs[row]], regs[row] == 0);
    int other = Emission.isMemory(rm) ? e.memory() : register(rm, rms[row] == 0);
    a.modrm(opcodes[row], in.operandSize == 8 ? 8 : 4, reg, other, 0);
    if (in.operands[in.operands.length - 1].kind() == Kind.IMM) {
      a.byte1((int) in.immediate);
    }
    Operand first = in.operands[0];
    if (first.kind() == Kind.REG) {
      e.commit(first.register(), Emission.target(first.register(), R11));
    }
    if (setsFlags) {
      flags.produced(FlagState.Kind.EXACT);
    }
  }

  /** The register of an operand: XMM registers have the same numbers on both sides. */
  private int register(Operand operand, boolean written) {
    if (operand.kind() == Kind.XMM) {
      return operand.register();
    }
    return written ? Emission.target(operand.register(), R11) : e.use(operand.register(), R11);
  }
}
