package dejavm.cpu.decode;

import java.util.List;

/**
 * A line of the opcode table, taken apart.
 *
 * @param prefix NP, NFx, 66, F3, F2 or empty
 * @param map 0 for one-byte opcodes, 1 for 0F, 2 for 0F 38, 3 for 0F 3A
 * @param opcode the last byte of the opcode, the lowest of a range
 * @param span how many opcodes share the row: 1, 8 (+r) or 16 (+cc)
 * @param modrm empty, {@code /r}, {@code /0} to {@code /7}, {@code C0+i} or a byte
 */
record RowText(
    String name,
    String pattern,
    String prefix,
    int map,
    int opcode,
    int span,
    String modrm,
    String operands,
    List<String> attributes) {

  /** The letters of flags in the table, and their masks in EFLAGS. */
  private static final String FLAG_LETTERS = "cpazstidoLnRVAfwI";

  private static final int[] FLAG_MASKS = {
    1, 4, 0x10, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800, 0x3000, 0x4000, 0x10000, 0x20000, 0x40000,
    0x80000, 0x100000, 0x200000
  };

  boolean has(String attribute) {
    return attributes.contains(attribute);
  }

  int flags(String kind) {
    int mask = 0;
    for (String attribute : attributes) {
      if (attribute.startsWith(kind)) {
        for (char letter : attribute.substring(kind.length()).toCharArray()) {
          mask |= FLAG_MASKS[FLAG_LETTERS.indexOf(letter)];
        }
      }
    }
    return mask;
  }

  /** The last feature stated, which is the most specific. */
  String feature() {
    return attributes.reversed().stream()
        .filter(attribute -> attribute.startsWith("@"))
        .findFirst()
        .orElse("@8086")
        .substring(1);
  }

  boolean hasModrm() {
    return !modrm.isEmpty();
  }
}
