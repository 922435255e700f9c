package dejavm.cpu.translate;

import java.util.Arrays;

/**
 * Encodes x86-64 instructions, of those that the translator needs, into a buffer.
 *
 * <p>An operand {@code rm} is a register, or {@link #MEMORY}: the address that {@link #at} was told
 * last. Sizes are in bytes.
 *
 * <p>Source: Intel SDM volume 2, chapter 2 and appendix B.
 */
final class Assembler {
  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;
  static final int R8 = 8;
  static final int R9 = 9;
  static final int R10 = 10;
  static final int R11 = 11;
  static final int R12 = 12;
  static final int R13 = 13;
  static final int R14 = 14;
  static final int R15 = 15;

  /** In place of a register: the address told last. */
  static final int MEMORY = -1;

  /** In an address: no base, or no index. */
  static final int NONE = -1;

  // Arithmetic, by number in the opcode.
  static final int ADD = 0;
  static final int OR = 1;
  static final int ADC = 2;
  static final int SBB = 3;
  static final int AND = 4;
  static final int SUB = 5;
  static final int XOR = 6;
  static final int CMP = 7;

  // Shifts, by number in ModRM.
  static final int ROL = 0;
  static final int ROR = 1;
  static final int SHL = 4;
  static final int SHR = 5;
  static final int SAR = 7;

  // The group of F6 and F7.
  static final int NOT = 2;
  static final int NEG = 3;
  static final int MUL = 4;
  static final int IMUL = 5;
  static final int DIV = 6;
  static final int IDIV = 7;

  // Conditions.
  static final int O = 0;
  static final int B = 2;
  static final int AE = 3;
  static final int E = 4;
  static final int NE = 5;
  static final int BE = 6;
  static final int A = 7;
  static final int S = 8;
  static final int NS = 9;
  static final int P = 10;

  // Opcode maps and prefixes, to be added to an opcode.
  static final int MAP_0F = 0x100;
  static final int MAP_0F38 = 0x200;
  static final int MAP_0F3A = 0x300;
  static final int P66 = 0x66_0000;
  static final int PF3 = 0xF3_0000;
  static final int PF2 = 0xF2_0000;

  private byte[] buffer = new byte[1 << 14];
  private int size;
  private long origin;

  private int base;
  private int index;
  private int scale;
  private int displacement;

  /** Begins anew: what follows will lie at an address of the host. */
  void begin(long address) {
    origin = address;
    size = 0;
  }

  byte[] bytes() {
    return buffer;
  }

  int size() {
    return size;
  }

  /** The host's address of what comes next. */
  long here() {
    return origin + size;
  }

  // ---- bytes ----

