package dejavm.cpu.decode;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Machine code to decode: every row of the table in its forms, and random bytes. As a program,
 * prints lines {@code mode hex} for the oracle.
 */
final class Encodings {
  /** A piece of code, longer than any instruction so that only its own bytes matter. */
  record Code(int mode, byte[] bytes) {
    String hex() {
      return HexFormat.of().formatHex(bytes);
    }
  }

  private static final int[] MODES = {16, 32, 64};
  private static final int[] PREFIXES = {
    0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x66, 0x66, 0x67, 0x67, 0xF0, 0xF2, 0xF3
  };

  private final SplittableRandom random;

  Encodings(long seed) {
    random = new SplittableRandom(seed);
  }

  public static void main(String[] arguments) {
    Encodings encodings = new Encodings(Long.parseLong(arguments[0]));
    int each = Integer.parseInt(arguments[1]);
    int anything = Integer.parseInt(arguments[2]);
    StringBuilder out = new StringBuilder();
    for (Code code : encodings.all(each, anything)) {
      out.append(code.mode()).append(' ').append(code.hex()).append('\n');
    }
    System.out.print(out);
  }

  /** Some encodings of each row in each mode, and some random ones in each mode. */
  List<Code> all(int each, int anything) {
    List<Code> all = new ArrayList<>();
    for (int mode : MODES) {
      for (TableReader.Entry entry : OpcodeTable.ENTRIES) {
        // where there is one only, it has any mod, and prefixes in 16-bit mode only
        int first = each > 1 ? 0 : random.nextInt(mode == 16 ? 8 : 4);
        for (int i = first; i < first + each; i++) {
          all.add(new Code(mode, row(entry, mode, i)));
        }
      }
      for (int i = 0; i < anything; i++) {
        all.add(new Code(mode, anything(mode)));
      }
    }
    return all;
  }

  /** An encoding of a row; the first few are plain, later ones have prefixes. */
  private byte[] row(TableReader.Entry entry, int mode, int i) {
    RowText text = entry.text();
    byte[] code = randomBytes();
    int at = 0;
    for (int prefixes = i < 4 ? 0 : random.nextInt(3); prefixes > 0; prefixes--) {
      code[at++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
    }
    if (text.prefix().matches("66|F3|F2")) {
      code[at++] = (byte) Integer.parseInt(text.prefix(), 16);
    }
    if (mode == 64 && (text.has("w1") || random.nextInt(3) == 0)) {
      code[at++] = (byte) (0x40 | random.nextInt(16) | (text.has("w1") ? 8 : 0));
    }
    if (text.map() > 0) {
      code[at++] = 0x0F;
    }
    if (text.map() > 1) {
      code[at++] = (byte) (text.map() == 2 ? 0x38 : 0x3A);
    }
    code[at++] = (byte) (text.opcode() + random.nextInt(text.span()));
    String modrm = text.modrm();
    if (modrm.startsWith("/")) {
      int reg = modrm.equals("/r") ? random.nextInt(8) : modrm.charAt(1) - '0';
      int mod = i < 4 ? mod(entry.row(), i) : random.nextInt(4);
      code[at] = (byte) (mod << 6 | reg << 3 | random.nextInt(8));
    } else if (!modrm.isEmpty()) {
      int first = Integer.parseInt(modrm.substring(0, 2), 16);
      code[at] = (byte) (first + (modrm.endsWith("+i") ? random.nextInt(8) : 0));
    }
    return code;
  }

  /** The wished mod, or another where the row has no such form. */
  private static int mod(Row row, int wished) {
    for (OperandSpec spec : row.specs) {
      if (spec.needsRegister()) {
        return 3;
      }
      if (spec.needsMemory()) {
        return wished % 3;
      }
    }
    return wished;
  }

  private byte[] anything(int mode) {
    byte[] code = randomBytes();
    int at = 0;
    for (int prefixes = Math.max(0, random.nextInt(5) - 2); prefixes > 0; prefixes--) {
      code[at++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
    }
    if (mode == 64 && random.nextInt(3) == 0) {
      code[at++] = (byte) (0x40 | random.nextInt(16));
    }
    if (random.nextBoolean()) {
      code[at] = 0x0F;
    }
    return code;
  }

  /** Random bytes, of which some are small, so that all sorts of displacements come up. */
  private byte[] randomBytes() {
    byte[] code = new byte[24];
    int small = random.nextInt(4);
    for (int i = 0; i < code.length; i++) {
      code[i] = (byte) (small == 0 && i > 2 ? random.nextInt(12) : random.nextInt(256));
    }
    return code;
  }
}
