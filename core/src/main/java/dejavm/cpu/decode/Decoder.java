package dejavm.cpu.decode;

/**
 * Makes instructions of bytes. Prefixes may be repeated and in any order: the last segment override
 * and the last of F2 and F3 win, and REX counts only directly before the opcode. In 64-bit mode the
 * overrides ES, CS, SS and DS are ignored.
 *
 * <p>The fields are scratch: nothing in them outlives a call, and a decoder serves one thread.
 *
 * <p>Source: Intel SDM volume 2, chapter 2.
 */
public final class Decoder {
  /** The longest instruction. */
  public static final int MAX_LENGTH = 15;

  private static final int ES = 0;
  private static final int CS = 1;
  private static final int SS = 2;
  private static final int DS = 3;
  private static final int FS = 4;
  private static final int GS = 5;
  private static final int SP = 4;
  private static final int BP = 5;

  private static final int REX_W = 8;
  private static final int REX_R = 4;
  private static final int REX_X = 2;
  private static final int REX_B = 1;

  private static final Operand[] NONE = {};

  int mode;
  int operandSize;
  int addressSize;
  int repeat;
  boolean lock;
  int condition;
  int segment;
  int base;
  int index;
  int scale;
  long displacement;
  long immediate;
  long immediate2;
  int opcode;
  int modrm;

  private byte[] code;
  private int position;
  private int limit;
  private boolean exhausted;
  private boolean undefined;
  private boolean size66;
  private boolean size67;
  private int override;
  private int rex;
  private int immediates;

  /**
   * Decodes one instruction, reading no byte beyond it.
   *
   * @param bytes holds the instruction from {@code start} on, and ends before {@code end}
   * @param decodeMode 16, 32 or 64, as CS.D and CS.L say
   * @return null where the bytes end before the instruction does and fewer than 15 were seen; an
   *     INVALID one where the processor would raise #UD, or #GP(0) if it is too long
   */
  public Insn decode(byte[] bytes, int start, int end, int decodeMode) {
    code = bytes;
    position = start;
    limit = Math.min(end, start + MAX_LENGTH);
    mode = decodeMode;
    reset();
    opcode = prefixes();
    int map = 0;
    if (opcode == 0x0F) {
      opcode = next();
      map = 1;
      if (opcode == 0x38 || opcode == 0x3A) {
        map = opcode == 0x38 ? 2 : 3;
        opcode = next();
      }
    }
    addressSize = mode == 64 ? size67 ? 4 : 8 : mode == 32 ^ size67 ? 4 : 2;
    Row row = row(map);
    Operand[] operands = row == null ? NONE : operands(row);
    if (exhausted) {
      return limit - start < MAX_LENGTH ? null : invalid(MAX_LENGTH, true);
    }
    boolean badLock = lock && row != null && !lockable(row, operands);
    if (row == null || undefined || badLock) {
      return invalid(position - start, false);
    }
    return new Insn(this, row, operands, position - start, false);
  }

  private void reset() {
    exhausted = false;
    undefined = false;
    size66 = false;
    size67 = false;
    override = -1;
    rex = 0;
    repeat = 0;
    lock = false;
    condition = 0;
    base = Insn.NO_REGISTER;
    index = Insn.NO_REGISTER;
    scale = 0;
    displacement = 0;
    immediate = 0;
    immediate2 = 0;
    immediates = 0;
    operandSize = mode == 16 ? 2 : 4;
  }

  private Insn invalid(int length, boolean tooLong) {
    segment = DS;
    return new Insn(this, OpcodeTable.INVALID, NONE, length, tooLong);
  }

  private static boolean lockable(Row row, Operand[] operands) {
    return row.lockable && operands[0].kind() == Operand.Kind.MEM;
  }

  /** Reads the prefixes, and the byte after them. */
  private int prefixes() {
    while (true) {
      int b = next();
      switch (b) {
        case 0x26 -> override(ES);
        case 0x2E -> override(CS);
        case 0x36 -> override(SS);
        case 0x3E -> override(DS);
        case 0x64 -> override = FS;
        case 0x65 -> override = GS;
        case 0x66 -> size66 = true;
        case 0x67 -> size67 = true;
        case 0xF0 -> lock = true;
        case 0xF2, 0xF3 -> repeat = b;
        default -> {
          if (mode != 64 || (b & 0xF0) != 0x40) {
            return b;
          }
          rex = b;
          continue;
        }
      }
      rex = 0;
    }
  }

