package dejavm.measure;

import java.util.List;

/** The same measured once in every round, and what stands for all: their median. */
public record Figure(List<Double> rounds) {
  public Figure {
    rounds = List.copyOf(rounds);
  }

  /** The one in the middle, or the mean of the two there. */
  public double median() {
    List<Double> sorted = rounds.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The geometric mean of ratios, or of speeds. */
  public static double geometricMean(List<Double> values) {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
  }
}
