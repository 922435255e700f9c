package dejavm.device.video;

/**
 * What a screen shows, as a copy: a point for each that the guest can set, without a border.
 *
 * @param width points in a line, at least 1
 * @param height lines, at least 1
 * @param rgb colours as 0xRRGGBB in lines from the top, {@code width} to a line
 */
public record Picture(int width, int height, int[] rgb) {
  /**
   * Checks that the points are as many as the size says.
   *
   * @throws IllegalArgumentException if they are not, or there are none
   */
  public Picture {
    if (width < 1 || height < 1 || rgb.length != width * height) {
      throw new IllegalArgumentException(rgb.length + " points of " + width + " by " + height);
    }
  }

  /**
   * The colour of a point, as 0xRRGGBB.
   *
   * @param x from 0, at the left, to {@code width - 1}
   * @param y from 0, at the top, to {@code height - 1}
   */
  public int at(int x, int y) {
    return rgb[y * width + x];
  }

  /** What an adapter with such registers and memory shows; neither is changed. */
  static Picture of(Vga.State registers, VgaMemory memory) {
    Picture picture =
        (registers.graphics()[6] & 1) == 0
            ? new TextRenderer(registers, memory).picture()
            : new GraphicsRenderer(registers, memory).picture();
    return blank(registers) ? black(picture.width, picture.height) : picture;
  }

  /** Whether nothing is sent to the screen, or nothing that it could synchronise to. */
  private static boolean blank(Vga.State registers) {
    boolean off = (registers.sequencer()[1] & 0x20) != 0;
    boolean paletteOpen = (registers.attributeIndex() & 0x20) == 0;
    boolean noSynchronisation = (registers.crtc()[0x17] & 0x80) == 0;
    return off || paletteOpen || noSynchronisation;
  }

  private static Picture black(int width, int height) {
    return new Picture(width, height, new int[width * height]);
  }
}
