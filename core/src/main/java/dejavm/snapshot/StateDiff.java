package dejavm.snapshot;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** Names what differs between two states of one component. */
public final class StateDiff {
  /**
   * One difference.
   *
   * @param path where: names of components, and numbers of elements
   * @param left what is there in the first state
   * @param right what is there in the second
   */
  public record Difference(String path, String left, String right) {
    @Override
    public String toString() {
      return path + ": " + left + " vs " + right;
    }
  }

  private final int limit;
  private final List<Difference> found = new ArrayList<>();

  private StateDiff(int limit) {
    this.limit = limit;
  }

  /**
   * The first differences between two states, in the order of their components.
   *
   * @param name what the paths begin with
   * @param limit at most so many
   */
  public static List<Difference> between(String name, Record left, Record right, int limit) {
    StateDiff diff = new StateDiff(limit);
    diff.compare(name, left, right);
    return List.copyOf(diff.found);
  }

  private void compare(String path, Object left, Object right) {
    if (found.size() >= limit) {
      return;
    }
    if (left == null || right == null) {
      report(left == right, path, left, right);
    } else if (left instanceof List<?> a && right instanceof List<?> b) {
      elements(path, a.toArray(), b.toArray());
    } else if (left.getClass() != right.getClass()) {
      report(false, path, left.getClass().getName(), right.getClass().getName());
    } else if (left instanceof Record a) {
      components(path, a, (Record) right);
    } else if (left.getClass().isArray()) {
      elements(path, left, right);
    } else {
      report(left.equals(right), path, left, right);
    }
  }

  private void components(String path, Record left, Record right) {
    for (RecordComponent component : left.getClass().getRecordComponents()) {
      compare(path + "." + component.getName(), value(component, left), value(component, right));
    }
  }

  private void elements(String path, Object left, Object right) {
    int a = Array.getLength(left);
    int b = Array.getLength(right);
    report(a == b, path + ".length", a, b);
    for (int i = 0; i < Math.min(a, b) && found.size() < limit; i++) {
      compare(path + "[" + i + "]", Array.get(left, i), Array.get(right, i));
    }
  }

  private void report(boolean equal, String path, Object left, Object right) {
    if (!equal && found.size() < limit) {
      boolean length = path.endsWith(".length");
      found.add(
          new Difference(
              path,
              length ? left.toString() : text(left),
              length ? right.toString() : text(right)));
    }
  }

  static Object value(RecordComponent component, Record record) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot read " + component, e);
    }
  }

  /** A plain value; numbers in hexadecimal, by their width. */
  static String text(Object value) {
    return switch (value) {
      case Byte number -> "0x%02x".formatted(number);
      case Short number -> "0x%04x".formatted(number);
      case Character number -> "0x%04x".formatted((int) number);
      case Integer number -> "0x%x".formatted(number);
      case Long number -> "0x%x".formatted(number);
      case String text -> '"' + text + '"';
      case null -> "null";
      default -> value.toString();
    };
  }
}