  private void override(int register) {
    if (mode != 64) {
      override = register;
    }
  }

  /** Finds the row, and reads ModRM and the address where there are such; null for none. */
  private Row row(int map) {
    boolean wide = (rex & REX_W) != 0;
    int kind = mode != 64 ? OpcodeTable.LEGACY : wide ? OpcodeTable.LONG_WIDE : OpcodeTable.LONG;
    // 90 is NOP, and not XCHG of a register with itself, unless REX.B makes that register R8
    boolean exchange = map == 0 && opcode == 0x90 && (rex & REX_B) != 0 && repeat != 0xF3;
    OpcodeTable.Slot slot = OpcodeTable.slot(kind, map, exchange ? 0x91 : opcode);
    segment = override < 0 ? DS : override;
    if (slot == null) {
      return null;
    }
    int prefix =
        repeat == 0xF3
            ? OpcodeTable.PREFIX_F3
            : repeat == 0xF2
                ? OpcodeTable.PREFIX_F2
                : size66 ? OpcodeTable.PREFIX_66 : OpcodeTable.PREFIX_NONE;
    if (!slot.hasModrm()) {
      return sized(slot.row(prefix, 0));
    }
    modrm = next();
    Row row = sized(slot.row(prefix, OpcodeTable.cell(modrm)));
    if (row != null && modrm < 0xC0 && !row.anyMod) {
      address();
    }
    return row;
  }

  /** Settles the operand size and the condition. */
  private Row sized(Row row) {
    if (row == null) {
      return null;
    }
    boolean toggle = size66 && row.mandatoryPrefix != 0x66;
    boolean wide = (rex & REX_W) != 0;
    int normal = wide ? 8 : (mode == 16) ^ toggle ? 2 : 4;
    operandSize =
        switch (row.sizeRule) {
          case NORMAL -> normal;
          case DEFAULT_64 -> mode == 64 && normal == 4 ? 8 : normal;
          case FORCED_64 -> mode == 64 ? 8 : normal;
          case AT_MOST_4 -> Math.min(normal, 4);
          case BYTE -> 1;
        };
    condition =
        switch (row.mnemonic) {
          case JCC, SETCC, CMOVCC -> opcode & 15;
          default -> 0;
        };
    return row;
  }

  private void address() {
    if (addressSize == 2) {
      address16();
      return;
    }
    int mod = modrm >> 6;
    base = modrm & 7 | (rex & REX_B) << 3;
    int low = modrm & 7;
    if (low == SP) {
      int sib = next();
      low = sib & 7;
      base = low | (rex & REX_B) << 3;
      int number = sib >> 3 & 7 | (rex & REX_X) << 2;
      if (number != SP) {
        index = number;
        scale = sib >> 6;
      }
      if (mod == 0 && low == BP) {
        base = Insn.NO_REGISTER;
        displacement = signed(4);
      }
    } else if (mod == 0 && low == BP) {
      base = mode == 64 ? Insn.RIP : Insn.NO_REGISTER;
      displacement = signed(4);
    }
    if (mod != 0) {
      displacement = signed(mod == 1 ? 1 : 4);
    }
    if (override < 0 && (base == SP || base == BP)) {
      segment = SS;
    }
  }

  private void address16() {
    int mod = modrm >> 6;
    int rm = modrm & 7;
    // BX+SI BX+DI BP+SI BP+DI SI DI BP BX
    base = 0x3_5_7_6_5_5_3_3 >> rm * 4 & 15;
    if (rm < 4) {
      index = 6 + (rm & 1);
    }
    if (mod == 0 && rm == 6) {
      base = Insn.NO_REGISTER;
    }
    if (mod != 0 || rm == 6) {
      displacement = signed(mod == 1 ? 1 : 2);
    }
    if (override < 0 && base == BP) {
      segment = SS;
    }
  }

