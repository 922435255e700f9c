package dejavm.device.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FontTest {
  private static final int FIRST_BOX = 0xB3;
  private static final int LAST_BOX = 0xDA;

  private final Font font = Font.builtIn();

  private String drawing(int code) {
    StringBuilder drawing = new StringBuilder();
    for (int line = 0; line < Font.HEIGHT; line++) {
      int points = font.line(code, line, Font.HEIGHT);
      for (int x = 0; x < 8; x++) {
        drawing.append((points >> 7 - x & 1) != 0 ? '#' : '.');
      }
      drawing.append('\n');
    }
    return drawing.toString();
  }

  @Test
  void everyCharacterIsThereAndDiffersFromAllOthers() {
    Set<String> drawings = new TreeSet<>();
    for (int code = 0; code < 256; code++) {
      String drawing = drawing(code);
      boolean blank = code == 0 || code == ' ' || code == 0xFF;
      assertThat(drawing.contains("#")).as("code %02X", code).isEqualTo(!blank);
      assertThat(drawings.add(drawing) || blank).as("code %02X is another", code).isTrue();
    }
  }

  @Test
  void lettersDoNotTouchEachOther() {
    for (int code = '!'; code <= '~'; code++) {
      for (int line = 0; line < Font.HEIGHT; line++) {
        assertThat(font.line(code, line, Font.HEIGHT) & 1).as("code %02X", code).isZero();
      }
    }
  }

  @Test
  void accentsStandOnTheirLetters() {
    for (int line = 5; line < Font.HEIGHT; line++) {
      assertThat(font.line(0x82, line, 16)).isEqualTo(font.line('e', line, 16));
      assertThat(font.line(0x90, line, 16)).isEqualTo(font.line('E', line, 16));
    }
    assertThat(font.line(0x82, 3, 16)).isEqualTo(0x08);
    assertThat(font.line(0x90, 0, 16)).isEqualTo(0x08);
    assertThat(font.line(0x90, 2, 16)).isZero();
    assertThat(font.line(0x8D, 3, 16)).as("instead of the dot").isEqualTo(0x10);
    assertThat(font.line(0x8D, 4, 16)).isEqualTo(0x08);
    assertThat(font.line(0x80, 14, 16)).as("a cedilla is below").isNotZero();
  }

  /** What lines reach an edge of the cell fits those of the name that Unicode gives them. */
  @Test
  void linesMeetTheirNeighbours() {
    for (int code = FIRST_BOX; code <= LAST_BOX; code++) {
      String name = Character.getName(unicode(code));
      assertThat(ends(drawing(code)))
          .as(name)
          .containsExactly(
              count(name, "UP", "VERTICAL"),
              count(name, "RIGHT", "HORIZONTAL"),
              count(name, "DOWN", "VERTICAL"),
              count(name, "LEFT", "HORIZONTAL"));
    }
  }

  private static int unicode(int code) {
    byte[] codes = {(byte) code};
    return new Screen(1, 1, codes, new byte[1], -1).text()[0].charAt(0);
  }

  /** Points on the edges: up, right, down, left. */
  private static int[] ends(String drawing) {
    String[] lines = drawing.split("\n");
    int[] ends = new int[4];
    ends[0] = count(lines[0]);
    ends[2] = count(lines[Font.HEIGHT - 1]);
    for (String line : lines) {
      ends[1] += line.charAt(7) == '#' ? 1 : 0;
      ends[3] += line.charAt(0) == '#' ? 1 : 0;
    }
    return ends;
  }

  private static int count(String line) {
    return (int) line.chars().filter(point -> point == '#').count();
  }

  /**
   * Names are like DOWN SINGLE AND LEFT DOUBLE, DOUBLE VERTICAL AND RIGHT, or LIGHT UP AND LEFT.
   */
  private static int count(String name, String direction, String through) {
    String words = name.substring("BOX DRAWINGS ".length());
    boolean all = words.startsWith("DOUBLE ");
    for (String part : words.split(" AND ")) {
      if (part.contains(direction) || part.contains(through)) {
        return all || part.contains("DOUBLE") ? 2 : 1;
      }
    }
    return 0;
  }

  @ParameterizedTest
  @CsvSource({
    "C9, ........ ..###### ..#..... ..#.#### ..#.#...",
    "CE, ..#.#... ###.#### ........ ###.#### ..#.#...",
    "B6, ..#.#... ..#.#... ###.#... ..#.#... ..#.#...",
    "BC, ..#.#... ###.#... ....#... #####... ........",
    "D4, ...#.... ...##### ...#.... ...##### ........",
    "B7, ........ ........ #####... ..#.#... ..#.#...",
    "CB, ........ ######## ........ ###.#### ..#.#..."
  })
  void linesJoin(String code, String expected) {
    String[] lines = drawing(Integer.parseInt(code, 16)).split("\n");
    assertThat(String.join(" ", lines[5], lines[6], lines[7], lines[8], lines[9]))
        .isEqualTo(expected);
  }

  @Test
  void otherHeights() {
    for (int line = 0; line < 8; line++) {
      int both = font.line('A', 2 * line, 16) | font.line('A', 2 * line + 1, 16);
      assertThat(font.line('A', line, 8)).isEqualTo(both);
    }
    assertThat(font.line('A', 11, 32)).isEqualTo(font.line('A', 11, 16));
    assertThat(font.line(0xDB, 16, 32)).isZero();
  }
}
