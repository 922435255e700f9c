package dejavm.rfb;

import dejavm.device.video.Picture;
import java.util.Random;

/** Pictures to be sent, as screens have them and as they never do. */
final class Pictures {
  private Pictures() {}

  /** A picture of so many colours: in patches like text, or scattered. */
  static Picture of(Random random, int width, int height, int colours, boolean scattered) {
    int[] palette = random.ints(colours, 0, 1 << 24).toArray();
    int[] rgb = new int[width * height];
    for (int i = 0; i < rgb.length; i++) {
      boolean anew = scattered || i == 0 || random.nextInt(7) == 0;
      rgb[i] = anew ? palette[random.nextInt(colours)] : rgb[i - 1];
    }
    return new Picture(width, height, rgb);
  }

  /** The same with a few rectangles of another colour. */
  static Picture changed(Random random, Picture picture) {
    int[] rgb = picture.rgb().clone();
    for (int n = random.nextInt(4); n >= 0; n--) {
      int left = random.nextInt(picture.width());
      int top = random.nextInt(picture.height());
      int right = left + 1 + random.nextInt(picture.width() - left);
      int bottom = top + 1 + random.nextInt(picture.height() - top);
      int colour = random.nextInt(1 << 24);
      for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
          rgb[y * picture.width() + x] = colour;
        }
      }
    }
    return new Picture(picture.width(), picture.height(), rgb);
  }
}