  private Operand[] operands(Row row) {
    OperandSpec[] specs = row.specs;
    if (specs.length == 0) {
      return NONE;
    }
    Operand[] operands = new Operand[specs.length];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = operand(row, specs[i]);
    }
    // CS can be read, but only a far transfer loads it
    Operand first = operands[0];
    if (first.kind() == Operand.Kind.SEGMENT && first.register() == CS && operands.length == 2) {
      undefined = true;
    }
    return operands;
  }

  private Operand operand(Row row, OperandSpec spec) {
    int reg = modrm >> 3 & 7;
    int wideReg = reg | (rex & REX_R) << 1;
    int wideRm = modrm & 7 | (rex & REX_B) << 3;
    return switch (spec.form()) {
      case E, M, R -> modrm < 0xC0 && !row.anyMod ? memory(spec) : general(spec, wideRm);
      case G -> general(spec, wideReg);
      case Z -> general(spec, opcode & 7 | (rex & REX_B) << 3);
      case FIXED -> general(spec, spec.register());
      case S -> segmentRegister(reg);
      case FIXED_SEGMENT -> segmentRegister(spec.register());
      case C -> control(wideReg);
      case D -> debug(wideReg);
      case P -> Operand.of(Operand.Kind.MM, reg, 8);
      case Q, N -> modrm < 0xC0 ? memory(spec) : Operand.of(Operand.Kind.MM, modrm & 7, 8);
      case V -> Operand.of(Operand.Kind.XMM, wideReg, 16);
      case W, U -> modrm < 0xC0 ? memory(spec) : Operand.of(Operand.Kind.XMM, wideRm, 16);
      case FIXED_XMM -> Operand.of(Operand.Kind.XMM, spec.register(), 16);
      case ST0 -> Operand.of(Operand.Kind.ST, 0, 10);
      case STI -> Operand.of(Operand.Kind.ST, modrm & 7, 10);
      case O -> {
        displacement = unsigned(addressSize);
        yield memory(spec);
      }
      case J -> {
        immediate = signed(size(spec.size()));
        yield Operand.of(Operand.Kind.REL, 0, operandSize);
      }
      case A -> {
        immediate = unsigned(operandSize);
        immediate2 = unsigned(2);
        yield Operand.of(Operand.Kind.FAR, 0, operandSize + 2);
      }
      case I -> immediate(signed(size(spec.size())), spec.size() == 'b' ? 1 : operandSize);
      case EXTENDED -> immediate(signed(1), operandSize);
      case UNSIGNED -> immediate(unsigned(size(spec.size())), size(spec.size()));
      case CONSTANT -> immediate(spec.register(), 1);
    };
  }

  private Operand immediate(long value, int size) {
    if (immediates++ == 0) {
      immediate = value;
    } else {
      immediate2 = value;
    }
    return Operand.of(Operand.Kind.IMM, 0, size);
  }

  private Operand memory(OperandSpec spec) {
    return Operand.of(Operand.Kind.MEM, 0, size(spec.memorySize()));
  }

  private Operand general(OperandSpec spec, int register) {
    int size = size(spec.size());
    if (size == 1 && rex == 0 && register >= 4) {
      return Operand.of(Operand.Kind.HIGH, register - 4, 1);
    }
    return Operand.of(Operand.Kind.REG, register, size);
  }

  private Operand segmentRegister(int register) {
    undefined |= register > GS;
    return Operand.of(Operand.Kind.SEGMENT, register, 2);
  }

  private Operand control(int register) {
    undefined |= register == 1 || register > 4 && register != 8;
    return Operand.of(Operand.Kind.CONTROL, register, mode == 64 ? 8 : 4);
  }

  private Operand debug(int register) {
    undefined |= register > 7;
    return Operand.of(Operand.Kind.DEBUG, register & 7, mode == 64 ? 8 : 4);
  }

  /** Bytes for a letter of a size, see {@link OperandSpec}. */
  private int size(char letter) {
    boolean word = operandSize == 2;
    return switch (letter) {
      case 'b' -> 1;
      case 'w' -> 2;
      case 'd' -> 4;
      case 'q' -> 8;
      case 't' -> 10;
      case 'x' -> 16;
      case 'v' -> operandSize;
      case 'z' -> word ? 2 : 4;
      case 'y' -> operandSize == 8 ? 8 : 4;
      case 'n' -> mode == 64 ? 8 : 4;
      case 'p' -> operandSize + 2;
      case 's' -> mode == 64 ? 10 : 6;
      case 'a' -> operandSize * 2;
      case 'e' -> word ? 14 : 28;
      case 'f' -> word ? 94 : 108;
      case 'k' -> 512;
      default -> 0;
    };
  }

  private int next() {
    if (position >= limit) {
      exhausted = true;
      return 0;
    }
    return code[position++] & 0xFF;
  }

  private long unsigned(int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) next() << 8 * i;
    }
    return value;
  }

  private long signed(int size) {
    int unused = 64 - 8 * size;
    return unsigned(size) << unused >> unused;
  }
}
