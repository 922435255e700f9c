package dejavm.measure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one job came to.
 *
 * @param cells by contender, in the order of the table
 */
public record GuestResults(GuestJob job, Map<String, Cell> cells) {
  public GuestResults {
    cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
  }

  /**
   * One contender.
   *
   * @param instructions that the guest executed, 0 where they were not counted
   * @param beside contenders that it is compared with: of its like, or that do a little less
   */
  public record Cell(
      long instructions, Figure wallSeconds, Figure cpuSeconds, List<String> beside) {
    Figure seconds(Seconds which) {
      return which == Seconds.WALL ? wallSeconds : cpuSeconds;
    }

    /** Million instructions a second of wall time. */
    public double mips() {
      return instructions / wallSeconds.median() / 1e6;
    }
  }

  /** How many times as long as another a contender takes. */
  public double ratio(String contender, String other, Seconds which) {
    return cells.get(contender).seconds(which).median() / cells.get(other).seconds(which).median();
  }
}
