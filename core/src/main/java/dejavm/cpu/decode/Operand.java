package dejavm.cpu.decode;

/**
 * One operand of a decoded instruction. Instances are shared: the value of an immediate and the
 * parts of an address are in the {@link Insn}, which has at most one of each.
 *
 * @param kind what it is
 * @param register REG: 0..15 of {@code size} bytes; HIGH: 0..3 for AH, CH, DH, BH; SEGMENT: 0..5
 *     for ES, CS, SS, DS, FS, GS; CONTROL, DEBUG, ST, MM, XMM: the number; else 0
 * @param size bytes; 0 for memory that is only an address (LEA, INVLPG)
 */
public record Operand(Kind kind, int register, int size) {
  /** The kinds of operands. */
  public enum Kind {
    REG,
    HIGH,
    SEGMENT,
    CONTROL,
    DEBUG,
    ST,
    MM,
    XMM,
    MEM,
    IMM,
    REL,
    FAR
  }

  private static final int REGISTERS = 16;
  private static final int SIZES = 17;
  private static final Operand[] SHARED = shared();

  /** The shared instance with these parts, made where it is of an unusual size. */
  static Operand of(Kind kind, int register, int size) {
    return size < SIZES
        ? SHARED[(kind.ordinal() * SIZES + size) * REGISTERS + register]
        : new Operand(kind, register, size);
  }

  private static Operand[] shared() {
    Kind[] kinds = Kind.values();
    Operand[] all = new Operand[kinds.length * SIZES * REGISTERS];
    for (int i = 0; i < all.length; i++) {
      all[i] = new Operand(kinds[i / (SIZES * REGISTERS)], i % REGISTERS, i / REGISTERS % SIZES);
    }
    return all;
  }
}
