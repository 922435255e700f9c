package dejavm.rfb;

import dejavm.device.video.Picture;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Tiles of 64 by 64 points, each by its few colours, in runs or point by point, and all of it
 * through one zlib stream that lasts as long as the viewer does.
 *
 * <p>Source: RFC 6143, section 7.7.6.
 */
final class ZrleEncoding implements Encoding {
  private static final int SIDE = 64;
  private static final int PALETTE = 16;
  private static final int PLAIN_RUNS = 128;

  /** Lines of a part that are compressed together: what bounds the buffers. */
  static final int BAND = SIDE;

  private final Tile tile = new Tile(SIDE, PALETTE);
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED);
  private byte[] plain = new byte[1 << 14];
  private int length;
  private byte[] packed = new byte[1 << 14];

  @Override
  public int number() {
    return ZRLE;
  }

  @Override
  public void encode(Picture picture, Rectangle part, PixelFormat format, DataOutputStream out)
      throws IOException {
    length = 0;
    int right = part.x() + part.width();
    int bottom = part.y() + part.height();
    for (int y = part.y(); y < bottom; y += SIDE) {
      for (int x = part.x(); x < right; x += SIDE) {
        tile.load(picture, x, y, Math.min(SIDE, right - x), Math.min(SIDE, bottom - y));
        tile(format);
      }
    }
    int size = deflate();
    out.writeInt(size);
    out.write(packed, 0, size);
  }

  @Override
  public void close() {
    deflater.end();
  }

  private int deflate() {
    deflater.setInput(plain, 0, length);
    int size = 0;
    int more = -1;
    while (more != 0) {
      if (packed.length - size < 1024) {
        packed = Arrays.copyOf(packed, 2 * packed.length);
      }
      more = deflater.deflate(packed, size, packed.length - size, Deflater.SYNC_FLUSH);
      size += more;
      // a buffer that was not filled says that nothing is left
      more = size < packed.length ? 0 : more;
    }
    return size;
  }

  private void tile(PixelFormat format) {
    int point = format.compactSize();
    // a tile is never longer than it is point by point, with a byte in front
    if (plain.length - length < tile.size() * point + 1 + PALETTE * point) {
      plain = Arrays.copyOf(plain, 2 * plain.length);
    }
    int colours = tile.colourCount();
    if (colours == 1) {
      plain[length++] = 1;
      length = format.putCompact(plain, length, tile.colour(0));
    } else if (colours <= PALETTE) {
      palette(format, colours);
    } else if (runs() * (point + 1) < tile.size() * point) {
      plainRuns(format);
    } else {
      plain[length++] = 0;
      for (int i = 0; i < tile.size(); i++) {
        length = format.putCompact(plain, length, tile.at(i));
      }
    }
  }

  /** The colours, then the number of each point's in 1, 2 or 4 bits; lines begin with a byte. */
  private void palette(PixelFormat format, int colours) {
    plain[length++] = (byte) colours;
    for (int i = 0; i < colours; i++) {
      length = format.putCompact(plain, length, tile.colour(i));
    }
    int bits = colours == 2 ? 1 : colours <= 4 ? 2 : 4;
    for (int y = 0; y < tile.height(); y++) {
      int filled = 0;
      int value = 0;
      for (int x = 0; x < tile.width(); x++) {
        value = value << bits | tile.index(tile.at(y * tile.width() + x));
        filled += bits;
        if (filled == 8) {
          plain[length++] = (byte) value;
          filled = 0;
          value = 0;
        }
      }
      if (filled > 0) {
        plain[length++] = (byte) (value << 8 - filled);
      }
    }
  }

  /** How many runs of 255 points and fewer there are. */
  private int runs() {
    int runs = 0;
    for (int i = 0; i < tile.size(); i += run(i)) {
      runs += 1 + (run(i) - 1) / 255;
    }
    return runs;
  }

  private int run(int from) {
    int run = 1;
    while (from + run < tile.size() && tile.at(from + run) == tile.at(from)) {
      run++;
    }
    return run;
  }

  private void plainRuns(PixelFormat format) {
    plain[length++] = (byte) PLAIN_RUNS;
    for (int i = 0; i < tile.size(); ) {
      int run = run(i);
      length = format.putCompact(plain, length, tile.at(i));
      i += run;
      for (run--; run >= 255; run -= 255) {
        plain[length++] = (byte) 255;
      }
      plain[length++] = (byte) run;
    }
  }
}
