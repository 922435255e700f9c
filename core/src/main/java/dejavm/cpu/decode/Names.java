package dejavm.cpu.decode;

/** The parts of the text that depend on the instruction rather than on its operands. */
final class Names {
  private Names() {}

  /** The name, with the condition or the size where it has them. */
  static String of(Insn insn) {
    String name = insn.row.name;
    int size = insn.operandSize;
    return switch (insn.mnemonic) {
      case JCC -> "j" + Disassembler.condition(insn.condition);
      case SETCC -> "set" + Disassembler.condition(insn.condition);
      case CMOVCC -> "cmov" + Disassembler.condition(insn.condition);
      case CBW -> bySize(size, "cbw", "cwde", "cdqe");
      case CWD -> bySize(size, "cwd", "cdq", "cqo");
      case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS ->
          name + (size == 1 ? "b" : bySize(size, "w", "d", "q"));
      case PUSHA, POPA -> name + bySize(size, "", "d", "");
      case PUSHF, POPF, IRET -> name + bySize(size, "", "d", "q");
      case JCXZ -> bySize(insn.addressSize, "jcxz", "jecxz", "jrcxz");
      case SYSRET, SYSEXIT -> name + bySize(size, "", "", "q");
      case FXSAVE, FXRSTOR, XSAVE, XRSTOR, PCMPESTRI, PCMPESTRM ->
          name + bySize(size, "", "", "64");
      case CALLF -> "call far";
      case JMPF -> "jmp far";
      case RETF -> "ret far";
      case NOP ->
          exchangesWithItself(insn)
              ? bySize(size, "xchg ax, ax", "xchg eax, eax", "xchg rax, rax")
              : name;
      default -> name;
    };
  }

  private static boolean exchangesWithItself(Insn insn) {
    return insn.operands.length == 0
        && insn.row.pattern.endsWith("90")
        && insn.operandSize != (insn.mode == 16 ? 2 : 4);
  }

  private static String bySize(int size, String two, String four, String eight) {
    return size == 2 ? two : size == 4 ? four : eight;
  }

  static boolean isString(Mnemonic mnemonic) {
    return switch (mnemonic) {
      case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS -> true;
      default -> false;
    };
  }

  /** A word for a prefix whose effect shows nowhere else. */
  static String sizePrefix(Insn insn) {
    int usual = insn.mode == 16 ? 2 : 4;
    boolean hidesSize =
        switch (insn.mnemonic) {
          case CALL, JMP, CALLF, JMPF, PUSH, POP -> hides(insn.operands[0].kind());
          case RET, RETF, JCC, LOOP, LOOPE, LOOPNE, JCXZ, ENTER, LEAVE -> true;
          default -> false;
        };
    boolean stack = insn.row.sizeRule != Row.SizeRule.NORMAL;
    int expected = insn.mode == 64 && stack ? 8 : usual;
    String data =
        hidesSize && insn.operandSize != expected ? "data" + 8 * insn.operandSize + " " : "";
    boolean hidesAddress =
        switch (insn.mnemonic) {
          case LOOP, LOOPE, LOOPNE, MASKMOVQ, MASKMOVDQU, MONITOR -> true;
          default -> hasOffset(insn);
        };
    return hidesAddress && insn.addressSize != insn.mode / 8
        ? data + "addr" + 8 * insn.addressSize + " "
        : data;
  }

  private static boolean hides(Operand.Kind kind) {
    return switch (kind) {
      case REL, IMM, SEGMENT, FAR -> true;
      default -> false;
    };
  }

  private static boolean hasOffset(Insn insn) {
    for (OperandSpec spec : insn.row.specs) {
      if (spec.form() == OperandSpec.Form.O) {
        return true;
      }
    }
    return false;
  }

  /** The top of the stack is the destination, though no operand. */
  static boolean stackTopFirst(Insn insn) {
    if (insn.operands.length != 1) {
      return false;
    }
    return switch (insn.mnemonic) {
      case FADD, FMUL, FCOM, FCOMP, FSUB, FSUBR, FDIV, FDIVR -> true;
      case FIADD, FIMUL, FICOM, FICOMP, FISUB, FISUBR, FIDIV, FIDIVR -> true;
      case FLD, FILD, FBLD -> true;
      default -> false;
    };
  }

  /** The top of the stack is the source, though no operand. */
  static boolean stackTopLast(Insn insn) {
    return switch (insn.mnemonic) {
      case FST, FSTP, FSTPNCE, FIST, FISTP, FISTTP, FBSTP -> true;
      default -> false;
    };
  }

  /** How many of the operands assemblers write: not the implied XMM0. */
  static int shownOperands(Insn insn) {
    int count = insn.operands.length;
    boolean implied = count > 0 && insn.row.specs[count - 1].form() == OperandSpec.Form.FIXED_XMM;
    return implied ? count - 1 : count;
  }

  static String size(int bytes) {
    return switch (bytes) {
      case 1 -> "byte ptr ";
      case 2 -> "word ptr ";
      case 4 -> "dword ptr ";
      case 6 -> "fword ptr ";
      case 8 -> "qword ptr ";
      case 10 -> "tbyte ptr ";
      case 16 -> "xmmword ptr ";
      default -> "";
    };
  }

  static boolean storesMasked(Mnemonic mnemonic) {
    return mnemonic == Mnemonic.MASKMOVQ || mnemonic == Mnemonic.MASKMOVDQU;
  }

  static String memorySize(Insn insn, int bytes) {
    boolean usual = (insn.operandSize == 2) == (insn.mode == 16);
    return switch (insn.mnemonic) {
      case FLDENV, FNSTENV -> usual ? "" : "fpuenv" + bytes + " ptr ";
      case FRSTOR, FNSAVE -> usual ? "" : "fpustate" + bytes + " ptr ";
      case SGDT, SIDT, LGDT, LIDT -> size(6);
      default -> size(bytes);
    };
  }
}
