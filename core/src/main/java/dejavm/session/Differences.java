package dejavm.session;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/** In what two sides that stand at the same moment differ. */
final class Differences {
  /** So many lines are told at most. */
  private static final int DETAILS = 16;

  private final Side left;
  private final Side right;

  Differences(Side left, Side right) {
    this.left = left;
    this.right = right;
  }

  /** The components that both have and that differ. */
  List<String> components() {
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

  /** Fields and bytes that differ in some components, what each side has. */
  List<String> details(List<String> components) {
    List<String> details = new ArrayList<>();
    for (String component : components) {
      long[] pages = left.pages(component);
      if (pages.length > 0) {
        bytes(details, component, pages, right.pages(component));
      } else {
        fields(details, component);
      }
    }
    return details;
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
