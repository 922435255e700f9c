package dejavm.cpu.decode;

import java.util.List;

/**
 * The opcode table as arrays: by kind of mode and REX.W, by map and opcode, and within an opcode by
 * mandatory prefix and ModRM as far as its rows tell them apart.
 */
final class OpcodeTable {
  /** Outside 64-bit mode; the kinds in 64-bit mode are without and with REX.W. */
  static final int LEGACY = 0;

  static final int LONG = 1;
  static final int LONG_WIDE = 2;

  /** Cells for a ModRM byte: one for each reg with memory, and each of the 64 register forms. */
  static final int MODRM_CELLS = 72;

  /** Columns of mandatory prefixes, and their order. */
  static final int PREFIXES = 4;

  static final int PREFIX_NONE = 0;
  static final int PREFIX_66 = 1;
  static final int PREFIX_F3 = 2;
  static final int PREFIX_F2 = 3;

  static final List<TableReader.Entry> ENTRIES =
      TableReader.entries(
          List.of(
              IntegerTable.ARITHMETIC,
              IntegerTable.SHIFTS,
              IntegerTable.MOVES,
              IntegerTable.CONTROL,
              SystemTable.SYSTEM,
              X87Table.ARITHMETIC,
              X87Table.MOVES,
              MmxTable.MMX,
              MmxTable.EXTENSIONS,
              MmxTable.SSSE3,
              MmxTable.SSE4,
              SseTable.ARITHMETIC,
              SseTable.MOVES,
              SseTable.CONVERSIONS));

  /** The row of no instruction. */
  static final Row INVALID =
      new Row(
          new RowText("(bad)", "", "", 0, 0, 0, "", "", List.of("ends", "@8086")),
          0,
          Mnemonic.INVALID,
          List.of());

  private static final Slot[] SLOTS = slots();

  /**
   * One opcode: its rows in 1 cell, in 4 by prefix, in 72 by ModRM, or in 288 by both.
   *
   * @param hasModrm a ModRM byte follows
   * @param byPrefix the prefixes 66, F3, F2 tell rows apart
   */
  record Slot(boolean hasModrm, boolean byPrefix, Row[] rows) {
    Row row(int prefix, int cell) {
      return rows[(byPrefix ? prefix : 0) * (hasModrm ? MODRM_CELLS : 1) + cell];
    }
  }

  private OpcodeTable() {}

  /** All rows, in the order of the table. */
  static List<Row> rows() {
    return ENTRIES.stream().map(TableReader.Entry::row).toList();
  }

  /** One more than the largest {@link Row#index}. */
  static int indexes() {
    return ENTRIES.size() + 1;
  }

  /** The slot of an opcode, or null. */
  static Slot slot(int kind, int map, int opcode) {
    return SLOTS[(kind << 2 | map) << 8 | opcode];
  }

  /** The cell of a ModRM byte. */
  static int cell(int modrm) {
    return modrm >= 0xC0 ? 8 + (modrm & 63) : modrm >> 3 & 7;
  }

  private static Slot[] slots() {
    SlotBuilder[] builders = new SlotBuilder[3 << 10];
    for (TableReader.Entry entry : ENTRIES) {
      RowText text = entry.text();
      for (int kind = LEGACY; kind <= LONG_WIDE; kind++) {
        boolean fits =
            (kind == LEGACY ? entry.row().legacy : entry.row().long64)
                && !text.has(kind == LONG_WIDE ? "w0" : "w1");
        for (int opcode = text.opcode(); fits && opcode < text.opcode() + text.span(); opcode++) {
          int at = (kind << 2 | text.map()) << 8 | opcode;
          if (builders[at] == null) {
            builders[at] = new SlotBuilder();
          }
          builders[at].add(entry);
        }
      }
    }
    Slot[] slots = new Slot[builders.length];
    for (int i = 0; i < slots.length; i++) {
      if (builders[i] == null) {
        continue;
      }
      int before = i - (1 << 10);
      boolean shared = before >= 0 && builders[i].sameRows(builders[before]);
      slots[i] = shared ? slots[before] : builders[i].build();
    }
    return slots;
  }
}
