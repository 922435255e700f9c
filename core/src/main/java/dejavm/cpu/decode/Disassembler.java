package dejavm.cpu.decode;

/**
 * Writes instructions in Intel syntax: {@code mov eax, dword ptr [ebx+ecx*4+0x10]}. Numbers are
 * hexadecimal above 9; the size of memory is always stated; a segment is where it is not the
 * default; prefixes only where they have an effect that nothing else in the text tells.
 */
public final class Disassembler {
  private static final String[] WORDS = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
  private static final String[] BYTES = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
  private static final String[] HIGH = {"ah", "ch", "dh", "bh"};
  private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};
  private static final String[] CONDITIONS = {
    "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
  };

  private static final int ES = 0;
  private static final int SS = 2;
  private static final int DS = 3;
  private static final int SI = 6;
  private static final int DI = 7;

  /**
   * The text of an instruction.
   *
   * @param address of its first byte, for branch targets
   */
  public String text(Insn insn, long address) {
    if (insn.mnemonic == Mnemonic.INVALID) {
      return "(bad)";
    }
    StringBuilder text = new StringBuilder();
    prefixes(text, insn);
    text.append(Names.of(insn));
    String separator = " ";
    boolean string = Names.isString(insn.mnemonic);
    if (string) {
      strings(text, insn);
    } else if (insn.mnemonic == Mnemonic.XLAT) {
      text.append(" byte ptr ").append(segment(insn, DS)).append('[');
      text.append(register(3, insn.addressSize)).append(']');
    } else if (Names.stackTopFirst(insn)) {
      text.append(" st");
      separator = ", ";
    }
    int shown = Names.shownOperands(insn);
    for (int i = 0; i < shown; i++) {
      text.append(separator);
      operand(text, insn, i, address);
      separator = ", ";
    }
    if (Names.stackTopLast(insn)) {
      text.append(", st");
    } else if (Names.storesMasked(insn.mnemonic) && insn.segment != DS) {
      text.append(", ").append(SEGMENTS[insn.segment]);
    }
    return text.toString();
  }

  private static void prefixes(StringBuilder text, Insn insn) {
    if (insn.lock) {
      text.append("lock ");
    }
    text.append(Names.sizePrefix(insn));
    if (insn.mnemonic == Mnemonic.MONITOR && insn.segment != DS) {
      text.append(SEGMENTS[insn.segment]).append(' ');
    }
    boolean string = Names.isString(insn.mnemonic);
    boolean compares = insn.mnemonic == Mnemonic.CMPS || insn.mnemonic == Mnemonic.SCAS;
    if (insn.rep && (string || insn.row.pattern.equals("C3"))) {
      text.append(compares ? "repe " : "rep ");
    } else if (insn.repne && string) {
      text.append("repne ");
    }
  }

  private static void strings(StringBuilder text, Insn insn) {
    String pointer = Names.size(insn.operandSize);
    String source = pointer + segment(insn, DS) + "[" + register(SI, insn.addressSize) + "]";
    String destination =
        pointer
            + (insn.segment != DS ? SEGMENTS[ES] + ":" : "")
            + "["
            + register(DI, insn.addressSize)
            + "]";
    text.append(' ');
    switch (insn.mnemonic) {
      case MOVS -> text.append(destination).append(", ").append(source);
      case CMPS -> text.append(source).append(", ").append(destination);
      case LODS -> text.append(source);
      case OUTS -> text.append("dx, ").append(source);
      case INS -> text.append(destination).append(", dx");
      default -> text.append(destination);
    }
  }

  private static void operand(StringBuilder text, Insn insn, int i, long address) {
    Operand operand = insn.operands[i];
    switch (operand.kind()) {
      case REG -> text.append(register(operand.register(), operand.size()));
      case HIGH -> text.append(HIGH[operand.register()]);
      case SEGMENT -> text.append(SEGMENTS[operand.register()]);
      case CONTROL -> text.append("cr").append(operand.register());
      case DEBUG -> text.append("dr").append(operand.register());
      case MM -> text.append("mm").append(operand.register());
      case XMM -> text.append("xmm").append(operand.register());
      case ST -> {
        if (insn.row.specs[i].form() == OperandSpec.Form.ST0) {
          text.append("st");
        } else {
          text.append("st(").append(operand.register()).append(')');
        }
      }
      case MEM -> memory(text, insn, operand, address);
      case IMM -> {
        boolean second = i > 0 && insn.operands[i - 1].kind() == Operand.Kind.IMM;
        number(text, masked(second ? insn.immediate2 : insn.immediate, operand.size()));
      }
      case REL -> number(text, masked(address + insn.length + insn.immediate, insn.operandSize));
      case FAR -> {
        number(text, insn.immediate);
        text.append(", ");
        number(text, insn.immediate2);
      }
    }
  }

  private static void memory(StringBuilder text, Insn insn, Operand operand, long start) {
    text.append(Names.memorySize(insn, operand.size()));
    boolean onStack = insn.base == 4 || insn.base == 5;
    boolean address = insn.mnemonic == Mnemonic.LEA;
    text.append(address ? "" : segment(insn, onStack ? SS : DS)).append('[');
    boolean based = insn.base < Insn.NO_REGISTER;
    boolean indexed = insn.index != Insn.NO_REGISTER;
    if (based) {
      text.append(register(insn.base, insn.addressSize));
    }
    if (indexed) {
      text.append(based ? "+" : "").append(register(insn.index, insn.addressSize));
      if (insn.scale > 0 || !based) {
        text.append('*').append(1 << insn.scale);
      }
    }
    long displacement = insn.displacement;
    if (insn.base == Insn.RIP) {
      number(text, masked(start + insn.length + displacement, insn.addressSize));
    } else if (!based && !indexed) {
      number(text, masked(displacement, insn.addressSize));
    } else if (displacement != 0) {
      text.append(displacement < 0 ? '-' : '+');
      number(text, masked(Math.abs(displacement), insn.addressSize));
    }
    text.append(']');
  }

  /** The segment with a colon, or nothing where it is the default. */
  private static String segment(Insn insn, int usual) {
    return insn.segment == usual ? "" : SEGMENTS[insn.segment] + ":";
  }

  private static String register(int number, int size) {
    if (number >= 8) {
      return "r"
          + number
          + switch (size) {
            case 1 -> "b";
            case 2 -> "w";
            case 4 -> "d";
            default -> "";
          };
    }
    return switch (size) {
      case 1 -> BYTES[number];
      case 2 -> WORDS[number];
      case 4 -> "e" + WORDS[number];
      default -> "r" + WORDS[number];
    };
  }

  private static long masked(long value, int size) {
    return size >= 8 ? value : value & (1L << 8 * size) - 1;
  }

  private static void number(StringBuilder text, long value) {
    if (value >= 0 && value <= 9) {
      text.append(value);
    } else {
      text.append("0x").append(Long.toHexString(value));
    }
  }

  /** The suffix of a condition, as in JNE. */
  static String condition(int number) {
    return CONDITIONS[number];
  }
}
