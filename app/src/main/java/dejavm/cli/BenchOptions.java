package dejavm.cli;

import dejavm.host.ThisProgram;
import dejavm.measure.Bench;
import dejavm.measure.Engine;
import dejavm.measure.MeasurementFailed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** What measurements have in common. */
final class BenchOptions {
  @Option(
      names = "--engines",
      paramLabel = "NAME",
      split = ",",
      description = {
        "Engines, as --engine of run takes them; the first is what others are compared with.",
        "default: none is named. Default: interpret,translate."
      })
  private List<String> engines = List.of("interpret", "translate");

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each is measured; medians are told. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--json", description = "As JSON, with the figures of every round.")
  private boolean json;

  /** What is done on the bench. */
  interface Work {
    void on(Bench bench) throws MeasurementFailed;
  }

  int rounds() {
    return rounds;
  }

  boolean json() {
    return json;
  }

  List<Engine> engines() {
    return engines.stream().distinct().map(Engine::new).toList();
  }

  /** Sets up a bench, has the work done, and takes it down. */
  int measure(Map<String, String> environment, Report report, Work work) {
    if (rounds < 1) {
      throw Refusal.usage("--rounds: a number from 1 on is needed");
    }
    List<String> program = ThisProgram.command(Dejavm.class);
    try (Bench bench = new Bench(program, environment.getOrDefault("PATH", ""))) {
      work.on(bench);
      return ExitCode.DONE;
    } catch (MeasurementFailed e) {
      return report.error(ExitCode.FAILED, e.getMessage());
    }
  }

  /** What names stand for. */
  static <T> List<T> named(
      String option, List<String> names, Function<String, Optional<T>> known, String all) {
    return names.stream()
        .distinct()
        .map(name ->
            known
                .apply(name)
                .orElseThrow(() ->
                    Refusal.usage("%s: there is no %s; there are %s".formatted(option, name, all))))
        .toList();
  }
}
