package dejavm.rfb;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The other end of the encodings: what a viewer makes of them, written from RFC 6143 alone. Points
 * stay as they are on the wire, as numbers.
 */
final class Decoder {
  /** A viewer's format, as it is sent. */
  record Format(
      int bits, int depth, boolean bigEndian, boolean trueColour, int[] most, int[] shift) {

    /** What a colour is on the wire. */
    int point(int rgb) {
      int point = 0;
      for (int i = 0; i < 3; i++) {
        int value = rgb >> 16 - 8 * i & 0xFF;
        point |= (int) (Math.round(value * most[i] / 255.0) << shift[i]);
      }
      return point;
    }

    int size() {
      return bits / 8;
    }
  }

  private final Format format;
  private final int width;
  private final int[] points;
  private final Inflater inflater = new Inflater();

  Decoder(Format format, int width, int height) {
    this.format = format;
    this.width = width;
    this.points = new int[width * height];
  }

  int at(int x, int y) {
    return points[y * width + x];
  }

  void decode(int encoding, int x, int y, int wide, int high, DataInputStream in)
      throws IOException {
    switch (encoding) {
      case 0 -> raw(x, y, wide, high, in, false);
      case 5 -> hextile(x, y, wide, high, in);
      case 16 -> {
        byte[] packed = new byte[in.readInt()];
        in.readFully(packed);
        inflater.setInput(packed);
        zrle(x, y, wide, high, new DataInputStream(new Unpacked()));
      }
      default -> throw new IOException("encoding " + encoding);
    }
  }

  /** What comes out of the zlib stream, which goes on from a rectangle to the next. */
  private final class Unpacked extends InputStream {
    @Override
    public int read() {
      byte[] one = new byte[1];
      try {
        return inflater.inflate(one) == 1 ? one[0] & 0xFF : -1;
      } catch (DataFormatException e) {
        throw new UncheckedIOException(new IOException(e));
      }
    }
  }

  private void set(int x, int y, int point) {
    points[y * width + x] = point;
  }

  private void fill(int x, int y, int wide, int high, int point) {
    for (int row = 0; row < high; row++) {
      for (int column = 0; column < wide; column++) {
        set(x + column, y + row, point);
      }
    }
  }

  private int point(DataInputStream in, boolean compact) throws IOException {
    if (compact && format.bits == 32 && format.depth <= 24 && format.trueColour) {
      int used = 0;
      for (int i = 0; i < 3; i++) {
        used |= format.most[i] << format.shift[i];
      }
      if (used >>> 24 == 0) {
        return number(in, 3);
      }
      if ((used & 0xFF) == 0) {
        return number(in, 3) << 8;
      }
    }
    return number(in, format.size());
  }

  private int number(DataInputStream in, int size) throws IOException {
    int number = 0;
    for (int i = 0; i < size; i++) {
      int value = in.readUnsignedByte();
      number = format.bigEndian ? number << 8 | value : number | value << 8 * i;
    }
    return number;
  }

  private void raw(int x, int y, int wide, int high, DataInputStream in, boolean compact)
      throws IOException {
    for (int row = 0; row < high; row++) {
      for (int column = 0; column < wide; column++) {
        set(x + column, y + row, point(in, compact));
      }
    }
  }

  private void hextile(int x, int y, int wide, int high, DataInputStream in) throws IOException {
    int background = 0;
    int foreground = 0;
    for (int top = y; top < y + high; top += 16) {
      for (int left = x; left < x + wide; left += 16) {
        int tileWide = Math.min(16, x + wide - left);
        int tileHigh = Math.min(16, y + high - top);
        int flags = in.readUnsignedByte();
        if ((flags & 1) != 0) {
          raw(left, top, tileWide, tileHigh, in, false);
          // must not be relied on any more
          background = 0x5A5A5A5A;
          foreground = 0x5A5A5A5A;
          continue;
        }
        background = (flags & 2) != 0 ? point(in, false) : background;
        fill(left, top, tileWide, tileHigh, background);
        foreground = (flags & 4) != 0 ? point(in, false) : foreground;
        int rectangles = (flags & 8) != 0 ? in.readUnsignedByte() : 0;
        for (int i = 0; i < rectangles; i++) {
          int point = (flags & 16) != 0 ? point(in, false) : foreground;
          int place = in.readUnsignedByte();
          int size = in.readUnsignedByte();
          if ((place >> 4) + (size >> 4) >= tileWide || (place & 15) + (size & 15) >= tileHigh) {
            throw new IOException("a rectangle beyond its tile");
          }
          fill(left + (place >> 4), top + (place & 15), (size >> 4) + 1, (size & 15) + 1, point);
        }
        foreground = (flags & 16) != 0 ? 0x5A5A5A5A : foreground;
      }
    }
  }

  private void zrle(int x, int y, int wide, int high, DataInputStream in) throws IOException {
    for (int top = y; top < y + high; top += 64) {
      for (int left = x; left < x + wide; left += 64) {
        int tileWide = Math.min(64, x + wide - left);
        int tileHigh = Math.min(64, y + high - top);
        int kind = in.readUnsignedByte();
        if (kind == 0) {
          raw(left, top, tileWide, tileHigh, in, true);
        } else if (kind <= 16) {
          palette(left, top, tileWide, tileHigh, kind, in);
        } else if (kind == 128) {
          runs(left, top, tileWide, tileHigh, in);
        } else {
          throw new IOException("a tile of kind " + kind);
        }
      }
    }
  }

  private void palette(int x, int y, int wide, int high, int colours, DataInputStream in)
      throws IOException {
    int[] palette = new int[colours];
    for (int i = 0; i < colours; i++) {
      palette[i] = point(in, true);
    }
    int bits = colours == 1 ? 0 : colours == 2 ? 1 : colours <= 4 ? 2 : 4;
    for (int row = 0; row < high; row++) {
      int left = 0;
      int value = 0;
      for (int column = 0; column < wide; column++) {
        if (bits > 0 && left == 0) {
          value = in.readUnsignedByte();
          left = 8;
        }
        left -= bits;
        set(x + column, y + row, palette[bits == 0 ? 0 : value >> left & (1 << bits) - 1]);
      }
    }
  }

  private void runs(int x, int y, int wide, int high, DataInputStream in) throws IOException {
    int place = 0;
    while (place < wide * high) {
      int point = point(in, true);
      int length = 1;
      int more = 255;
      while (more == 255) {
        more = in.readUnsignedByte();
        length += more;
      }
      for (int end = place + length; place < end; place++) {
        set(x + place % wide, y + place / wide, point);
      }
    }
  }
}
