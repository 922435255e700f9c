package dejavm.image;

import dejavm.bus.Disk;
import dejavm.bus.Medium;
import dejavm.bus.Paged;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * An image as a medium. It reads somewhat more than it is asked for, since a guest goes on from
 * there. A page that cannot be read is told of once, and is zeros for good.
 */
final class ImageMedium implements Medium {
  private static final int CHUNK = 16 * Paged.PAGE;
  private static final int CHUNKS_KEPT = 64;
  private static final int HASHED_AT_ONCE = 1 << 20;

  private final String name;
  private final DiskImage image;
  private final String reference;
  private final BiConsumer<Long, IOException> failed;
  private final Map<Long, byte[]> chunks = new ClusteredImage.Recent<>(CHUNKS_KEPT);
  private final Set<Integer> bad = new TreeSet<>();

  /**
   * A medium.
   *
   * @param reference where the image is, if a recording is to refer to it; else empty
   * @param failed is told the sector of a page that cannot be read, and why
   */
  ImageMedium(
      String name, DiskImage image, String reference, BiConsumer<Long, IOException> failed) {
    this.name = name;
    this.image = image;
    this.reference = reference;
    this.failed = failed;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String reference() {
    return reference;
  }

  @Override
  public long sectors() {
    return (image.length() + Disk.SECTOR - 1) / Disk.SECTOR;
  }

  @Override
  public void readPage(int page, byte[] into) {
    long position = (long) page * Paged.PAGE;
    byte[] chunk = chunks.get(position / CHUNK);
    if (chunk != null) {
      System.arraycopy(chunk, (int) (position % CHUNK), into, 0, Paged.PAGE);
      return;
    }
    if (!bad.contains(page)) {
      try {
        chunks.put(position / CHUNK, part(position / CHUNK * CHUNK, CHUNK));
        readPage(page, into);
        return;
      } catch (IOException _) {
        // only those pages are bad that cannot be read alone
      }
      try {
        System.arraycopy(part(position, Paged.PAGE), 0, into, 0, Paged.PAGE);
        return;
      } catch (IOException e) {
        bad.add(page);
        failed.accept((long) page * Disk.PER_PAGE, e);
      }
    }
    Arrays.fill(into, 0, Paged.PAGE, (byte) 0);
  }

  /** Bytes of the image, and zeros behind its end. */
  private byte[] part(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    image.read(position, bytes, 0, Math.clamp(image.length() - position, 0, length));
    return bytes;
  }

  /** The bytes of the image as a guest sees them, hashed. */
  String sha256() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] bytes = new byte[HASHED_AT_ONCE];
      for (long at = 0; at < image.length(); at += bytes.length) {
        int length = (int) Math.min(image.length() - at, bytes.length);
        image.read(at, bytes, 0, length);
        digest.update(bytes, 0, length);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  long length() {
    return image.length();
  }
}
