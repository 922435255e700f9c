package dejavm.rfb;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A small VNC viewer. */
public final class Viewer implements AutoCloseable {
  static final Decoder.Format NATIVE =
      new Decoder.Format(32, 24, false, true, new int[] {255, 255, 255}, new int[] {16, 8, 0});

  private final Socket socket;
  final DataInputStream in;
  final DataOutputStream out;
  private Decoder.Format format = NATIVE;
  private Decoder decoder;
  int width;
  int height;
  String name;

  /** Encodings, and what is none, of the last update. */
  final List<Integer> kinds = new ArrayList<>();

  public Viewer(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    out = new DataOutputStream(socket.getOutputStream());
  }

  /** Up to the security types, which it gives back. */
  byte[] greet(String version) throws IOException {
    byte[] line = new byte[12];
    in.readFully(line);
    if (!new String(line, StandardCharsets.US_ASCII).equals("RFB 003.008\n")) {
      throw new IOException("no RFB 3.8");
    }
    out.writeBytes(version + "\n");
    byte[] types = new byte[version.endsWith("3") ? 4 : in.readUnsignedByte()];
    in.readFully(types);
    return types;
  }

  /** Meets a server without a password. */
  public Viewer meet() throws IOException {
    greet("RFB 003.008");
    out.writeByte(1);
    if (in.readInt() != 0) {
      throw new IOException("refused");
    }
    return begin();
  }

  Viewer begin() throws IOException {
    out.writeByte(1);
    width = in.readUnsignedShort();
    height = in.readUnsignedShort();
    byte[] sent = new byte[16];
    in.readFully(sent);
    byte[] text = new byte[in.readInt()];
    in.readFully(text);
    name = new String(text, StandardCharsets.UTF_8);
    decoder = new Decoder(format, width, height);
    return this;
  }

  void format(Decoder.Format wish) throws IOException {
    format = wish;
    decoder = new Decoder(format, width, height);
    out.write(new byte[4]);
    out.write(EncodingTest.sent(wish));
  }

  public void encodings(int... numbers) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream message = new DataOutputStream(bytes);
    message.writeShort(2 << 8);
    message.writeShort(numbers.length);
    for (int number : numbers) {
      message.writeInt(number);
    }
    out.write(bytes.toByteArray());
  }

  public void request(boolean incremental) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream message = new DataOutputStream(bytes);
    message.writeByte(3);
    message.writeBoolean(incremental);
    message.writeShort(0);
    message.writeShort(0);
    message.writeShort(width);
    message.writeShort(height);
    out.write(bytes.toByteArray());
  }

  public void pointer(int buttons, int x, int y) throws IOException {
    out.write(new byte[] {5, (byte) buttons, (byte) (x >> 8), (byte) x, (byte) (y >> 8), (byte) y});
  }

  public void key(boolean down, int keysym) throws IOException {
    out.write(
        new byte[] {4, (byte) (down ? 1 : 0), 0, 0, 0, 0, (byte) (keysym >> 8), (byte) keysym});
  }

  /** Takes an update, and a map of colours before it. */
  public void update() throws IOException {
    int type = in.readUnsignedByte();
    if (type == 1) {
      in.skipNBytes(3);
      in.skipNBytes(6L * in.readUnsignedShort());
      type = in.readUnsignedByte();
    }
    if (type != 0) {
      throw new IOException("message " + type);
    }
    in.readUnsignedByte();
    kinds.clear();
    for (int n = in.readUnsignedShort(); n > 0; n--) {
      int x = in.readUnsignedShort();
      int y = in.readUnsignedShort();
      int wide = in.readUnsignedShort();
      int high = in.readUnsignedShort();
      int kind = in.readInt();
      kinds.add(kind);
      if (kind == -308) {
        in.skipNBytes(4 + 16L * 1);
      }
      if (kind == -223 || kind == -308 && x == 0) {
        boolean other = wide != width || high != height;
        width = wide;
        height = high;
        decoder = other ? new Decoder(format, width, height) : decoder;
      } else if (kind >= 0) {
        decoder.decode(kind, x, y, wide, high, in);
      }
    }
  }

  /** How many points are not black. */
  public int lit() {
    int count = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        count += at(x, y) != 0 ? 1 : 0;
      }
    }
    return count;
  }

  int at(int x, int y) {
    return decoder.at(x, y);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
