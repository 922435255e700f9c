package dejavm.cpu.decode;

/** A decoded instruction: a function of its bytes and the mode, without a place in memory. */
public final class Insn {
  /** In {@link #base} and {@link #index}: there is none. */
  public static final int NO_REGISTER = 16;

  /** In {@link #base}: the address of the next instruction. */
  public static final int RIP = 17;

  private static final int OF = 0x800;

  /** What conditions O, B, E, BE, S, P, L, LE and their opposites read. */
  private static final int[] CONDITION_FLAGS = {OF, 1, 0x40, 0x41, 0x80, 4, 0x880, 0x8C0};

  public final Mnemonic mnemonic;
  public final Row row;

  /** 16, 32 or 64, as it was decoded for. */
  public final int mode;

  /** Bytes, 1 to 15. */
  public final int length;

  /** Effective operand size in bytes: 2, 4 or 8; 1 for string instructions on bytes. */
  public final int operandSize;

  /** Effective address size in bytes: 2, 4 or 8. */
  public final int addressSize;

  /** F0 is present. */
  public final boolean lock;

  /** F3 is present, after any F2, and does not select the instruction. */
  public final boolean rep;

  /** F2 is present, after any F3, and does not select the instruction. */
  public final boolean repne;

  /** Only with INVALID: longer than 15 bytes, which is #GP(0) instead of #UD. */
  public final boolean tooLong;

  /** The low four bits of the opcode of JCC, SETCC and CMOVCC; else 0. */
  public final int condition;

  /** The operands that assemblers show, destination first. Not to be written to. */
  public final Operand[] operands;

  /**
   * The segment of the memory operand, or of the source of a string instruction, after defaults and
   * overrides: 0 ES, 1 CS, 2 SS, 3 DS, 4 FS, 5 GS.
   */
  public final int segment;

  /** Register number 0..15, {@link #NO_REGISTER} or {@link #RIP}. */
  public final int base;

  /** Register number 0..15 or {@link #NO_REGISTER}. */
  public final int index;

  /** The index is shifted left by this, 0..3. */
  public final int scale;

  /**
   * Sign-extended; to be masked to the address size after adding. An absolute offset is here too.
   */
  public final long displacement;

  /**
   * The immediate, sign-extended from its operand's size, or zero-extended where it is a count, a
   * port or the like; for REL the distance from the next instruction; for FAR the offset.
   */
  public final long immediate;

  /** The selector of FAR, the level of ENTER. */
  public final long immediate2;

  /** The last opcode byte, for those whose operation is a table of its own: the x87 escapes. */
  public final int opcode;

  /** The ModRM byte, if there is one. */
  public final int modrm;

  Insn(Decoder decoder, Row row, Operand[] operands, int length, boolean tooLong) {
    this.mnemonic = row.mnemonic;
    this.row = row;
    this.operands = operands;
    this.length = length;
    this.tooLong = tooLong;
    mode = decoder.mode;
    operandSize = decoder.operandSize;
    addressSize = decoder.addressSize;
    lock = decoder.lock;
    rep = decoder.repeat == 0xF3 && row.mandatoryPrefix != 0xF3;
    repne = decoder.repeat == 0xF2 && row.mandatoryPrefix != 0xF2;
    condition = decoder.condition;
    segment = decoder.segment;
    base = decoder.base;
    index = decoder.index;
    scale = decoder.scale;
    displacement = decoder.displacement;
    immediate = decoder.immediate;
    immediate2 = decoder.immediate2;
    opcode = decoder.opcode;
    modrm = decoder.modrm;
  }

  /** The flags whose value before matters, as far as this instruction's condition tells. */
  public int flagsRead() {
    return switch (mnemonic) {
      case JCC, SETCC, CMOVCC -> CONDITION_FLAGS[condition >> 1];
      case RCL, RCR -> countIs(0) ? 0 : row.flagsRead;
      case PUSHF -> operandSize == 2 ? row.flagsRead & 0xFFFF : row.flagsRead;
      default -> row.flagsRead;
    };
  }

  /** The flags that get a defined value, as far as this instruction's count tells. */
  public int flagsWritten() {
    if (row.flagsMayStay && countIs(0)) {
      return 0;
    }
    int defined = row.flagsMayStay && countIs(1) ? row.flagsUndefined & OF : 0;
    boolean low = operandSize == 2 && (mnemonic == Mnemonic.POPF || mnemonic == Mnemonic.IRET);
    return (low ? row.flagsWritten & 0xFFFF : row.flagsWritten) | defined;
  }

  /** The flags that are left undefined, as far as this instruction's count tells. */
  public int flagsUndefined() {
    if (row.flagsMayStay && countIs(0)) {
      return 0;
    }
    return row.flagsMayStay && countIs(1) ? row.flagsUndefined & ~OF : row.flagsUndefined;
  }

  /** Some of the flags may also stay as they were, because a count may be zero. */
  public boolean flagsMayStay() {
    return switch (mnemonic) {
      case CMPS, SCAS -> rep || repne;
      default -> row.flagsMayStay && last() != Operand.Kind.IMM;
    };
  }

  /** A shift by an immediate count, and by this many after masking. */
  private boolean countIs(int count) {
    int mask = operands.length > 0 && operands[0].size() == 8 ? 63 : 31;
    return last() == Operand.Kind.IMM && (immediate & mask) == count;
  }

  private Operand.Kind last() {
    return operands.length == 0 ? null : operands[operands.length - 1].kind();
  }
}
