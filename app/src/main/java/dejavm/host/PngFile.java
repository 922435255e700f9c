package dejavm.host;

import dejavm.device.video.Picture;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Pictures as PNG files, 24 bits a point. Written here rather than by {@code javax.imageio}, which
 * would bring all of AWT into a program that has no window.
 *
 * <p>Source: W3C Portable Network Graphics specification, second edition.
 */
public final class PngFile {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int DEPTH = 8;
  private static final int RGB = 2;

  private PngFile() {}

  /**
   * Writes a picture, over a file that is there already.
   *
   * @throws HostFailure if the file cannot be written
   */
  public static void write(Path file, Picture picture) {
    try {
      Files.write(file, bytes(picture));
    } catch (IOException e) {
      throw HostFailure.writing(file, e);
    }
  }

  private static byte[] bytes(Picture picture) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(file);
    out.write(SIGNATURE);
    chunk(out, "IHDR", header(picture));
    chunk(out, "IDAT", data(picture));
    chunk(out, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static byte[] header(Picture picture) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(header);
    out.writeInt(picture.width());
    out.writeInt(picture.height());
    // deflate, filters by line, not interlaced: there is one value each
    out.write(new byte[] {DEPTH, RGB, 0, 0, 0});
    return header.toByteArray();
  }

  /** The lines, compressed: a zero each, which says that it is not filtered, and its points. */
  private static byte[] data(Picture picture) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(data)) {
      byte[] line = new byte[1 + 3 * picture.width()];
      for (int y = 0; y < picture.height(); y++) {
        for (int x = 0; x < picture.width(); x++) {
          int rgb = picture.at(x, y);
          line[1 + 3 * x] = (byte) (rgb >> 16);
          line[2 + 3 * x] = (byte) (rgb >> 8);
          line[3 + 3 * x] = (byte) rgb;
        }
        out.write(line);
      }
    }
    return data.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(name);
    checksum.update(data);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) checksum.getValue());
  }
}
