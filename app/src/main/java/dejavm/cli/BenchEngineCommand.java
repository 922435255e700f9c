package dejavm.cli;

import dejavm.measure.EngineContest;
import dejavm.measure.EngineResults;
import dejavm.measure.Kernel;
import dejavm.measure.Seconds;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dejavm bench engine}. */
@Command(
    name = "engine",
    description = {
      "Runs kernels on the bare machine with every engine, and with QEMU where it is installed, by",
      "turns: plain, -icount, and -icount with rr=record. All must come to the same results.",
      "A figure is the time of a run less that of one with next to nothing to do."
    })
final class BenchEngineCommand implements Callable<Integer> {
  private final Report report;
  private final Map<String, String> environment;

  @Mixin private BenchOptions options;

  @Option(
      names = "--kernel",
      paramLabel = "NAME",
      arity = "1..*",
      split = ",",
      description = "These only. Default: all; --list names them.")
  private List<String> kernels = List.of();

  @Option(
      names = "--by",
      paramLabel = "wall|cpu",
      defaultValue = "wall",
      description = {
        "The seconds that speeds are reckoned by; those of the CPU, of all threads, are steadier",
        "where others use the machine as well. Default: ${DEFAULT-VALUE}."
      })
  private Seconds by;

  @Option(names = "--list", description = "Only list the kernels.")
  private boolean list;

  BenchEngineCommand(Report report, Map<String, String> environment) {
    this.report = report;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    List<Kernel> chosen =
        kernels.isEmpty()
            ? List.of(Kernel.values())
            : BenchOptions.named("--kernel", kernels, Kernel::named, Kernel.titles());
    if (list) {
      chosen.forEach(kernel ->
          report.line(
              "%-12s %-15s %s"
                  .formatted(kernel.title(), kernel.group().title(), kernel.description())));
      return ExitCode.DONE;
    }
    return options.measure(
        environment,
        report,
        bench -> {
          EngineResults results =
              new EngineContest(bench, chosen, options.engines(), by, report::progress)
                  .run(options.rounds());
          report.clear();
          EngineFigures figures = new EngineFigures(results);
          if (options.json()) {
            report.json(figures.json());
          } else {
            figures.lines().forEach(report::line);
          }
        });
  }
}
