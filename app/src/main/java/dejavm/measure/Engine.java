package dejavm.measure;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An engine of DejaVM, by the name that {@code --engine} takes.
 *
 * @param title its name; {@code default} stands for the one that runs where none is named
 */
public record Engine(String title) {
  private static final String DEFAULT = "default";
  private static final Pattern INSTRUCTIONS = Pattern.compile("\"instructions\" : (\\d+)");

  /** What is added to the command line. */
  List<String> options() {
    return title.equals(DEFAULT) ? List.of() : List.of("--engine", title);
  }

  /** The number of instructions among the figures that a run reports. */
  static long instructions(String figures) throws MeasurementFailed {
    Matcher matcher = INSTRUCTIONS.matcher(figures);
    if (!matcher.find()) {
      throw new MeasurementFailed("dejavm told no figures but: " + figures.strip());
    }
    return Long.parseLong(matcher.group(1));
  }
}
