package dejavm.measure;

import dejavm.measure.Kernel.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What kernels came to.
 *
 * @param contenders in the order of the table
 * @param engines those of them that are DejaVM's
 */
public record EngineResults(List<String> contenders, List<String> engines, List<Row> rows) {
  /**
   * One contender with one kernel, what a run of next to nothing takes being taken off.
   *
   * @param size how often the kernel did its work
   * @param instructions that took
   * @param mips million instructions a second
   */
  public record Cell(
      int size, long instructions, Figure wallSeconds, Figure cpuSeconds, Figure mips) {}

  /**
   * One kernel.
   *
   * @param cells by contender; QEMU for another processor than is installed is missing
   */
  public record Row(Kernel kernel, Map<String, Cell> cells) {
    /** Million instructions a second. */
    public OptionalDouble mips(String contender) {
      Cell cell = cells.get(contender);
      return cell == null ? OptionalDouble.empty() : OptionalDouble.of(cell.mips.median());
    }

    /** How many times as fast as another a contender is. */
    public OptionalDouble ratio(String contender, String other) {
      OptionalDouble a = mips(contender);
      OptionalDouble b = mips(other);
      return a.isPresent() && b.isPresent()
          ? OptionalDouble.of(a.getAsDouble() / b.getAsDouble())
          : OptionalDouble.empty();
    }
  }

  /** Two contenders that are compared. */
  public record Pair(String contender, String other) {}

  /** Every engine beside QEMU's ways, and beside the engine that was named first. */
  public List<Pair> pairs() {
    List<Pair> pairs = new ArrayList<>();
    for (String engine : engines) {
      for (String other : contenders) {
        if (!engines.contains(other) || other.equals(engines.getFirst()) && !other.equals(engine)) {
          pairs.add(new Pair(engine, other));
        }
      }
    }
    return pairs;
  }

  /** The groups that were measured. */
  public List<Group> groups() {
    return rows.stream().map(row -> row.kernel.group()).distinct().toList();
  }

  /** The geometric mean of a group's speeds. */
  public OptionalDouble mips(Group group, String contender) {
    return mean(group, row -> row.mips(contender));
  }

  /** The geometric mean of a group's ratios. */
  public OptionalDouble ratio(Group group, Pair pair) {
    return mean(group, row -> row.ratio(pair.contender, pair.other));
  }

  private interface Value {
    OptionalDouble of(Row row);
  }

  private OptionalDouble mean(Group group, Value value) {
    List<Double> values = new ArrayList<>();
    for (Row row : rows) {
      if (row.kernel.group() == group) {
        value.of(row).ifPresent(values::add);
      }
    }
    return values.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Figure.geometricMean(values));
  }
}
