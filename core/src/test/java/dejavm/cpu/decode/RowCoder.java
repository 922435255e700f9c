package dejavm.cpu.decode;

import java.util.SplittableRandom;

/**
 * Writes random encodings of rows of the opcode table: any prefixes, any ModRM and SIB that the row
 * allows, random displacements and immediates.
 */
public final class RowCoder {
  private static final int[] SEGMENTS = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};

  private final byte[] code = new byte[32];
  private SplittableRandom random;
  private int at;
  private int opcodeAt;

  /** The encoding written last: what follows the instruction is random. */
  public byte[] code() {
    return code;
  }

  /** Where the ModRM byte, or whatever follows the opcode, is in it. */
  public int afterOpcode() {
    return opcodeAt;
  }

  /** Writes an encoding of a row for a mode of 32 or 64 bits. */
  public void write(Row row, int mode, SplittableRandom source) {
    random = source;
    RowText text = OpcodeTable.ENTRIES.get(row.index - 1).text();
    for (int i = 0; i < code.length; i += 8) {
      long bits = random.nextLong();
      for (int j = 0; j < 8; j++) {
        code[i + j] = (byte) (bits >>> 8 * j);
      }
    }
    at = 0;
    prefixes(row, text);
    if (mode == 64 && (text.has("w1") || random.nextBoolean())) {
      int bits = random.nextInt(16);
      put(0x40 | (text.has("w1") ? bits | 8 : text.has("w0") ? bits & 7 : bits));
    }
    if (text.map() > 0) {
      put(0x0F);
    }
    if (text.map() > 1) {
      put(text.map() == 2 ? 0x38 : 0x3A);
    }
    put(text.opcode() + random.nextInt(text.span()));
    opcodeAt = at;
    String modrm = text.modrm();
    if (modrm.startsWith("/")) {
      int reg = modrm.equals("/r") ? random.nextInt(8) : modrm.charAt(1) - '0';
      put(mod(row) << 6 | reg << 3 | random.nextInt(8));
    } else if (!modrm.isEmpty()) {
      int first = Integer.parseInt(modrm.substring(0, 2), 16);
      put(first + (modrm.endsWith("+i") ? random.nextInt(8) : 0));
    }
  }

  private void prefixes(Row row, RowText text) {
    boolean mandatory =
        switch (text.prefix()) {
          case "66", "F3", "F2" -> true;
          default -> false;
        };
    int first = random.nextInt(2);
    if (mandatory && first == 0) {
      put(Integer.parseInt(text.prefix(), 16));
    }
    if (oneIn(text.prefix().isEmpty() ? 5 : 40)) {
      put(0x66);
    }
    if (oneIn(14)) {
      put(0x67);
    }
    if (oneIn(14)) {
      put(SEGMENTS[random.nextInt(SEGMENTS.length)]);
    }
    if (oneIn(repeats(row) ? 2 : 40)) {
      put(random.nextBoolean() ? 0xF2 : 0xF3);
    }
    if (oneIn(row.lockable ? 5 : 200)) {
      put(0xF0);
    }
    if (oneIn(100)) {
      put(0x40 | random.nextInt(16));
    }
    if (mandatory && first == 1) {
      put(Integer.parseInt(text.prefix(), 16));
    }
  }

  private static boolean repeats(Row row) {
    return switch (row.mnemonic) {
      case MOVS, CMPS, STOS, LODS, SCAS -> true;
      default -> false;
    };
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private int mod(Row row) {
    int any = random.nextInt(32);
    if (any > 0) {
      for (OperandSpec spec : row.specs) {
        if (spec.needsRegister()) {
          return 3;
        }
        if (spec.needsMemory()) {
          return any % 3;
        }
      }
    }
    // As many registers as memory.
    return any < 16 ? 3 : any % 3;
  }

  private void put(int value) {
    code[at++] = (byte) value;
  }
}
