package dejavm.rfb;

import dejavm.device.video.Picture;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Point by point. Every viewer knows it.
 *
 * <p>Source: RFC 6143, section 7.7.1.
 */
final class RawEncoding implements Encoding {
  @Override
  public int number() {
    return RAW;
  }

  @Override
  public void encode(Picture picture, Rectangle part, PixelFormat format, DataOutputStream out)
      throws IOException {
    byte[] line = new byte[part.width() * format.size()];
    for (int y = part.y(); y < part.y() + part.height(); y++) {
      int at = 0;
      for (int x = part.x(); x < part.x() + part.width(); x++) {
        at = format.put(line, at, picture.at(x, y));
      }
      out.write(line);
    }
  }
}
