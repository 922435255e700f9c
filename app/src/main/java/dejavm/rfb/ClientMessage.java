package dejavm.rfb;

import java.io.DataInputStream;
import java.io.IOException;

/**
 * What a viewer says once it is connected.
 *
 * <p>Source: RFC 6143, section 7.5; QEMU's extended key event, message 255; SetDesktopSize, message
 * 251.
 */
sealed interface ClientMessage {
  record SetPixelFormat(PixelFormat format) implements ClientMessage {}

  record SetEncodings(int[] numbers) implements ClientMessage {}

  /**
   * Wants the picture.
   *
   * @param incremental only what has changed of it
   */
  record UpdateRequest(boolean incremental, Rectangle part) implements ClientMessage {}

  /** A key by what it means. */
  record Key(boolean down, int keysym) implements ClientMessage {}

  /**
   * A key by what it means, and by its code in set 1, with 0x80 for extended keys; 0 if unknown.
   */
  record ScannedKey(boolean down, int keysym, int code) implements ClientMessage {}

  /** Where the pointer is, and its buttons. */
  record Pointer(int buttons, int x, int y) implements ClientMessage {}

  /** Would have another size of screen. */
  record SetDesktopSize() implements ClientMessage {}

  /** Has text in its clipboard, which no PC takes. */
  record CutText() implements ClientMessage {}

  int MOST_TEXT = 1 << 20;

  /**
   * Reads the next one.
   *
   * @throws RfbException if it is none
   */
  static ClientMessage read(DataInputStream in) throws IOException {
    int type = in.readUnsignedByte();
    return switch (type) {
      case 0 -> {
        skip(in, 3);
        yield new SetPixelFormat(PixelFormat.read(in));
      }
      case 2 -> {
        skip(in, 1);
        int[] numbers = new int[in.readUnsignedShort()];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = in.readInt();
        }
        yield new SetEncodings(numbers);
      }
      case 3 -> new UpdateRequest(in.readUnsignedByte() != 0, rectangle(in));
      case 4 -> {
        boolean down = in.readUnsignedByte() != 0;
        skip(in, 2);
        yield new Key(down, in.readInt());
      }
      case 5 -> new Pointer(in.readUnsignedByte(), in.readUnsignedShort(), in.readUnsignedShort());
      case 6 -> {
        skip(in, 3);
        // an extended clipboard's length is negative
        int length = in.readInt();
        if (length > MOST_TEXT || length < -MOST_TEXT) {
          throw new RfbException("sends text of " + Math.abs((long) length) + " bytes");
        }
        skip(in, Math.abs(length));
        yield new CutText();
      }
      case 251 -> {
        skip(in, 5);
        int screens = in.readUnsignedByte();
        skip(in, 1 + screens * 16);
        yield new SetDesktopSize();
      }
      case 255 -> {
        int kind = in.readUnsignedByte();
        if (kind != 0) {
          throw new RfbException("sends QEMU's message " + kind + ", which was not offered");
        }
        boolean down = in.readUnsignedShort() != 0;
        yield new ScannedKey(down, in.readInt(), in.readInt());
      }
      default -> throw new RfbException("sends message " + type + ", which is unknown");
    };
  }

  private static Rectangle rectangle(DataInputStream in) throws IOException {
    return new Rectangle(
        in.readUnsignedShort(),
        in.readUnsignedShort(),
        in.readUnsignedShort(),
        in.readUnsignedShort());
  }

  private static void skip(DataInputStream in, int length) throws IOException {
    in.skipNBytes(length);
  }
}
