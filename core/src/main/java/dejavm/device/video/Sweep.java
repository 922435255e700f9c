package dejavm.device.video;

/**
 * The way of the CRT controller through video memory: which address it fetches at a line and a
 * column.
 *
 * <p>It counts characters, also in graphics modes, where one is 8 dots wide, and lines within a row
 * of characters. Both start anew at the line compare, which splits the screen: what is below shows
 * memory from address 0.
 *
 * <p>Of the ways to count, by every second or fourth character clock is not there; no mode of a
 * BIOS uses it. Source: IBM VGA technical reference, CRT controller registers 7 to 0x18.
 *
 * @param crtc the registers
 * @param shownLines lines before blanking
 * @param pans whether panning goes on below the line compare
 */
record Sweep(byte[] crtc, int shownLines, boolean pans) {
  static Sweep of(Vga.State registers) {
    Raster raster = Raster.of(registers.crtc(), registers.misc(), registers.sequencer()[1]);
    boolean pans = (registers.attribute()[0x10] & 0x20) == 0;
    return new Sweep(registers.crtc(), raster.shownLines(), pans);
  }

  /** Characters in a row. */
  int columns() {
    return (crtc[1] & 0xFF) + 1;
  }

  /** Lines in a row, each counted once if all are doubled. */
  int rowLines() {
    return (crtc[9] & 0x1F) + 1;
  }

  /** How many lines of the screen a counted line takes: 1 or 2. */
  int doubling() {
    return (crtc[9] & 0x80) != 0 ? 2 : 1;
  }

  /** Whether the line within a row is part of the address, as on a CGA or a Hercules card. */
  boolean interleaved() {
    return (crtc[0x17] & 3) != 3;
  }

  /** Whether a line of the screen is below the line compare. */
  boolean split(int line) {
    return line > lineCompare();
  }

  /** Whether panning moves a line of the screen. */
  boolean panned(int line) {
    return pans || !split(line);
  }

  /** The line within its row of characters, from 0 to 31. */
  int scan(int line) {
    return counted(line) % rowLines();
  }

  /** The counter at the left of a line. */
  int counter(int line) {
    int start = split(line) ? 0 : (crtc[0x0C] & 0xFF) << 8 | crtc[0x0D] & 0xFF;
    int bytes = panned(line) ? crtc[8] >> 5 & 3 : 0;
    return start + bytes + counted(line) / rowLines() * pitch(crtc);
  }

  /** The address in the planes that is fetched at a count, in a line of a row. */
  int address(int counter, int scan) {
    int address = address(crtc, counter);
    if ((crtc[0x17] & 1) == 0) {
      address = address & ~0x2000 | (scan & 1) << 13;
    }
    if ((crtc[0x17] & 2) == 0) {
      address = address & ~0x4000 | (scan & 2) << 13;
    }
    return address & 0xFFFF;
  }

  private int counted(int line) {
    return split(line)
        ? (line - lineCompare() - 1) / doubling()
        : line / doubling() + (crtc[8] & 0x1F);
  }

  private int lineCompare() {
    return crtc[0x18] & 0xFF | (crtc[7] & 0x10) << 4 | (crtc[9] & 0x40) << 3;
  }

  /** How far it counts from a row to the next. */
  static int pitch(byte[] crtc) {
    return 2 * (crtc[0x13] & 0xFF);
  }

  /** The address that a count of 16 bits stands for: of bytes, words or double words. */
  static int address(byte[] crtc, int counter) {
    int count = counter & 0xFFFF;
    return (crtc[0x14] & 0x40) != 0 ? count << 2 : (crtc[0x17] & 0x40) != 0 ? count : count << 1;
  }
}
