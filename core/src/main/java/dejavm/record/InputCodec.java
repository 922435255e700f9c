package dejavm.record;

import dejavm.bus.Input;

/** Inputs as bytes: a kind, then what it says. The kinds are part of the format. */
final class InputCodec {
  private static final int KEY = 1;
  private static final int POINTER = 2;
  private static final int NET_FRAME = 3;
  private static final int SERIAL_BYTES = 4;
  private static final int USB_COMPLETION = 5;
  private static final int AUDIO_IN = 6;
  private static final int MEDIA_CHANGE = 7;
  private static final int DISK_FAULT = 8;
  private static final int POWER_BUTTON = 9;
  private static final int RESET_BUTTON = 10;

  private InputCodec() {}

  static void write(BytesOut out, Input input) {
    switch (input) {
      case Input.Key(int code, boolean down) -> {
        out.u8(KEY);
        out.varint(u32(code) << 1 | (down ? 1 : 0));
      }
      case Input.Pointer(int dx, int dy, int wheel, int buttons) -> {
        out.u8(POINTER);
        out.zigzag(dx);
        out.zigzag(dy);
        out.zigzag(wheel);
        out.varint(u32(buttons));
      }
      case Input.NetFrame(int adapter, byte[] frame) -> bytes(out, NET_FRAME, adapter, frame);
      case Input.SerialBytes(int port, byte[] bytes) -> bytes(out, SERIAL_BYTES, port, bytes);
      case Input.UsbCompletion(long transfer, int status, byte[] data) -> {
        out.u8(USB_COMPLETION);
        out.varint(transfer);
        out.zigzag(status);
        out.bytes(data);
      }
      case Input.AudioIn(int stream, byte[] samples) -> bytes(out, AUDIO_IN, stream, samples);
      case Input.MediaChange(int drive, String image) -> {
        out.u8(MEDIA_CHANGE);
        out.varint(u32(drive));
        out.string(image);
      }
      case Input.DiskFault(int drive, long sector) -> {
        out.u8(DISK_FAULT);
        out.varint(u32(drive));
        out.varint(sector);
      }
      case Input.PowerButton() -> out.u8(POWER_BUTTON);
      case Input.ResetButton() -> out.u8(RESET_BUTTON);
    }
  }

  static Input read(BytesIn in) {
    int kind = in.u8();
    return switch (kind) {
      case KEY -> {
        long value = in.varint();
        if (value >>> 33 != 0) {
          throw in.damaged("a key's code has more than 32 bits");
        }
        yield new Input.Key((int) (value >>> 1), (value & 1) != 0);
      }
      case POINTER -> new Input.Pointer(signed(in), signed(in), signed(in), in.varint32());
      case NET_FRAME -> new Input.NetFrame(in.varint32(), in.bytes());
      case SERIAL_BYTES -> new Input.SerialBytes(in.varint32(), in.bytes());
      case USB_COMPLETION -> new Input.UsbCompletion(in.varint(), signed(in), in.bytes());
      case AUDIO_IN -> new Input.AudioIn(in.varint32(), in.bytes());
      case MEDIA_CHANGE -> new Input.MediaChange(in.varint32(), in.string());
      case DISK_FAULT -> new Input.DiskFault(in.varint32(), in.varint());
      case POWER_BUTTON -> new Input.PowerButton();
      case RESET_BUTTON -> new Input.ResetButton();
      default -> throw in.damaged("event kind " + kind + " is unknown");
    };
  }

  private static void bytes(BytesOut out, int kind, int number, byte[] bytes) {
    out.u8(kind);
    out.varint(u32(number));
    out.bytes(bytes);
  }

  private static int signed(BytesIn in) {
    long value = in.zigzag();
    if (value != (int) value) {
      throw in.damaged("a signed number has more than 32 bits");
    }
    return (int) value;
  }

  private static long u32(int value) {
    return value & 0xFFFF_FFFFL;
  }
}
