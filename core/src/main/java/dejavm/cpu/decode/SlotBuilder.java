package dejavm.cpu.decode;

import java.util.ArrayList;
import java.util.List;

/**
 * Spreads the rows of one opcode over its cells. Where rows overlap, a stated prefix wins over
 * none, and a stated ModRM over any; rows equally specific must not overlap.
 */
final class SlotBuilder {
  private final List<TableReader.Entry> entries = new ArrayList<>();

  void add(TableReader.Entry entry) {
    entries.add(entry);
  }

  boolean sameRows(SlotBuilder other) {
    return other != null && entries.equals(other.entries);
  }

  OpcodeTable.Slot build() {
    boolean hasModrm = entries.getFirst().text().hasModrm();
    boolean byPrefix = entries.stream().anyMatch(entry -> !entry.text().prefix().isEmpty());
    int cells = hasModrm ? OpcodeTable.MODRM_CELLS : 1;
    int columns = byPrefix ? OpcodeTable.PREFIXES : 1;
    Row[] rows = new Row[cells * columns];
    int[] specific = new int[rows.length];
    for (TableReader.Entry entry : entries) {
      if (entry.text().hasModrm() != hasModrm) {
        throw new IllegalStateException("with and without ModRM: " + entry.row());
      }
      int weight = 1 + specificity(entry.text());
      for (int cell = 0; cell < cells; cell++) {
        if (hasModrm && !inCell(entry, cell)) {
          continue;
        }
        for (int column = 0; column < columns; column++) {
          int at = column * cells + cell;
          if (!inColumn(entry.text().prefix(), column) || weight < specific[at]) {
            continue;
          }
          if (specific[at] == weight) {
            throw new IllegalStateException(rows[at] + " overlaps " + entry.row());
          }
          specific[at] = weight;
          rows[at] = entry.row();
        }
      }
    }
    return new OpcodeTable.Slot(hasModrm, byPrefix, rows);
  }

  private static int specificity(RowText text) {
    return (text.prefix().isEmpty() ? 0 : 2) + (text.modrm().equals("/r") ? 0 : 1);
  }

  private static boolean inColumn(String prefix, int column) {
    return switch (prefix) {
      case "" -> true;
      case "NP" -> column == OpcodeTable.PREFIX_NONE;
      case "NFx" -> column == OpcodeTable.PREFIX_NONE || column == OpcodeTable.PREFIX_66;
      case "66" -> column == OpcodeTable.PREFIX_66;
      case "F3" -> column == OpcodeTable.PREFIX_F3;
      case "F2" -> column == OpcodeTable.PREFIX_F2;
      default -> throw new IllegalStateException(prefix);
    };
  }

  private static boolean inCell(TableReader.Entry entry, int cell) {
    String modrm = entry.text().modrm();
    if (!modrm.startsWith("/")) {
      int first = Integer.parseInt(modrm.substring(0, 2), 16);
      int count = modrm.endsWith("+i") ? 8 : 1;
      int value = cell - 8 + 0xC0;
      return value >= first && value < first + count;
    }
    boolean memory = cell < 8;
    int reg = memory ? cell : cell - 8 >> 3;
    if (!modrm.equals("/r") && modrm.charAt(1) - '0' != reg) {
      return false;
    }
    for (OperandSpec spec : entry.row().specs) {
      boolean excluded = memory ? spec.needsRegister() : spec.needsMemory();
      if (excluded && !entry.row().anyMod) {
        return false;
      }
    }
    return true;
  }
}
