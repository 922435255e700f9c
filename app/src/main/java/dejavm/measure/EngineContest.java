package dejavm.measure;

import dejavm.measure.EngineResults.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs kernels with every engine and, where it is installed, with QEMU, by turns. */
public final class EngineContest {
  private final List<Kernel> kernels;
  private final List<Contender> engines = new ArrayList<>();
  private final List<Contender> others = new ArrayList<>();
  private final Bench bench;
  private final Seconds by;
  private final Consumer<String> progress;

  /**
   * @param by the seconds that speeds are reckoned by
   * @param progress is told what is being done
   */
  public EngineContest(
      Bench bench,
      List<Kernel> kernels,
      List<Engine> engines,
      Seconds by,
      Consumer<String> progress) {
    this.bench = bench;
    this.by = by;
    this.kernels = List.copyOf(kernels);
    this.progress = progress;
    KernelFiles files = new KernelFiles(bench);
    for (Engine engine : engines) {
      this.engines.add(new EngineContender(bench, files, engine));
    }
    for (QemuWay way : List.of(QemuWay.PLAIN, QemuWay.ICOUNT, QemuWay.RECORD)) {
      others.add(new QemuContender(bench, files, way));
    }
  }

  /** Does it. */
  public EngineResults run(int rounds) throws MeasurementFailed {
    List<KernelTrial> trials = new ArrayList<>();
    for (Kernel kernel : kernels) {
      // engines first: they count the instructions by which QEMU's speed is reckoned
      List<Contender> contenders = new ArrayList<>(engines);
      if (bench.hasQemu(kernel.is64())) {
        contenders.addAll(others);
      }
      trials.add(new KernelTrial(kernel, contenders, by));
    }
    for (int round = 1; round <= rounds; round++) {
      String lead = "round %d of %d: ".formatted(round, rounds);
      for (KernelTrial trial : trials) {
        trial.round(what -> progress.accept(lead + what));
      }
    }
    List<Row> rows = trials.stream().map(KernelTrial::row).toList();
    List<String> titles = new ArrayList<>(engines.stream().map(Contender::title).toList());
    List<String> all = new ArrayList<>(titles);
    others.stream()
        .map(Contender::title)
        .filter(title -> rows.stream().anyMatch(row -> row.cells().containsKey(title)))
        .forEach(all::add);
    return new EngineResults(all, titles, rows);
  }
}
