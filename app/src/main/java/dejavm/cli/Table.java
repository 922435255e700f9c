package dejavm.cli;

import java.util.List;

/** Columns of text: the first to the left, those with figures to the right. */
record Table(List<List<String>> rows) {
  List<String> lines() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String format = (i == 0 ? "%-" : "  %") + Math.max(1, widths[i]) + "s";
      line.append(format.formatted(row.get(i)));
    }
    return line.toString().stripTrailing();
  }
}
