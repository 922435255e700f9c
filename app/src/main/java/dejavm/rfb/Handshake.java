package dejavm.rfb;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * How a viewer and this server get to know each other: a version, who the viewer is, and what the
 * screen is like.
 *
 * <p>Source: RFC 6143, sections 7.1 to 7.3, and appendix A for the older versions.
 */
final class Handshake {
  private static final byte[] VERSION = "RFB 003.008\n".getBytes(StandardCharsets.US_ASCII);
  private static final int NONE = 1;
  private static final int VNC_AUTHENTICATION = 2;

  private final DataInputStream in;
  private final DataOutputStream out;
  private final VncPassword password;
  private int minor;

  /**
   * @param password what the viewer has to know, or null
   */
  Handshake(DataInputStream in, DataOutputStream out, VncPassword password) {
    this.in = in;
    this.out = out;
    this.password = password;
  }

  /**
   * Up to the point where the viewer wants to know about the screen.
   *
   * @throws RfbException if it does not get so far
   */
  void meet() throws IOException {
    out.write(VERSION);
    out.flush();
    byte[] line = new byte[VERSION.length];
    in.readFully(line);
    minor = version(line);
    int type = password == null ? NONE : VNC_AUTHENTICATION;
    if (minor == 3) {
      out.writeInt(type);
    } else {
      out.writeByte(1);
      out.writeByte(type);
      out.flush();
      if (in.readUnsignedByte() != type) {
        throw new RfbException("wants a kind of security that was not offered");
      }
    }
    if (password != null) {
      challenge();
    } else if (minor == 8) {
      out.writeInt(0);
    }
    out.flush();
    // whether others may watch as well: they may
    in.readUnsignedByte();
  }

  /** Tells what the screen is like. */
  void describe(int width, int height, String name) throws IOException {
    out.writeShort(width);
    out.writeShort(height);
    PixelFormat.NATIVE.write(out);
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
    out.flush();
  }

  private void challenge() throws IOException {
    byte[] challenge = VncPassword.challenge();
    out.write(challenge);
    out.flush();
    byte[] answer = new byte[challenge.length];
    in.readFully(answer);
    boolean right = password.matches(challenge, answer);
    out.writeInt(right ? 0 : 1);
    if (!right) {
      if (minor == 8) {
        byte[] reason = "wrong password".getBytes(StandardCharsets.US_ASCII);
        out.writeInt(reason.length);
        out.write(reason);
      }
      out.flush();
      throw new RfbException("does not know the password");
    }
  }

  /** The minor version to talk in: 3, 7 or 8. Others that viewers name are like the first. */
  private static int version(byte[] line) throws RfbException {
    String text = new String(line, StandardCharsets.US_ASCII);
    if (!text.matches("RFB \\d{3}\\.\\d{3}\n")) {
      throw new RfbException("does not speak RFB");
    }
    int major = Integer.parseInt(text.substring(4, 7));
    int minor = Integer.parseInt(text.substring(8, 11));
    if (major > 3 || major == 3 && minor >= 8) {
      return 8;
    }
    return major == 3 && minor == 7 ? 7 : 3;
  }
}
