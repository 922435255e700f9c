package dejavm.rfb;

/** Part of a picture. */
record Rectangle(int x, int y, int width, int height) {
  /** What is in both, possibly nothing. */
  Rectangle within(int pictureWidth, int pictureHeight) {
    int left = Math.min(x, pictureWidth);
    int top = Math.min(y, pictureHeight);
    return new Rectangle(
        left, top, Math.min(width, pictureWidth - left), Math.min(height, pictureHeight - top));
  }

  boolean isEmpty() {
    return width == 0 || height == 0;
  }
}
