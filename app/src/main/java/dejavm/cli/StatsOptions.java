package dejavm.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Figures at the end of a run, on standard error since standard output may be the guest's. */
final class StatsOptions {
  @Option(
      names = "--stats",
      description =
          "At the end, figures on standard error, and what instructions the guest missed.")
  private boolean stats;

  @Option(names = "--json", description = "These figures as JSON, on standard error.")
  private boolean json;

  void show(Report report, Figures figures, String outcome) {
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("outcome", outcome);
      all.putAll(figures.json());
      report.err().println(Report.text(all));
    } else if (stats) {
      report.err().println(outcome + ": " + figures.text());
    }
  }
}
