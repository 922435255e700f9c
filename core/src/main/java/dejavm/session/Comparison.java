package dejavm.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Steps two sides together to the first instruction after which they differ: in strides, and where
 * one ends differently once more in shorter ones, beginning anew from power-on; so it takes three
 * times as long as the run does, and no room. A difference that is not there in shorter strides, as
 * one of translated code, which runs no single instructions, is told as it was seen in longer ones.
 *
 * <p>What only one side has, as all devices of a recording at the machine boundary beside one at
 * the cpu boundary, is not compared.
 */
public final class Comparison {
  /**
   * Where two sides part.
   *
   * @param retired instructions after which they were still equal
   * @param now ticks then
   * @param instructions the last ones executed alike, and then the one that was not; none where it
   *     is not known which it was
   * @param next what each side executes after that
   * @param components what differs
   * @param details fields and bytes that differ, what each side has
   */
  public record Difference(
      long retired,
      long now,
      List<String> instructions,
      List<String> next,
      List<String> components,
      List<String> details) {}

  /**
   * What came out.
   *
   * @param retired instructions compared
   * @param now ticks compared
   * @param difference null where there is none
   */
  public record Result(long retired, long now, Difference difference) {
    public boolean identical() {
      return difference == null;
    }
  }

  /** Instructions between two comparisons, where nobody asks for another number. */
  public static final long EVERY = 1 << 20;

  /** A stride is this many of the next shorter ones. */
  private static final long FACTOR = 1 << 10;

  private static final int CONTEXT = 8;

  private final Side left;
  private final Side right;
  private final Differences differences;
  private final long every;
  private Side.Place leftPlace;
  private Side.Place rightPlace;

  /**
   * @param every instructions between two comparisons, 1 or more: a difference that is gone by the
   *     next one is not seen
   */
  public Comparison(Side left, Side right, long every) {
    this.left = left;
    this.right = right;
    this.every = every;
    differences = new Differences(left, right);
  }

  /**
   * Compares.
   *
   * @param progress is told how many instructions were compared, now and then
   */
  public Result run(LongConsumer progress) {
    Deque<String> executed = new ArrayDeque<>();
    long good = 0;
    Side.Place goodPlace = null;
    long stride = every;
    Result found = null;
    long seen = Long.MAX_VALUE;
    while (true) {
      left.restart();
      right.restart();
      boolean same = step(good);
      while (same) {
        good = Math.max(good, leftPlace.retired());
        goodPlace = leftPlace;
        if (good >= seen) {
          return found;
        }
        if (leftPlace.ended()) {
          return new Result(good, leftPlace.now(), null);
        }
        progress.accept(good);
        if (stride == 1) {
          remember(executed, left.instruction());
        }
        same = step(good + stride);
      }
      long now = goodPlace == null ? 0 : goodPlace.now();
      found = new Result(good, now, difference(good, now, executed));
      if (stride == 1) {
        return found;
      }
      seen = Math.max(leftPlace.retired(), rightPlace.retired());
      stride = Math.max(1, stride / FACTOR);
    }
  }

  private static void remember(Deque<String> executed, String instruction) {
    executed.add(instruction);
    if (executed.size() > CONTEXT) {
      executed.remove();
    }
  }

  /** Brings both to the same number of instructions; whether they are equal there. */
  private boolean step(long retired) {
    leftPlace = left.advance(retired);
    rightPlace = right.advance(retired);
    return leftPlace.equals(rightPlace)
        && leftPlace.failure().isEmpty()
        && differences.components().isEmpty();
  }

  private Difference difference(long retired, long now, Deque<String> executed) {
    List<String> components = differences.components();
    List<String> details = new ArrayList<>();
    place(details, left, leftPlace);
    place(details, right, rightPlace);
    if (leftPlace.equals(rightPlace) && leftPlace.failure().isEmpty()) {
      details.clear();
    }
    details.addAll(differences.details(components));
    return new Difference(
        retired,
        now,
        List.copyOf(executed),
        List.of(left.instruction(), right.instruction()),
        components,
        details);
  }

  private static void place(List<String> details, Side side, Side.Place place) {
    String what =
        !place.failure().isEmpty() ? place.failure() : place.ended() ? "is at its end" : "goes on";
    details.add(
        "%s: tick %d, %d instructions: %s"
            .formatted(side.name(), place.now(), place.retired(), what));
  }
}
