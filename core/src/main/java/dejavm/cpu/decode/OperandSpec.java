package dejavm.cpu.decode;

/**
 * How an operand is encoded, in the letters of SDM volume 2 appendix A.2: a letter for the place
 * and one for the size. {@code RvMw} is a general register of the operand size, or memory of a
 * word.
 *
 * @param form the place
 * @param register a fixed register number or value, where the form has one
 * @param size the letter of the size as a register or immediate
 * @param memorySize the letter of the size as memory
 */
record OperandSpec(Form form, int register, char size, char memorySize) {
  /** Places of operands. */
  enum Form {
    /** ModRM.rm: general register or memory. */
    E(true),
    /** ModRM.rm: memory only. */
    M(true),
    /** ModRM.rm: general register only. */
    R(false),
    /** ModRM.reg: general register. */
    G(false),
    /** The low bits of the opcode: general register. */
    Z(false),
    /** ModRM.reg: segment register. */
    S(false),
    /** ModRM.reg: control register. */
    C(false),
    /** ModRM.reg: debug register. */
    D(false),
    /** ModRM.reg: MMX register. */
    P(false),
    /** ModRM.rm: MMX register or memory. */
    Q(true),
    /** ModRM.rm: MMX register only. */
    N(false),
    /** ModRM.reg: XMM register. */
    V(false),
    /** ModRM.rm: XMM register or memory. */
    W(true),
    /** ModRM.rm: XMM register only. */
    U(false),
    /** Immediate, sign-extended. */
    I(false),
    /** Immediate, zero-extended. */
    UNSIGNED(false),
    /** A byte, sign-extended to the operand size. */
    EXTENDED(false),
    /** A number that is not encoded. */
    CONSTANT(false),
    /** Displacement from the next instruction. */
    J(false),
    /** Far pointer in the instruction. */
    A(false),
    /** Memory at an absolute offset. */
    O(true),
    /** A general register that is not encoded. */
    FIXED(false),
    /** A segment register that is not encoded. */
    FIXED_SEGMENT(false),
    /** An XMM register that is not encoded. */
    FIXED_XMM(false),
    /** The top of the x87 stack. */
    ST0(false),
    /** ModRM.rm: x87 stack register. */
    STI(false);

    final boolean memory;

    Form(boolean memory) {
      this.memory = memory;
    }
  }

  static OperandSpec parse(String text) {
    return switch (text) {
      case "AL" -> new OperandSpec(Form.FIXED, 0, 'b', 'b');
      case "CL" -> new OperandSpec(Form.FIXED, 1, 'b', 'b');
      case "AX" -> new OperandSpec(Form.FIXED, 0, 'w', 'w');
      case "DX" -> new OperandSpec(Form.FIXED, 2, 'w', 'w');
      case "eAX" -> new OperandSpec(Form.FIXED, 0, 'z', 'z');
      case "rAX" -> new OperandSpec(Form.FIXED, 0, 'v', 'v');
      case "ES", "CS", "SS", "DS", "FS", "GS" ->
          new OperandSpec(Form.FIXED_SEGMENT, "ECSDFG".indexOf(text.charAt(0)), 'w', 'w');
      case "XMM0" -> new OperandSpec(Form.FIXED_XMM, 0, 'x', 'x');
      case "ST0" -> new OperandSpec(Form.ST0, 0, 't', 't');
      case "STi" -> new OperandSpec(Form.STI, 0, 't', 't');
      case "1" -> new OperandSpec(Form.CONSTANT, 1, 'b', 'b');
      case "Ibs" -> new OperandSpec(Form.EXTENDED, 0, 'v', 'v');
      case "Iub" -> new OperandSpec(Form.UNSIGNED, 0, 'b', 'b');
      case "Iw" -> new OperandSpec(Form.UNSIGNED, 0, 'w', 'w');
      default -> lettered(text);
    };
  }

  private static OperandSpec lettered(String text) {
    char size = text.charAt(1);
    if (text.length() == 4) {
      Form form =
          switch (text.charAt(0)) {
            case 'R' -> Form.E;
            case 'U' -> Form.W;
            default -> throw new IllegalArgumentException(text);
          };
      return new OperandSpec(form, 0, size, text.charAt(3));
    }
    Form form = Form.valueOf(text.substring(0, 1));
    return switch (form) {
      case P, Q, N -> new OperandSpec(form, 0, 'q', size);
      case V, W, U -> new OperandSpec(form, 0, 'x', size);
      default -> new OperandSpec(form, 0, size, size);
    };
  }

  /** ModRM.rm must name memory. */
  boolean needsMemory() {
    return form == Form.M;
  }

  /** ModRM.rm must name a register. */
  boolean needsRegister() {
    return form == Form.R || form == Form.N || form == Form.U;
  }
}