  void byte1(int value) {
    if (size + 16 > buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    buffer[size++] = (byte) value;
  }

  private void int4(int value) {
    byte1(value);
    byte1(value >> 8);
    byte1(value >> 16);
    byte1(value >> 24);
  }

  private void long8(long value) {
    int4((int) value);
    int4((int) (value >>> 32));
  }

  // ---- operands ----

  /** The address of the next operand {@link #MEMORY}. */
  int at(int baseRegister, int indexRegister, int shift, int offset) {
    base = baseRegister;
    index = indexRegister;
    scale = shift;
    displacement = offset;
    return MEMORY;
  }

  int at(int baseRegister, int offset) {
    return at(baseRegister, NONE, 0, offset);
  }

  /**
   * An instruction with ModRM.
   *
   * @param opcode with map and prefix
   * @param bytes the operand size: 2 has the prefix 66, 8 has REX.W
   * @param reg a register, or the number of an operation
   * @param narrow of whose byte registers SPL to DIL need a REX: bit 0 reg, bit 1 rm
   */
  void modrm(int opcode, int bytes, int reg, int rm, int narrow) {
    if (bytes == 2) {
      byte1(0x66);
    }
    int prefix = opcode >>> 16;
    if (prefix != 0) {
      byte1(prefix);
    }
    int rex = (bytes == 8 ? 8 : 0) | (reg & 8) >> 1;
    boolean needed = (narrow & 1) != 0 && reg >= 4;
    if (rm != MEMORY) {
      rex |= rm >> 3;
      needed |= (narrow & 2) != 0 && rm >= 4;
    } else {
      rex |= (base != NONE ? base >> 3 : 0) | (index != NONE ? index >> 3 << 1 : 0);
    }
    if (rex != 0 || needed) {
      byte1(0x40 | rex);
    }
    switch (opcode >> 8 & 0xFF) {
      case 1 -> byte1(0x0F);
      case 2 -> {
        byte1(0x0F);
        byte1(0x38);
      }
      case 3 -> {
        byte1(0x0F);
        byte1(0x3A);
      }
      default -> {}
    }
    byte1(opcode);
    if (rm != MEMORY) {
      byte1(0xC0 | (reg & 7) << 3 | rm & 7);
    } else {
      address(reg & 7);
    }
  }

  private void address(int reg) {
    if (base == NONE) {
      byte1(reg << 3 | 4);
      byte1(scale << 6 | (index == NONE ? 4 : index & 7) << 3 | 5);
      int4(displacement);
      return;
    }
    boolean sib = index != NONE || (base & 7) == 4;
    int mod =
        displacement == 0 && (base & 7) != 5 ? 0 : displacement == (byte) displacement ? 1 : 2;
    byte1(mod << 6 | reg << 3 | (sib ? 4 : base & 7));
    if (sib) {
      byte1(scale << 6 | (index == NONE ? 4 : index & 7) << 3 | base & 7);
    }
    if (mod == 1) {
      byte1(displacement);
    } else if (mod == 2) {
      int4(displacement);
    }
  }

  /** An instruction whose opcode for bytes is even, and one more for other sizes. */
  private void sized(int opcode, int bytes, int reg, int rm) {
    modrm(bytes == 1 ? opcode : opcode | 1, bytes, reg, rm, bytes == 1 ? 3 : 0);
  }

  // ---- moves ----

  /** {@code rm := reg}. */
  void store(int bytes, int rm, int reg) {
    sized(0x88, bytes, reg, rm);
  }

  /** {@code reg := rm}. */
  void load(int bytes, int reg, int rm) {
    sized(0x8A, bytes, reg, rm);
  }

  /** Copies all 64 bits, if there is anything to do. */
  void copy(int to, int from) {
    if (to != from) {
      load(8, to, from);
    }
  }

  /** Loads a constant, and leaves the flags alone. */
  void constant(int reg, long value) {
    if (value >>> 32 == 0) {
      if (reg >= 8) {
        byte1(0x41);
      }
      byte1(0xB8 | reg & 7);
      int4((int) value);
    } else if (value == (int) value) {
      modrm(0xC7, 8, 0, reg, 0);
      int4((int) value);
    } else {
      byte1(0x48 | reg >> 3);
      byte1(0xB8 | reg & 7);
      long8(value);
    }
  }

  /** Loads a constant that may be patched later: its eight bytes come last. */
  void patchable(int reg, long value) {
    byte1(0x48 | reg >> 3);
    byte1(0xB8 | reg & 7);
    long8(value);
  }

  /** {@code rm := value}, sign-extended to 8 bytes. */
  void storeConstant(int bytes, int rm, int value) {
    sized(0xC6, bytes, 0, rm);
    immediate(bytes, value);
  }

  private void immediate(int bytes, int value) {
    switch (bytes) {
      case 1 -> byte1(value);
      case 2 -> {
        byte1(value);
        byte1(value >> 8);
      }
      default -> int4(value);
    }
  }

  /** Zero-extends 1 or 2 bytes to 4, and so to 8. */
  void zeroExtend(int from, int reg, int rm) {
    modrm(MAP_0F | (from == 1 ? 0xB6 : 0xB7), 4, reg, rm, from == 1 ? 2 : 0);
  }

  /** Sign-extends 1, 2 or 4 bytes to 2, 4 or 8. */
  void signExtend(int from, int to, int reg, int rm) {
    if (from == 4) {
      modrm(0x63, to, reg, rm, 0);
    } else {
      modrm(MAP_0F | (from == 1 ? 0xBE : 0xBF), to, reg, rm, from == 1 ? 2 : 0);
    }
  }

  /** The address told last into a register; leaves the flags alone. */
  void lea(int bytes, int reg, int memory) {
    modrm(0x8D, bytes, reg, memory, 0);
  }

  void push(int reg) {
    if (reg >= 8) {
      byte1(0x41);
    }
    byte1(0x50 | reg & 7);
  }

  void pop(int reg) {
    if (reg >= 8) {
      byte1(0x41);
    }
    byte1(0x58 | reg & 7);
  }

  /** The flags into a register, by way of the stack. */
  void flagsInto(int reg) {
    byte1(0x9C);
    pop(reg);
  }

  // ---- arithmetic ----

  /** {@code rm := rm op reg}. */
  void to(int operation, int bytes, int rm, int reg) {
    sized(operation << 3, bytes, reg, rm);
  }

  /** {@code reg := reg op rm}. */
  void from(int operation, int bytes, int reg, int rm) {
    sized(operation << 3 | 2, bytes, reg, rm);
  }

  /** {@code rm := rm op value}, sign-extended to 8 bytes. */
  void with(int operation, int bytes, int rm, int value) {
    if (bytes == 1) {
      modrm(0x80, 1, operation, rm, 2);
      byte1(value);
    } else if (value == (byte) value) {
      modrm(0x83, bytes, operation, rm, 0);
      byte1(value);
    } else {
      modrm(0x81, bytes, operation, rm, 0);
      immediate(bytes, value);
    }
  }

  void test(int bytes, int rm, int reg) {
    sized(0x84, bytes, reg, rm);
  }

  void testConstant(int bytes, int rm, int value) {
    modrm(bytes == 1 ? 0xF6 : 0xF7, bytes, 0, rm, bytes == 1 ? 2 : 0);
    immediate(bytes, value);
  }

  void increment(int bytes, int rm) {
    modrm(bytes == 1 ? 0xFE : 0xFF, bytes, 0, rm, bytes == 1 ? 2 : 0);
  }

  void decrement(int bytes, int rm) {
    modrm(bytes == 1 ? 0xFE : 0xFF, bytes, 1, rm, bytes == 1 ? 2 : 0);
  }

  /** NOT, NEG, MUL, IMUL, DIV or IDIV of one operand. */
  void unary(int operation, int bytes, int rm) {
    modrm(bytes == 1 ? 0xF6 : 0xF7, bytes, operation, rm, bytes == 1 ? 2 : 0);
  }

  void multiply(int bytes, int reg, int rm) {
    modrm(MAP_0F | 0xAF, bytes, reg, rm, 0);
  }

  void multiplyConstant(int bytes, int reg, int rm, int value) {
    modrm(0x69, bytes, reg, rm, 0);
    immediate(bytes, value);
  }

  /** A shift by a constant. */
  void shift(int operation, int bytes, int rm, int count) {
    if (count == 1) {
      modrm(bytes == 1 ? 0xD0 : 0xD1, bytes, operation, rm, bytes == 1 ? 2 : 0);
    } else {
      modrm(bytes == 1 ? 0xC0 : 0xC1, bytes, operation, rm, bytes == 1 ? 2 : 0);
      byte1(count);
    }
  }

  /** A shift by CL. */
  void shiftByCl(int operation, int bytes, int rm) {
    modrm(bytes == 1 ? 0xD2 : 0xD3, bytes, operation, rm, bytes == 1 ? 2 : 0);
  }

  /** BT (4), BTS (5), BTR (6) or BTC (7) of a constant bit. */
  void bit(int operation, int bytes, int rm, int number) {
    modrm(MAP_0F | 0xBA, bytes, operation, rm, 0);
    byte1(number);
  }

  void swapBytes(int bytes, int reg) {
    int rex = (bytes == 8 ? 8 : 0) | reg >> 3;
    if (rex != 0) {
      byte1(0x40 | rex);
    }
    byte1(0x0F);
    byte1(0xC8 | reg & 7);
  }

  void set(int condition, int rm) {
    modrm(MAP_0F | 0x90 | condition, 1, 0, rm, 2);
  }

  void moveIf(int condition, int bytes, int reg, int rm) {
    modrm(MAP_0F | 0x40 | condition, bytes, reg, rm, 0);
  }

  // ---- jumps ----

  /** Jumps to an address of the host. */
  void jump(long target) {
    byte1(0xE9);
    relative(target);
  }

  void jumpIf(int condition, long target) {
    byte1(0x0F);
    byte1(0x80 | condition);
    relative(target);
  }

  private void relative(long target) {
    long distance = target - (here() + 4);
    if (distance != (int) distance) {
      throw new IllegalStateException("code memory is larger than a jump reaches");
    }
    int4((int) distance);
  }

  /** Jumps forward, to where {@link #land} is told of what this returns. */
  int forward(int condition) {
    byte1(0x0F);
    byte1(0x80 | condition);
    int4(0);
    return size;
  }

  /** As {@link #forward}, without a condition. */
  int forward() {
    byte1(0xE9);
    int4(0);
    return size;
  }

  void land(int jump) {
    int distance = size - jump;
    for (int i = 0; i < 4; i++) {
      buffer[jump - 4 + i] = (byte) (distance >> 8 * i);
    }
  }

  void jumpTo(int reg) {
    modrm(0xFF, 4, 4, reg, 0);
  }

  void ret() {
    byte1(0xC3);
  }
}
