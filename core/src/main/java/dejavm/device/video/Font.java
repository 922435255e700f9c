package dejavm.device.video;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Characters of code page 437, 8 points wide and 16 lines high, of our own design. They are drawn
 * in the resource {@code font.txt}, which also says how; lines and blocks are computed.
 */
final class Font {
  static final int HEIGHT = 16;

  /** The line of the cell that a drawing starts with. */
  private static final int FIRST_LINE = 2;

  private static final int DRAWN_LINES = 13;

  /** Accents end above this line on small letters, and so much higher on capitals. */
  private static final int ACCENTS = 5;

  private static final int RAISED = 3;

  private final byte[][] characters = new byte[256][HEIGHT];

  private Font(String drawings) {
    for (int code = BoxDrawing.FIRST; code <= BoxDrawing.LAST; code++) {
      characters[code] = BoxDrawing.character(code);
    }
    Map<String, byte[]> accents = new TreeMap<>();
    String[] lines = drawings.lines().filter(line -> !line.startsWith(";")).toArray(String[]::new);
    for (int at = 0; at < lines.length; at++) {
      String[] words = lines[at].split(" +");
      if (words.length == 4 && words[1].equals("=")) {
        characters[code(words[0])] = accented(words[2].charAt(0), accents.get(words[3]));
      } else if (!lines[at].isEmpty()) {
        for (int i = 0; i < words.length; i++) {
          byte[] drawn = drawn(lines, at + 1, i);
          if (words[i].length() == 2) {
            characters[code(words[i])] = drawn;
          } else {
            accents.put(words[i], drawn);
          }
        }
        at += DRAWN_LINES;
      }
    }
  }

  /** The font that is part of the program. */
  static Font builtIn() {
    try (InputStream in = Font.class.getResourceAsStream("font.txt")) {
      return new Font(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int code(String hex) {
    return Integer.parseInt(hex, 16);
  }

  private static byte[] drawn(String[] lines, int from, int index) {
    byte[] drawn = new byte[HEIGHT];
    for (int i = 0; i < DRAWN_LINES; i++) {
      String points = lines[from + i].split(" +")[index];
      for (int x = 0; x < points.length(); x++) {
        drawn[FIRST_LINE + i] |= (byte) (points.charAt(x) == '#' ? 0x80 >> x : 0);
      }
    }
    return drawn;
  }

  /** A letter with an accent, which takes the place of its dot. */
  private byte[] accented(char letter, byte[] accent) {
    byte[] both = characters[letter].clone();
    boolean capital = letter <= 'Z';
    for (int line = 0; line < HEIGHT; line++) {
      boolean above = line < ACCENTS;
      if (above && !capital) {
        both[line] = accent[line];
      } else if (!above || line >= RAISED) {
        both[above ? line - RAISED : line] |= accent[line];
      }
    }
    return both;
  }

  /**
   * A line of a character as eight bits, the left point in the highest. Lower characters than the
   * font's have lines of it put on top of each other, higher ones blank lines below.
   *
   * @param code 0 to 255
   * @param scan the line from the top, 0 to {@code height - 1}
   * @param height lines that a character has, at least 1
   */
  int line(int code, int scan, int height) {
    int shown = Math.min(height, HEIGHT);
    int points = 0;
    for (int line = scan * HEIGHT / shown; line < (scan + 1) * HEIGHT / shown; line++) {
      points |= line < HEIGHT ? characters[code][line] & 0xFF : 0;
    }
    return points;
  }
}
