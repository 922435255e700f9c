package dejavm.rfb;

import dejavm.device.video.Picture;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Tiles of 16 by 16 points, each a background with rectangles on it. Background and foreground
 * carry over from a tile to the next, but not past one that is sent point by point.
 *
 * <p>Source: RFC 6143, section 7.7.4.
 */
final class HextileEncoding implements Encoding {
  private static final int SIDE = 16;
  private static final int COLOURS = 8;
  private static final int RAW_TILE = 1;
  private static final int BACKGROUND = 2;
  private static final int FOREGROUND = 4;
  private static final int RECTANGLES = 8;
  private static final int COLOURED = 16;

  private final Tile tile = new Tile(SIDE, COLOURS);
  private final boolean[] covered = new boolean[SIDE * SIDE];
  private final byte[] bytes = new byte[SIDE * SIDE * Integer.BYTES];
  private int background;
  private int foreground;

  @Override
  public int number() {
    return HEXTILE;
  }

  @Override
  public void encode(Picture picture, Rectangle part, PixelFormat format, DataOutputStream out)
      throws IOException {
    background = -1;
    foreground = -1;
    int right = part.x() + part.width();
    int bottom = part.y() + part.height();
    for (int y = part.y(); y < bottom; y += SIDE) {
      for (int x = part.x(); x < right; x += SIDE) {
        tile.load(picture, x, y, Math.min(SIDE, right - x), Math.min(SIDE, bottom - y));
        tile(format, out);
      }
    }
  }

  private void tile(PixelFormat format, DataOutputStream out) throws IOException {
    int ground = tile.background();
    int flags = ground == background ? 0 : BACKGROUND;
    int colour = foreground;
    if (tile.colourCount() == 2) {
      colour = tile.colour(0) == ground ? tile.colour(1) : tile.colour(0);
      flags |= RECTANGLES | (colour == foreground ? 0 : FOREGROUND);
    } else if (tile.colourCount() > 2) {
      flags |= RECTANGLES | COLOURED;
    }
    int room = tile.size() * format.size();
    int rectangles = (flags & RECTANGLES) == 0 ? 0 : rectangles(ground, flags, format, room);
    if (rectangles < 0) {
      out.writeByte(RAW_TILE);
      int at = 0;
      for (int i = 0; i < tile.size(); i++) {
        at = format.put(bytes, at, tile.at(i));
      }
      out.write(bytes, 0, at);
      background = -1;
      foreground = -1;
      return;
    }
    out.writeByte(flags);
    if ((flags & BACKGROUND) != 0) {
      writeColour(format, ground, out);
    }
    if ((flags & FOREGROUND) != 0) {
      writeColour(format, colour, out);
    }
    background = ground;
    // what is coloured point by point leaves no foreground to rely on
    foreground = (flags & COLOURED) != 0 ? -1 : colour;
    if ((flags & RECTANGLES) != 0) {
      int each = 2 + ((flags & COLOURED) != 0 ? format.size() : 0);
      out.writeByte(rectangles);
      out.write(bytes, 0, rectangles * each);
    }
  }

  private static void writeColour(PixelFormat format, int rgb, DataOutputStream out)
      throws IOException {
    byte[] point = new byte[format.size()];
    format.put(point, 0, rgb);
    out.write(point);
  }

  /** Puts the rectangles into the buffer; how many, -1 if they take more than the points would. */
  private int rectangles(int ground, int flags, PixelFormat format, int room) {
    for (int i = 0; i < tile.size(); i++) {
      covered[i] = tile.at(i) == ground;
    }
    int each = 2 + ((flags & COLOURED) != 0 ? format.size() : 0);
    int count = 0;
    int at = 0;
    for (int i = 0; i < tile.size(); i++) {
      if (covered[i]) {
        continue;
      }
      if (at + each > room || count == 255) {
        return -1;
      }
      int x = i % tile.width();
      int y = i / tile.width();
      int wide = wide(x, y);
      int high = high(x, y, wide);
      if ((flags & COLOURED) != 0) {
        at = format.put(bytes, at, tile.at(i));
      }
      bytes[at++] = (byte) (x << 4 | y);
      bytes[at++] = (byte) (wide - 1 << 4 | high - 1);
      count++;
    }
    return count;
  }

  /** How far to the right a point's colour goes. */
  private int wide(int x, int y) {
    int first = y * tile.width() + x;
    int wide = 1;
    while (x + wide < tile.width() && same(first + wide, first)) {
      wide++;
    }
    return wide;
  }

  /** How far down it goes in this width; what it takes is covered then. */
  private int high(int x, int y, int wide) {
    int first = y * tile.width() + x;
    int high = 0;
    while (y + high < tile.height() && row(first, first + high * tile.width(), wide)) {
      for (int i = 0; i < wide; i++) {
        covered[first + high * tile.width() + i] = true;
      }
      high++;
    }
    return high;
  }

  private boolean row(int first, int from, int wide) {
    for (int i = 0; i < wide; i++) {
      if (!same(from + i, first)) {
        return false;
      }
    }
    return true;
  }

  private boolean same(int place, int first) {
    return !covered[place] && tile.at(place) == tile.at(first);
  }
}
