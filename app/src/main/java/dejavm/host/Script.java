package dejavm.host;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a script does to a guest, line by line: see docs/command-line.md for its language.
 *
 * @param actions in their order
 */
public record Script(List<Action> actions) {
  /** Nothing happens. */
  public static final Script NONE = new Script(List.of());

  /** A line. */
  public sealed interface Action {
    /** Goes on when the console's output has contained these bytes since the last such line. */
    record Wait(byte[] text) implements Action {}

    /** Types into the serial console. */
    record Type(byte[] text) implements Action {}

    /**
     * Presses keys one after the other, releases them in the opposite order; as {@link KeyNames}.
     */
    record Keys(List<Integer> codes) implements Action {}

    /** Lets guest time pass. */
    record Sleep(double seconds) implements Action {}

    /** Puts a medium into the drive in a bay; an empty name takes it out. */
    record Change(int bay, String medium) implements Action {}

    /** Pushes the power button. */
    record PowerOff() implements Action {}

    /** Ends the run. */
    record Quit() implements Action {}
  }

  /** Where the CD-ROM drive is. */
  private static final int CDROM_BAY = 2;

  /** Where the first floppy drive is; the second is next to it. */
  private static final int FLOPPY_BAY = 10;

  public Script {
    actions = List.copyOf(actions);
  }

  /**
   * Reads a script.
   *
   * @throws ScriptError naming the first line that is wrong
   */
  public static Script parse(String text) throws ScriptError {
    List<Action> actions = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String stripped = line.strip();
      if (!stripped.isEmpty() && !stripped.startsWith("#")) {
        try {
          actions.add(action(stripped));
        } catch (IllegalArgumentException e) {
          throw new ScriptError(number, e.getMessage());
        }
      }
    }
    return new Script(actions);
  }

  private static Action action(String line) {
    String[] words = line.split("\\s+", 2);
    String rest = words.length == 2 ? words[1] : "";
    return switch (words[0]) {
      case "wait" -> new Action.Wait(bytes(demanded(rest, "wait needs a text")));
      case "type" -> new Action.Type(bytes(demanded(rest, "type needs a text")));
      case "key" -> new Action.Keys(KeyNames.codes(demanded(rest, "key needs a name")));
      case "sleep" -> new Action.Sleep(seconds(rest));
      case "disc" -> change(words[0], rest, CDROM_BAY, "cd");
      case "floppy" -> change(words[0], rest, FLOPPY_BAY, "fda");
      case "floppy2" -> change(words[0], rest, FLOPPY_BAY + 1, "fdb");
      case "poweroff", "quit" -> {
        if (!rest.isEmpty()) {
          throw new IllegalArgumentException(words[0] + " stands alone on its line");
        }
        yield words[0].equals("quit") ? new Action.Quit() : new Action.PowerOff();
      }
      default ->
          throw new IllegalArgumentException(
              "there is no %s; there are wait, type, key, sleep, disc, floppy, floppy2, poweroff, quit"
                  .formatted(words[0]));
    };
  }

  private static String demanded(String text, String otherwise) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(otherwise);
    }
    return text;
  }

  private static Action change(String word, String number, int bay, String prefix) {
    if (!number.matches("[0-9]{1,3}|none")) {
      throw new IllegalArgumentException(word + " needs a number, from 0, or none");
    }
    return new Action.Change(bay, number.equals("none") ? "" : prefix + Integer.parseInt(number));
  }

  private static double seconds(String text) {
    if (!text.matches("[0-9]+(\\.[0-9]+)?") || text.length() > 12) {
      throw new IllegalArgumentException("sleep needs a number of seconds");
    }
    return Double.parseDouble(text);
  }

  private static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\\', at);
      if (end < 0) {
        end = text.length();
      }
      bytes.writeBytes(text.substring(at, end).getBytes(StandardCharsets.UTF_8));
      if (end < text.length()) {
        end += escape(text, end, bytes);
      }
      at = end;
    }
    return bytes.toByteArray();
  }

  /** Writes what the escape at this place stands for; how many characters it has. */
  private static int escape(String text, int at, ByteArrayOutputStream into) {
    char kind = at + 1 < text.length() ? text.charAt(at + 1) : 0;
    switch (kind) {
      case 'n' -> into.write('\n');
      case 'r' -> into.write('\r');
      case 't' -> into.write('\t');
      case 's' -> into.write(' ');
      case '\\' -> into.write('\\');
      case 'x' -> {
        String digits = text.substring(at + 2, Math.min(at + 4, text.length()));
        if (!digits.matches("[0-9a-fA-F]{2}")) {
          throw new IllegalArgumentException("\\x needs two hexadecimal digits");
        }
        into.write(Integer.parseInt(digits, 16));
        return 4;
      }
      default ->
          throw new IllegalArgumentException(
              "a backslash is followed by n, r, t, s, \\ or x and two hexadecimal digits");
    }
    return 2;
  }
}
