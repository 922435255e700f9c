package dejavm.device.video;

/**
 * A frame buffer in points: 16 colours in planes, 256 of the palette, or red, green and blue in 15,
 * 16, 24 or 32 bits, blue in the lowest.
 *
 * <p>Source: Bochs documentation, VBE DISPI interface.
 */
final class FrameBufferRenderer {
  private final Dispi dispi;
  private final Colours colours;
  private final VideoRam ram;

  FrameBufferRenderer(Dispi dispi, Colours colours, VideoRam ram) {
    this.dispi = dispi;
    this.colours = colours;
    this.ram = ram;
  }

  Picture picture() {
    int width = dispi.width();
    int height = dispi.height();
    int[] rgb = new int[width * height];
    for (int y = 0; y < height; y++) {
      int line = dispi.start() + y * dispi.pitch();
      for (int x = 0; x < width; x++) {
        rgb[y * width + x] = colour(line, x);
      }
    }
    return new Picture(width, height, rgb);
  }

  private int colour(int line, int x) {
    return switch (dispi.depth()) {
      case 4 -> {
        int index = 0;
        for (int plane = 0; plane < 4; plane++) {
          index |= (get(line + x / 8 << 2 | plane) >> 7 - (x & 7) & 1) << plane;
        }
        yield colours.four(index);
      }
      case 15 -> {
        int value = get(line + 2 * x) | get(line + 2 * x + 1) << 8;
        yield wide(value >> 10 & 31, 5) << 16 | wide(value >> 5 & 31, 5) << 8 | wide(value & 31, 5);
      }
      case 16 -> {
        int value = get(line + 2 * x) | get(line + 2 * x + 1) << 8;
        yield wide(value >> 11, 5) << 16 | wide(value >> 5 & 63, 6) << 8 | wide(value & 31, 5);
      }
      case 24 -> components(line + 3 * x);
      case 32 -> components(line + 4 * x);
      default -> colours.direct(get(line + x));
    };
  }

  private int components(int at) {
    return get(at) | get(at + 1) << 8 | get(at + 2) << 16;
  }

  private int get(int at) {
    return ram.get(at & VideoRam.SIZE - 1);
  }

  /** Eight bits of fewer, so that the brightest stays the brightest. */
  private static int wide(int component, int bits) {
    return component << 8 - bits | component >> 2 * bits - 8;
  }
}
