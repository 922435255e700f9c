package dejavm.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.LongConsumer;

/**
 * Steps two sides together to the first instruction after which they differ: in strides, and where
 * one ends differently once more in shorter ones, beginning anew from power-on; so it takes three
 * times as long as the run does, and no room.
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
   * @param instructions the last ones executed alike, and then the one that was not
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
  private static final int DETAILS = 16;

  private final Side left;
  private final Side right;
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
    while (true) {
      left.restart();
      right.restart();
      boolean same = step(good);
      while (same) {
        good = Math.max(good, leftPlace.retired());
        goodPlace = leftPlace;
        if (leftPlace.ended()) {
          return new Result(good, leftPlace.now(), null);
        }
        progress.accept(good);
        if (stride == 1) {
          remember(executed, left.instruction());
        }
        same = step(good + stride);
      }
      if (stride == 1) {
        long now = goodPlace == null ? 0 : goodPlace.now();
        return new Result(good, now, difference(good, now, executed));
      }
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
    return leftPlace.equals(rightPlace) && leftPlace.failure().isEmpty() && differing().isEmpty();
  }

  /** The components that both have and that differ. */
  private List<String> differing() {
    List<String> names = new ArrayList<>();
    Map<String, Long> others = right.hashes();
    left.hashes()
        .forEach((name, hash) -> {
          Long other = others.get(name);
          if (other != null && !other.equals(hash) && reallyDiffers(name)) {
            names.add(name);
          }
        });
    return names;
  }

  /** Another build may hash another layout: what counts is what stands in the common fields. */
  private boolean reallyDiffers(String component) {
    SequencedMap<String, String> mine = left.fields(component);
    SequencedMap<String, String> other = right.fields(component);
    return mine.isEmpty()
        || mine.entrySet().stream()
            .anyMatch(field ->
                other.containsKey(field.getKey())
                    && !Objects.equals(other.get(field.getKey()), field.getValue()));
  }

  private Difference difference(long retired, long now, Deque<String> executed) {
    List<String> components = new ArrayList<>(differing());
    List<String> details = new ArrayList<>();
    place(details, left, leftPlace);
    place(details, right, rightPlace);
    if (leftPlace.equals(rightPlace) && leftPlace.failure().isEmpty()) {
      details.clear();
    }
    for (String component : components) {
      long[] pages = left.pages(component);
      if (pages.length > 0) {
        bytes(details, component, pages, right.pages(component));
      } else {
        fields(details, component);
      }
    }
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

  private void fields(List<String> details, String component) {
    SequencedMap<String, String> other = right.fields(component);
    left.fields(component)
        .forEach((name, value) -> {
          String otherValue = other.get(name);
          if (details.size() < DETAILS && otherValue != null && !otherValue.equals(value)) {
            details.add(line(component + "." + name, value, otherValue));
          }
        });
  }

  private void bytes(List<String> details, String component, long[] mine, long[] other) {
    for (int page = 0; page < Math.min(mine.length, other.length); page++) {
      if (mine[page] == other[page] || details.size() >= DETAILS) {
        continue;
      }
      byte[] a = left.page(component, page);
      byte[] b = right.page(component, page);
      int at = 0;
      while (at < a.length && a[at] == b[at]) {
        at++;
      }
      int end = Math.min(a.length, at + 16);
      details.add(
          line(
              "%s 0x%x".formatted(component, (long) page * a.length + at),
              HexFormat.of().formatHex(a, at, end),
              HexFormat.of().formatHex(b, at, end)));
    }
  }

  private String line(String what, String mine, String other) {
    return "%s: %s (%s), %s (%s)".formatted(what, mine, left.name(), other, right.name());
  }
}
