package dejavm.device.video;

import dejavm.device.Workbench;

/** An adapter to set modes on, as firmware sets them: through its ports. */
final class VideoBench {
  static final int TEXT = 0x18000;

  final Vga vga = new Vga(new Workbench().time);

  void out(int port, int value) {
    vga.ports().write(port - 0x3B0, 1, value);
  }

  void sequencer(int index, int value) {
    out(0x3C4, index);
    out(0x3C5, value);
  }

  void crtc(int index, int value) {
    out(0x3D4, index);
    out(0x3D5, value);
  }

  void graphics(int index, int value) {
    out(0x3CE, index);
    out(0x3CF, value);
  }

  void attribute(int index, int value) {
    vga.ports().read(0x3DA - 0x3B0, 1);
    out(0x3C0, index);
    out(0x3C0, value);
    out(0x3C0, 0x20);
  }

  /** The attribute mode with its upper bits too, of which the port drops two. */
  void mode(int value) {
    Vga.State state = vga.state();
    state.attribute()[0x10] = (byte) value;
    vga.restore(state);
  }

  void colour(int index, int red, int green, int blue) {
    out(0x3C8, index);
    out(0x3C9, red);
    out(0x3C9, green);
    out(0x3C9, blue);
  }

  /** A character and its attribute in a cell of a text mode with 80 columns. */
  void cell(int column, int row, int code, int attribute) {
    vga.memory().write(TEXT + 160 * row + 2 * column, 2, code | attribute << 8);
  }

  void cursor(boolean on) {
    crtc(0x0A, on ? 0x0D : 0x20);
  }

  /** A line of a character, put into plane 2. */
  void glyph(int offset, int code, int line, int points) {
    vga.ram().put(offset + 32 * code + line << 2 | 2, points);
  }

  void write(int offset, int value) {
    vga.memory().write(offset, 1, value);
  }

  Picture picture() {
    return vga.picture();
  }

  /** Modes 13h and X: 320 by 200 points of 256 colours. */
  void mode13(boolean chained) {
    out(0x3C2, 0x63);
    sequencer(1, 0x01);
    sequencer(2, 0x0F);
    sequencer(4, chained ? 0x0E : 0x06);
    graphics(5, 0x40);
    graphics(6, 0x05);
    crtc(9, 0x41);
    crtc(0x13, 0x28);
    crtc(0x14, chained ? 0x40 : 0x00);
    crtc(0x17, chained ? 0xA3 : 0xE3);
    attribute(0x10, 0x41);
    attribute(0x13, 0x00);
    for (int i = 0; i < 256; i++) {
      colour(i, i >> 2, 63 - (i >> 2), i & 63);
    }
  }

  /** Modes Dh, 10h and 12h: four planes of 16 colours, cleared; the palette as at power-on. */
  void planar(int columns, int lines, boolean doubled) {
    out(0x3C2, 0xE3);
    sequencer(1, columns == 40 ? 0x09 : 0x01);
    sequencer(2, 0x0F);
    sequencer(4, 0x06);
    graphics(5, 0x00);
    graphics(6, 0x05);
    crtc(0x11, 0x0E);
    crtc(1, columns - 1);
    int last = (doubled ? 2 * lines : lines) - 1;
    crtc(7, last >> 7 & 2 | last >> 3 & 0x40 | 0x10);
    crtc(9, doubled ? 0xC0 : 0x40);
    crtc(0x12, last & 0xFF);
    crtc(0x13, columns / 2);
    crtc(0x17, 0xE3);
    attribute(0x10, 0x01);
    attribute(0x13, 0x00);
    for (int i = 0; i < 0x10000; i++) {
      write(i, 0);
    }
  }

  /** Mode 4: 320 by 200 points of 4 colours, odd lines 8 KiB behind even ones. */
  void mode4() {
    planar(40, 200, true);
    sequencer(4, 0x02);
    graphics(5, 0x30);
    graphics(6, 0x0F);
    crtc(9, 0xC1);
    crtc(0x17, 0xA2);
    attribute(0x12, 0x03);
  }
}
