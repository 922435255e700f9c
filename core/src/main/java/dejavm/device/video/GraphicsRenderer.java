package dejavm.device.video;

/**
 * A graphics mode in points. Each character clock takes a byte of every plane, and the graphics
 * controller's shift registers say how the 32 bits become points:
 *
 * <ul>
 *   <li>a bit of each plane, 8 points of 16 colours;
 *   <li>two bits of two planes at a time, 8 points of 4 or 16 colours, as on a CGA;
 *   <li>a byte, 4 points of 256 colours, be the planes chained for the CPU or not.
 * </ul>
 *
 * <p>Lines that only repeat the one before are left out, so that 320 by 200 points are as many in
 * the picture.
 *
 * <p>Source: IBM VGA technical reference, graphics controller register 5.
 */
final class GraphicsRenderer {
  private final VgaMemory memory;
  private final Sweep sweep;
  private final Colours colours;
  private final boolean bytes;
  private final boolean pairs;
  private final int panning;

  GraphicsRenderer(Vga.State registers, VgaMemory memory) {
    this.memory = memory;
    sweep = Sweep.of(registers);
    colours = new Colours(registers);
    bytes = (registers.graphics()[5] & 0x40) != 0;
    pairs = (registers.graphics()[5] & 0x20) != 0;
    int pan = registers.attribute()[0x13] & 7;
    panning = bytes ? pan >> 1 : pan;
  }

  Picture picture() {
    int fetched = bytes ? 4 : 8;
    int repeated = sweep.doubling() * (sweep.interleaved() ? 1 : sweep.rowLines());
    int width = sweep.columns() * fetched;
    int height = Math.max(sweep.shownLines() / repeated, 1);
    int[] rgb = new int[width * height];
    for (int y = 0; y < height; y++) {
      int line = y * repeated;
      int counter = sweep.counter(line);
      int scan = sweep.scan(line);
      int moved = sweep.panned(line) ? panning : 0;
      for (int x = 0; x < width; x++) {
        int point = x + moved;
        rgb[y * width + x] =
            colour(sweep.address(counter + point / fetched, scan), point % fetched);
      }
    }
    return new Picture(width, height, rgb);
  }

  private int colour(int address, int point) {
    if (bytes) {
      return colours.eight(memory.peek(point, address));
    }
    if (pairs) {
      int shift = 6 - 2 * (point & 3);
      int plane = point >> 2;
      int low = memory.peek(plane, address) >> shift & 3;
      return colours.four(low | (memory.peek(plane + 2, address) >> shift & 3) << 2);
    }
    int index = 0;
    for (int plane = 0; plane < 4; plane++) {
      index |= (memory.peek(plane, address) >> 7 - point & 1) << plane;
    }
    return colours.four(index);
  }
}
