package dejavm;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts machine code together, for tests: bytes as they stand in the SDM, with labels, and methods
 * for what tests write most. Operand and address size are those of the code unless a prefix is
 * emitted.
 */
public final class Assembler {
  public static final int EAX = 0;
  public static final int ECX = 1;
  public static final int EDX = 2;
  public static final int EBX = 3;
  public static final int ESP = 4;
  public static final int EBP = 5;
  public static final int ESI = 6;
  public static final int EDI = 7;

  // Conditions, as in the low four bits of Jcc.
  public static final int CARRY = 2;
  public static final int EQUAL = 4;
  public static final int NOT_EQUAL = 5;

  // The /digit of the arithmetic group.
  public static final int ADD = 0;
  public static final int OR = 1;
  public static final int ADC = 2;
  public static final int AND = 4;
  public static final int SUB = 5;
  public static final int XOR = 6;
  public static final int CMP = 7;

  private record Use(int at, int size, boolean relative, String label) {}

  private final long origin;
  private final Map<String, Integer> labels = new LinkedHashMap<>();
  private final java.util.List<Use> uses = new java.util.ArrayList<>();
  private int bits;
  private byte[] code = new byte[256];
  private int length;

  /**
   * @param origin the address of the first byte, as an offset in its segment
   * @param bits 16 or 32
   */
  public Assembler(long origin, int bits) {
    this.origin = origin;
    this.bits = bits;
  }

  /** From here on for a segment of this size. */
  public Assembler bits(int newBits) {
    bits = newBits;
    return this;
  }

  /** The address of the next byte. */
  public long here() {
    return origin + length;
  }

  /** The address of a label. */
  public long address(String label) {
    Integer at = labels.get(label);
    if (at == null) {
      throw new IllegalArgumentException("no label " + label);
    }
    return origin + at;
  }

  public byte[] code() {
    for (Use use : uses) {
      long target = address(use.label);
      patch(use.at, use.size, use.relative ? target - (origin + use.at + use.size) : target);
    }
    return Arrays.copyOf(code, length);
  }

  private void patch(int at, int size, long value) {
    boolean fits = size == 4 || (size == 1 ? value == (byte) value : value == (short) value);
    if (!fits && (value & 0xFFFF) != value) {
      throw new IllegalStateException("%x does not fit into %d bytes".formatted(value, size));
    }
    for (int i = 0; i < size; i++) {
      code[at + i] = (byte) (value >>> 8 * i);
    }
  }

  // ---- raw ----

  public Assembler db(int... values) {
    if (length + values.length > code.length) {
      code = Arrays.copyOf(code, 2 * (length + values.length));
    }
    for (int value : values) {
      code[length++] = (byte) value;
    }
    return this;
  }

  public Assembler dw(int value) {
    return db(value, value >> 8);
  }

  public Assembler dd(long value) {
    return dw((int) value).dw((int) (value >> 16));
  }

  /** A value as wide as operands are here. */
  public Assembler immediate(long value) {
    return bits == 16 ? dw((int) value) : dd(value);
  }

  /** Zero bytes up to an address. */
  public Assembler to(long address) {
    while (here() < address) {
      db(0);
    }
    return this;
  }

  /** NOPs up to an address. */
  public Assembler idleTo(long address) {
    while (here() < address) {
      db(0x90);
    }
    return this;
  }

  public Assembler label(String name) {
    if (labels.put(name, length) != null) {
      throw new IllegalArgumentException("label twice: " + name);
    }
    return this;
  }

  /** The address of a label, as wide as operands are here. */
  public Assembler reference(String label) {
    return use(bits / 8, false, label);
  }

  private Assembler use(int size, boolean relative, String label) {
    uses.add(new Use(length, size, relative, label));
    for (int i = 0; i < size; i++) {
      db(0);
    }
    return this;
  }

  // ---- operands ----

  /** ModRM for a register and the memory at an absolute address. */
  public Assembler absolute(int reg, long address) {
    return bits == 16 ? db(reg << 3 | 6).dw((int) address) : db(reg << 3 | 5).dd(address);
  }

  /** ModRM for a register and the memory at an absolute address of 32 bits, whatever the code. */
  public Assembler dwordAt(int reg, long address) {
    return db(reg << 3 | 5).dd(address);
  }

  /** ModRM for a register and the memory at a register and a displacement; 32 bits only. */
  public Assembler based(int reg, int base, int displacement) {
    db(0x80 | reg << 3 | base);
    if (base == ESP) {
      db(0x24);
    }
    return dd(displacement);
  }

  /** ModRM for two registers. */
  public Assembler registers(int reg, int rm) {
    return db(0xC0 | reg << 3 | rm);
  }

  // ---- moves ----

  public Assembler mov(int register, long value) {
    return db(0xB8 | register).immediate(value);
  }

  public Assembler mov(int register, String label) {
    return db(0xB8 | register).reference(label);
  }

  public Assembler copy(int to, int from) {
    return db(0x89).registers(from, to);
  }

  public Assembler load(int register, long address) {
    return db(0x8B).absolute(register, address);
  }

  public Assembler store(long address, int register) {
    return db(0x89).absolute(register, address);
  }

  public Assembler storeValue(long address, long value) {
    return db(0xC7).absolute(0, address).immediate(value);
  }

  public Assembler storeByte(long address, int value) {
    return db(0xC6).absolute(0, address).db(value);
  }

  public Assembler storeLabel(long address, String label) {
    return db(0xC7).absolute(0, address).reference(label);
  }

  /** A segment register from a general one. */
  public Assembler segment(int segment, int register) {
    return db(0x8E).registers(segment, register);
  }

  // ---- arithmetic ----

  /** One of the arithmetic group with an immediate. */
  public Assembler arithmetic(int operation, int register, long value) {
    return db(0x81).registers(operation, register).immediate(value);
  }

  public Assembler increment(long address) {
    return db(0xFF).absolute(0, address);
  }

  public Assembler push(int register) {
    return db(0x50 | register);
  }

  public Assembler pop(int register) {
    return db(0x58 | register);
  }

  // ---- control ----

  public Assembler jump(String label) {
    return db(0xE9).use(bits / 8, true, label);
  }

  public Assembler jumpIf(int condition, String label) {
    return db(0x0F, 0x80 | condition).use(bits / 8, true, label);
  }

  /** A near jump to an address. */
  public Assembler jump(long target) {
    int size = bits / 8;
    return db(0xE9).immediate(target - (here() + size));
  }

  public Assembler call(String label) {
    return db(0xE8).use(bits / 8, true, label);
  }

  public Assembler loop(String label) {
    return db(0xE2).use(1, true, label);
  }

  public Assembler ret() {
    return db(0xC3);
  }

  public Assembler iret() {
    return db(0xCF);
  }

  public Assembler hlt() {
    return db(0xF4);
  }

  public Assembler cli() {
    return db(0xFA);
  }

  public Assembler sti() {
    return db(0xFB);
  }

  public Assembler nop() {
    return db(0x90);
  }

  /** Reads the port in DX into AL. */
  public Assembler in() {
    return db(0xEC);
  }

  /** Writes AL to the port in DX. */
  public Assembler out() {
    return db(0xEE);
  }
}
