package dejavm.device.video;

/**
 * What a text mode shows, as copies.
 *
 * @param codes character codes in rows from the top, {@code columns} to a row
 * @param attributes their attributes: foreground in bits 0 to 3, background in 4 to 6, blink or
 *     bright background in 7
 * @param cursor the cell that the cursor is in, -1 where it is off or elsewhere
 */
public record Screen(int columns, int rows, byte[] codes, byte[] attributes, int cursor) {
  /** Code page 437, which is burnt into the character generator. */
  private static final String CODE_PAGE =
      " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"
          + " !\"#$%&'()*+,-./0123456789:;<=>?"
          + "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_"
          + "`abcdefghijklmnopqrstuvwxyz{|}~⌂"
          + "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
          + "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
          + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
          + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

  /** The rows as text. */
  public String[] text() {
    String[] lines = new String[rows];
    for (int row = 0; row < rows; row++) {
      StringBuilder line = new StringBuilder(columns);
      for (int column = 0; column < columns; column++) {
        line.append(CODE_PAGE.charAt(codes[row * columns + column] & 0xFF));
      }
      lines[row] = line.toString();
    }
    return lines;
  }
}
