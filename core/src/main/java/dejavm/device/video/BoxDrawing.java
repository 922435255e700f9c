package dejavm.device.video;

/**
 * Codes B0 to DF of code page 437: shades, single and double lines and where they meet, blocks. All
 * reach the edges of their cell, so that they continue in the next.
 */
final class BoxDrawing {
  static final int FIRST = 0xB0;
  static final int LAST = 0xDF;

  private static final int LINES = 0xB3;
  private static final int BLOCKS = 0xDB;

  /** From B3 on: how many lines go up, right, down and left. */
  private static final String ARMS =
      "1010 1011 1012 2021 0021 0012 2022 2020 0022 2002"
          + " 2001 1002 0011 1100 1101 0111 1110 0101 1111 1210"
          + " 2120 2200 0220 2202 0222 2220 0202 2222 1202 2101"
          + " 0212 0121 2100 1200 0210 0120 2121 1212 1001 0110";

  /** Where lines meet; those of a double line are beside it. */
  private static final int MIDDLE_COLUMN = 3;

  private static final int MIDDLE_LINE = 7;

  private BoxDrawing() {}

  /** The lines of a character from the top, the left point in the highest bit. */
  static byte[] character(int code) {
    boolean[][] points = new boolean[Font.HEIGHT][8];
    if (code >= LINES && code < BLOCKS) {
      String arms = ARMS.split(" ")[code - LINES];
      for (int direction = 0; direction < 4; direction++) {
        arm(points, arms, direction);
      }
    } else {
      for (int y = 0; y < Font.HEIGHT; y++) {
        for (int x = 0; x < 8; x++) {
          points[y][x] = filled(code, x, y);
        }
      }
    }
    byte[] lines = new byte[Font.HEIGHT];
    for (int y = 0; y < Font.HEIGHT; y++) {
      for (int x = 0; x < 8; x++) {
        lines[y] |= (byte) (points[y][x] ? 0x80 >> x : 0);
      }
    }
    return lines;
  }

  private static boolean filled(int code, int x, int y) {
    boolean quarter = (x + 2 * (y & 1)) % 4 == 0;
    return switch (code) {
      case 0xB0 -> quarter;
      case 0xB1 -> (x + y) % 2 == 0;
      case 0xB2 -> !quarter;
      case 0xDC -> y >= Font.HEIGHT / 2;
      case 0xDD -> x < 4;
      case 0xDE -> x >= 4;
      case 0xDF -> y < Font.HEIGHT / 2;
      default -> true;
    };
  }

  private static void arm(boolean[][] points, String arms, int direction) {
    int count = arms.charAt(direction) - '0';
    for (int line = 0; line < count; line++) {
      // seen from the edge, with the first line on the side of the next direction
      int side = count == 1 ? 0 : line == 0 ? 1 : 3;
      int reach = side == 0 ? reach(arms, direction) : reach(arms, direction, side);
      draw(points, direction, side, reach);
    }
  }

  /** How far a single line goes past the middle. */
  private static int reach(String arms, int direction) {
    int one = count(arms, direction + 1);
    int other = count(arms, direction + 3);
    if (count(arms, direction + 2) > 0 || Math.max(one, other) < 2) {
      return 0;
    }
    return one > 0 && other > 0 ? -1 : 1;
  }

  /** How far that line of a double one goes past the middle which is on a side. */
  private static int reach(String arms, int direction, int side) {
    int here = count(arms, direction + side);
    int beyond = count(arms, direction + 4 - side);
    if (here == 2) {
      return -1;
    }
    return here == 0 && beyond == 2 && count(arms, direction + 2) == 0 ? 1 : 0;
  }

  private static int count(String arms, int direction) {
    return arms.charAt(direction & 3) - '0';
  }

  /** Draws from an edge: up, right, down or left. */
  private static void draw(boolean[][] points, int direction, int side, int reach) {
    int aside = side == 0 ? 0 : (direction + side & 3) == 1 || (direction + side & 3) == 2 ? 1 : -1;
    boolean vertical = (direction & 1) == 0;
    boolean before = direction == 0 || direction == 3;
    int middle = vertical ? MIDDLE_LINE : MIDDLE_COLUMN;
    int from = before ? 0 : middle - reach;
    int to = before ? middle + reach : (vertical ? Font.HEIGHT : 8) - 1;
    for (int along = from; along <= to; along++) {
      if (vertical) {
        points[along][MIDDLE_COLUMN + aside] = true;
      } else {
        points[MIDDLE_LINE + aside][along] = true;
      }
    }
  }
}
