package dejavm.device.video;

/**
 * A text mode in points: a character is 8 or 9 of them wide and up to 32 lines high.
 *
 * <p>The ninth point of a character is of the background, but for line graphics, codes C0 to DF,
 * where it repeats the eighth. What blinks is shown. The cursor, too, and it takes the whole width.
 *
 * <p>Source: IBM VGA technical reference, attribute byte, cursor, and character generator.
 */
final class TextRenderer {
  private static final int BLINKING = 0x08;
  private static final int LINE_GRAPHICS = 0x04;

  private final byte[] crtc;
  private final int mode;
  private final int panning;
  private final int characterWidth;
  private final VgaMemory memory;
  private final Sweep sweep;
  private final Colours colours;
  private final CharacterGenerator generator;

  TextRenderer(Vga.State registers, VgaMemory memory) {
    this.memory = memory;
    crtc = registers.crtc();
    mode = registers.attribute()[0x10];
    characterWidth = (registers.sequencer()[1] & 1) != 0 ? 8 : 9;
    int pan = registers.attribute()[0x13] & 0xF;
    // with nine points to move by, 8 stands for none
    panning = characterWidth == 8 ? pan & 7 : pan >= 8 ? 0 : pan + 1;
    sweep = Sweep.of(registers);
    colours = new Colours(registers);
    generator = new CharacterGenerator(registers, memory);
  }

  Picture picture() {
    int width = sweep.columns() * characterWidth;
    int height = Math.max(sweep.shownLines() / sweep.doubling(), 1);
    int[] rgb = new int[width * height];
    for (int y = 0; y < height; y++) {
      line(y * sweep.doubling(), rgb, y * width, width);
    }
    return new Picture(width, height, rgb);
  }

  private void line(int line, int[] rgb, int at, int width) {
    int counter = sweep.counter(line);
    int scan = sweep.scan(line);
    int first = sweep.panned(line) ? -panning : 0;
    for (int x = first; x < width; x += characterWidth) {
      int count = counter++ & 0xFFFF;
      int address = sweep.address(count, scan);
      int attribute = memory.peek(1, address);
      int points = points(count, memory.peek(0, address), attribute, scan);
      int foreground = colours.four(attribute & 0xF);
      int background = colours.four(attribute >> 4 & ((mode & BLINKING) != 0 ? 7 : 0xF));
      for (int dot = Math.max(-x, 0); dot < characterWidth && x + dot < width; dot++) {
        rgb[at + x + dot] = (points >> 8 - dot & 1) != 0 ? foreground : background;
      }
    }
  }

  /**
   * Which points of a line of a character are of the foreground: nine bits, the left one on top.
   */
  private int points(int counter, int code, int attribute, int scan) {
    if (cursor(counter, scan) || underlined(attribute, scan)) {
      return 0x1FF;
    }
    int eight = generator.line(code, attribute, scan, sweep.rowLines());
    boolean repeated = (mode & LINE_GRAPHICS) != 0 && code >= 0xC0 && code <= 0xDF;
    return eight << 1 | (repeated ? eight & 1 : 0);
  }

  private boolean cursor(int counter, int scan) {
    int at = (crtc[0x0E] & 0xFF) << 8 | crtc[0x0F] & 0xFF;
    boolean on = (crtc[0x0A] & 0x20) == 0;
    return on && counter == at && scan >= (crtc[0x0A] & 0x1F) && scan <= (crtc[0x0B] & 0x1F);
  }

  /** The underline of a monochrome adapter, which other modes keep below the character. */
  private boolean underlined(int attribute, int scan) {
    return (attribute & 0x77) == 0x01 && scan == (crtc[0x14] & 0x1F);
  }
}
