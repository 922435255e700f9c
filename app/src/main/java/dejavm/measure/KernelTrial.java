package dejavm.measure;

import dejavm.measure.Contender.Outcome;
import dejavm.measure.EngineResults.Cell;
import dejavm.measure.EngineResults.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One kernel with all contenders. A figure is the time that a size takes longer than next to
 * nothing does, so that starts cancel out. Who is slow does with a smaller size; so that results
 * can be compared all the same, everybody has run the smaller ones in the first round.
 */
final class KernelTrial {
  /** Who takes longer for a size does not try the next. */
  private static final double SLOW_SECONDS = 2;

  /** Below this a difference says nothing. */
  private static final double LEAST_SECONDS = 0.001;

  /** What a size does everywhere, and who said so first. */
  private record Known(String result, String by) {}

  /** How one contender did. */
  private static final class Score {
    private int size;
    private final List<Double> wall = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> mips = new ArrayList<>();
  }

  private final Kernel kernel;
  private final List<Contender> contenders;
  private final Seconds by;
  private final Map<Integer, Known> results = new HashMap<>();
  private final Map<Integer, Long> instructions = new HashMap<>();
  private final Map<String, Score> scores = new LinkedHashMap<>();

  /**
   * @param by the seconds that speeds are reckoned by
   */
  KernelTrial(Kernel kernel, List<Contender> contenders, Seconds by) {
    this.kernel = kernel;
    this.contenders = contenders;
    this.by = by;
  }

  void round(Consumer<String> progress) throws MeasurementFailed {
    for (Contender contender : contenders) {
      progress.accept(kernel.title() + ", " + contender.title());
      int smallest = kernel.sizes().getFirst();
      Outcome start = run(contender, smallest);
      Score score = scores.get(contender.title());
      Outcome whole;
      if (score == null) {
        score = new Score();
        scores.put(contender.title(), score);
        whole = largest(contender, start, score);
      } else {
        whole = run(contender, score.size);
      }
      score.wall.add(longer(start, whole, Seconds.WALL));
      score.cpu.add(longer(start, whole, Seconds.CPU));
      long executed = instructions.get(score.size) - instructions.get(smallest);
      score.mips.add(executed / longer(start, whole, by) / 1e6);
    }
  }

  private static double longer(Outcome start, Outcome whole, Seconds which) {
    return Math.max(LEAST_SECONDS, whole.seconds(which) - start.seconds(which));
  }

  /** Runs ever larger sizes, up to one that takes long or that no engine has counted. */
  private Outcome largest(Contender contender, Outcome start, Score score)
      throws MeasurementFailed {
    Outcome last = start;
    for (int size : kernel.sizes().subList(1, kernel.sizes().size())) {
      boolean counts = start.instructions().isPresent() || instructions.containsKey(size);
      if (!counts || longer(start, last, by) > SLOW_SECONDS) {
        break;
      }
      last = run(contender, size);
      score.size = size;
    }
    return last;
  }

  /** Runs one size, and compares with all that ran it before. */
  private Outcome run(Contender contender, int size) throws MeasurementFailed {
    Outcome outcome = contender.run(kernel, size);
    Known known =
        results.computeIfAbsent(size, _ -> new Known(outcome.result(), contender.title()));
    if (!known.result.equals(outcome.result())) {
      throw new MeasurementFailed(
          "%s of size %d gives %s with %s and %s with %s"
              .formatted(
                  kernel.title(),
                  size,
                  known.result,
                  known.by,
                  outcome.result(),
                  contender.title()));
    }
    if (outcome.instructions().isPresent()) {
      long counted = outcome.instructions().getAsLong();
      long before = instructions.computeIfAbsent(size, _ -> counted);
      if (before != counted) {
        throw new MeasurementFailed(
            "%s of size %d has %d instructions, with %s %d"
                .formatted(kernel.title(), size, before, contender.title(), counted));
      }
    }
    return outcome;
  }

  Row row() {
    int smallest = kernel.sizes().getFirst();
    Map<String, Cell> cells = new LinkedHashMap<>();
    scores.forEach((title, score) ->
        cells.put(
            title,
            new Cell(
                score.size,
                instructions.get(score.size) - instructions.get(smallest),
                new Figure(score.wall),
                new Figure(score.cpu),
                new Figure(score.mips))));
    return new Row(kernel, cells);
  }
}
