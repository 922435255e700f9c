package dejavm.rfb;

import dejavm.device.video.Picture;
import java.io.DataOutputStream;
import java.io.IOException;

/** A way to send part of a picture. Each viewer has its own: some depend on what went before. */
interface Encoding {
  int RAW = 0;
  int HEXTILE = 5;
  int ZRLE = 16;

  /** Its number in the protocol. */
  int number();

  /** Sends it, without the header. */
  void encode(Picture picture, Rectangle part, PixelFormat format, DataOutputStream out)
      throws IOException;

  /** Gives back what it holds outside the heap. */
  default void close() {}
}
