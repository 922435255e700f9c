package dejavm.device.video;

/**
 * Where the beam is: the timing of a picture as the CRT controller's registers set it, in dots and
 * lines.
 *
 * <p>Source: IBM VGA technical reference, CRT controller registers 0 to 0x18.
 *
 * @param hertz dots in a second
 * @param dots dots in a line, blanking included
 * @param shownDots dots in a line before blanking
 * @param lines lines in a picture, blanking included
 * @param shownLines lines before blanking
 * @param retrace the line at which the vertical retrace starts
 * @param retraceLines its length
 */
record Raster(
    int hertz, int dots, int shownDots, int lines, int shownLines, int retrace, int retraceLines) {

  static Raster of(byte[] crtc, int misc, int clocking) {
    int character = (clocking & 1) != 0 ? 8 : 9;
    int hertz = (misc >> 2 & 3) == 1 ? 28322000 : 25175000;
    int overflow = crtc[7];
    int lines = (crtc[6] & 0xFF | (overflow & 0x01) << 8 | (overflow & 0x20) << 4) + 2;
    int shown = (crtc[0x12] & 0xFF | (overflow & 0x02) << 7 | (overflow & 0x40) << 3) + 1;
    int retrace = crtc[0x10] & 0xFF | (overflow & 0x04) << 6 | (overflow & 0x80) << 2;
    int length = (crtc[0x11] - retrace & 0xF) == 0 ? 16 : crtc[0x11] - retrace & 0xF;
    return new Raster(
        (clocking & 8) != 0 ? hertz / 2 : hertz,
        ((crtc[0] & 0xFF) + 5) * character,
        ((crtc[1] & 0xFF) + 1) * character,
        lines,
        shown,
        retrace,
        length);
  }

  /** Input status 1 when so many dots have passed: bit 0 while blanked, bit 3 in the retrace. */
  int status(long passed) {
    int dot = (int) (passed % ((long) dots * lines));
    int line = dot / dots;
    boolean blanked = line >= shownLines || dot % dots >= shownDots;
    boolean retracing = line >= retrace && line < retrace + retraceLines;
    return (blanked ? 0x01 : 0) | (retracing ? 0x08 : 0);
  }
}
