package dejavm.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The formats of images, by the names that QEMU has for them. */
public enum ImageFormat {
  RAW,
  QCOW2,
  VMDK,
  VPC;

  private static final int MOST_LAYERS = 64;
  private static final int BEGIN = 32;

  /** The name that a user gives it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * A format by its name.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static ImageFormat named(String name) {
    return Arrays.stream(values())
        .filter(format -> format.toString().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'%s' is no format; there are %s".formatted(name, List.of(values()))));
  }

  /**
   * Opens an image to be read.
   *
   * @param format what it is; null to see that from its content
   */
  static DiskImage open(Path path, ImageFormat format, int depth) throws IOException {
    if (depth > MOST_LAYERS) {
      throw new IOException("it lies over itself, or over too many others");
    }
    ImageFile file = new ImageFile(path, false);
    try {
      ImageFormat known = format == null ? seen(file) : format;
      return switch (known) {
        case RAW -> new RawImage(file);
        case QCOW2 -> QcowImage.open(file, depth);
        case VPC -> VhdImage.open(file);
        case VMDK ->
            VmdkDescriptor.recognises(begin(file))
                ? VmdkDescriptor.open(file, depth)
                : VmdkImage.open(file, VmdkDescriptor.parent(file, depth));
      };
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static byte[] begin(ImageFile file) throws IOException {
    byte[] begin = new byte[BEGIN];
    file.readUpToEnd(0, begin, BEGIN);
    return begin;
  }

  private static ImageFormat seen(ImageFile file) throws IOException {
    byte[] begin = begin(file);
    int big = ByteBuffer.wrap(begin).getInt();
    if (big == QcowImage.MAGIC) {
      return QCOW2;
    } else if (Integer.reverseBytes(big) == VmdkImage.MAGIC || VmdkDescriptor.recognises(begin)) {
      return VMDK;
    }
    return VhdImage.recognises(file) ? VPC : RAW;
  }
}
