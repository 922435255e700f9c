package dejavm.cli;

import dejavm.measure.EngineResults;
import dejavm.measure.EngineResults.Cell;
import dejavm.measure.EngineResults.Pair;
import dejavm.measure.EngineResults.Row;
import dejavm.measure.Figure;
import dejavm.measure.Kernel.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What {@code bench engine} found, as a table and as JSON. */
final class EngineFigures {
  private static final String MEAN = "mean of ";

  private final EngineResults results;

  EngineFigures(EngineResults results) {
    this.results = results;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    List<List<String>> speeds = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("million instructions/s"));
    head.addAll(results.contenders());
    speeds.add(head);
    List<Pair> pairs = results.pairs();
    List<List<String>> ratios = new ArrayList<>();
    List<String> above = new ArrayList<>(List.of("times as fast"));
    pairs.forEach(pair -> above.add(pair.contender()));
    List<String> below = new ArrayList<>(List.of("as"));
    pairs.forEach(pair -> below.add(pair.other()));
    ratios.add(above);
    ratios.add(below);
    for (Group group : results.groups()) {
      List<Row> rows =
          results.rows().stream().filter(row -> row.kernel().group() == group).toList();
      for (Row row : rows) {
        speeds.add(speeds(row.kernel().title(), row::mips));
        ratios.add(ratios(row.kernel().title(), pair -> row.ratio(pair.contender(), pair.other())));
      }
      if (rows.size() > 1) {
        speeds.add(speeds(MEAN + group.title(), contender -> results.mips(group, contender)));
        ratios.add(ratios(MEAN + group.title(), pair -> results.ratio(group, pair)));
      }
    }
    lines.addAll(new Table(speeds).lines());
    if (!pairs.isEmpty()) {
      lines.add("");
      lines.addAll(new Table(ratios).lines());
    }
    return lines;
  }

  private interface Speed {
    OptionalDouble of(String contender);
  }

  private List<String> speeds(String title, Speed speed) {
    List<String> line = new ArrayList<>(List.of(title));
    results.contenders().forEach(contender -> line.add(text("%.1f", speed.of(contender))));
    return line;
  }

  private interface Ratio {
    OptionalDouble of(Pair pair);
  }

  private List<String> ratios(String title, Ratio ratio) {
    List<String> line = new ArrayList<>(List.of(title));
    results.pairs().forEach(pair -> line.add(text("%.2f", ratio.of(pair))));
    return line;
  }

  private static String text(String format, OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "-";
  }

  Map<String, Object> json() {
    List<Map<String, Object>> kernels = new ArrayList<>();
    for (Row row : results.rows()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", row.kernel().title());
      one.put("group", row.kernel().group().title());
      Map<String, Object> contenders = new LinkedHashMap<>();
      row.cells().forEach((title, cell) -> contenders.put(title, json(cell)));
      one.put("contenders", contenders);
      one.put("ratios", ratios(pair -> row.ratio(pair.contender(), pair.other())));
      kernels.add(one);
    }
    List<Map<String, Object>> means = new ArrayList<>();
    for (Group group : results.groups()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("group", group.title());
      Map<String, Object> mips = new LinkedHashMap<>();
      for (String contender : results.contenders()) {
        results
            .mips(group, contender)
            .ifPresent(mean -> mips.put(contender, Figures.rounded(mean)));
      }
      one.put("mips", mips);
      one.put("ratios", ratios(pair -> results.ratio(group, pair)));
      means.add(one);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kernels", kernels);
    json.put("geometric_means", means);
    return json;
  }

  private static Map<String, Object> json(Cell cell) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("size", cell.size());
    json.put("instructions", cell.instructions());
    json.put("mips", Figures.rounded(cell.mips().median()));
    json.put("wall_seconds", rounds(cell.wallSeconds()));
    json.put("cpu_seconds", rounds(cell.cpuSeconds()));
    return json;
  }

  static List<Double> rounds(Figure figure) {
    return figure.rounds().stream().map(Figures::rounded).toList();
  }

  private List<Map<String, Object>> ratios(Ratio ratio) {
    List<Map<String, Object>> ratios = new ArrayList<>();
    for (Pair pair : results.pairs()) {
      ratio
          .of(pair)
          .ifPresent(value -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("of", pair.contender());
            one.put("to", pair.other());
            one.put("times_as_fast", Figures.rounded(value));
            ratios.add(one);
          });
    }
    return ratios;
  }
}
