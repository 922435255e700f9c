package dejavm.image;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image as a user names it: {@code FILE}, or {@code FILE,format=NAME}.
 *
 * @param format null where it is to be seen from the file's content
 */
public record ImageSource(Path path, ImageFormat format) {
  private static final Pattern FORM = Pattern.compile("(.+?)(?:,format=(\\w+))?");

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException where it is no such name
   */
  public static ImageSource parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a file is needed");
    }
    String format = matcher.group(2);
    return new ImageSource(
        Path.of(matcher.group(1)), format == null ? null : ImageFormat.named(format));
  }

  /** So that {@link #parse} gives it again, from any directory. */
  public String absolute() {
    return path.toAbsolutePath() + (format == null ? "" : ",format=" + format);
  }
}
