package dejavm.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * A qcow2 image, versions 2 and 3: clusters, found through two levels of tables, some of them
 * compressed, over a backing file.
 *
 * <p>A compressed cluster says only in units of 512 bytes how long it is, so what follows it may
 * belong to another. With extended entries each cluster has 32 pieces that are there or not on
 * their own. Source: QEMU, docs/interop/qcow2.txt.
 */
final class QcowImage extends ClusteredImage {
  /** The head of an image, as far as it is of use here. */
  private record Head(
      long backingOffset,
      int backingSize,
      int clusterBits,
      long size,
      int firstEntries,
      long firstOffset,
      boolean extended,
      boolean zstd) {}

  static final int MAGIC = 0x514649FB;

  private static final int VERSION2_BYTES = 72;
  private static final long OFFSET = 0x00FF_FFFF_FFFF_FE00L;
  private static final long COMPRESSED = 1L << 62;
  private static final int SUBCLUSTERS = 32;
  private static final int TABLES_KEPT = 64;
  private static final int CLUSTERS_KEPT = 16;

  private final ImageFile file;
  private final Head head;
  private final ByteBuffer first;
  private final Map<Long, ByteBuffer> tables = new Recent<>(TABLES_KEPT);
  private final Map<Long, byte[]> expanded = new Recent<>(CLUSTERS_KEPT);

  private QcowImage(ImageFile file, Head head, DiskImage backing) throws IOException {
    super(
        head.size,
        head.extended ? (1 << head.clusterBits) / SUBCLUSTERS : 1 << head.clusterBits,
        backing);
    this.file = file;
    this.head = head;
    first = file.part(head.firstOffset, 8L * head.firstEntries, ByteOrder.BIG_ENDIAN);
  }

  /**
   * Opens an image, and those behind it.
   *
   * @param depth how many are in front of it
   */
  static QcowImage open(ImageFile file, int depth) throws IOException {
    Head head = head(file);
    DiskImage backing = null;
    if (head.backingOffset != 0) {
      byte[] name = new byte[head.backingSize];
      file.read(head.backingOffset, name, 0, name.length);
      String text = new String(name, StandardCharsets.UTF_8);
      backing = ImageFormat.open(file.beside(text), null, depth + 1);
    }
    return new QcowImage(file, head, backing);
  }

  private static Head head(ImageFile file) throws IOException {
    ByteBuffer bytes = file.part(0, VERSION2_BYTES, ByteOrder.BIG_ENDIAN);
    int version = bytes.getInt(4);
    if (version != 2 && version != 3) {
      throw new IOException("qcow version " + version + " is not known");
    }
    if (bytes.getInt(32) != 0) {
      throw new IOException("it is encrypted");
    }
    boolean extended = false;
    boolean zstd = false;
    if (version == 3) {
      ByteBuffer more = file.part(VERSION2_BYTES, 40, ByteOrder.BIG_ENDIAN);
      long features = more.getLong(0);
      if ((features & ~0x1BL) != 0) {
        throw new IOException("it needs features that are not known: %x".formatted(features));
      }
      if ((features & 2) != 0) {
        throw new IOException("it is marked as corrupt");
      }
      extended = (features & 16) != 0;
      zstd = (features & 8) != 0 && more.getInt(28) > 104 && more.get(32) == 1;
    }
    int clusterBits = bytes.getInt(20);
    if (clusterBits < 9 || clusterBits > 21) {
      throw new IOException("clusters of 2^%d bytes are impossible".formatted(clusterBits));
    }
    return new Head(
        bytes.getLong(8),
        Math.clamp(bytes.getInt(16), 0, 1023),
        clusterBits,
        bytes.getLong(24),
        bytes.getInt(36),
        bytes.getLong(40),
        extended,
        zstd);
  }

  @Override
  Source source(long number) throws IOException {
    long cluster = head.extended ? number / SUBCLUSTERS : number;
    int piece = head.extended ? (int) (number % SUBCLUSTERS) : 0;
    int entryBytes = head.extended ? 16 : 8;
    int perTable = (1 << head.clusterBits) / entryBytes;
    long firstIndex = cluster / perTable;
    long table = firstIndex < head.firstEntries ? first.getLong((int) firstIndex * 8) & OFFSET : 0;
    if (table == 0) {
      return BELOW;
    }
    ByteBuffer second = table(table);
    int at = (int) (cluster % perTable) * entryBytes;
    long entry = second.getLong(at);
    if ((entry & COMPRESSED) != 0) {
      byte[] bytes = expanded(entry);
      int size = bytes.length / (head.extended ? SUBCLUSTERS : 1);
      return new Source.Expanded(
          head.extended ? Arrays.copyOfRange(bytes, piece * size, (piece + 1) * size) : bytes);
    }
    long start = entry & OFFSET;
    if (head.extended) {
      long bitmap = second.getLong(at + 8);
      if ((bitmap >> SUBCLUSTERS + piece & 1) != 0) {
        return ZEROS;
      }
      int size = (1 << head.clusterBits) / SUBCLUSTERS;
      return (bitmap >> piece & 1) == 0
          ? BELOW
          : new Source.Stored(file, start + (long) piece * size);
    }
    if ((entry & 1) != 0) {
      return ZEROS;
    }
    return start == 0 ? BELOW : new Source.Stored(file, start);
  }

  private ByteBuffer table(long position) throws IOException {
    ByteBuffer known = tables.get(position);
    if (known == null) {
      known = file.part(position, 1L << head.clusterBits, ByteOrder.BIG_ENDIAN);
      tables.put(position, known);
    }
    return known;
  }

  private byte[] expanded(long entry) throws IOException {
    byte[] known = expanded.get(entry);
    if (known == null) {
      int bits = 62 - (head.clusterBits - 8);
      long position = entry & (1L << bits) - 1;
      long sectors = (entry & COMPRESSED - 1) >>> bits;
      byte[] packed = new byte[(int) ((sectors + 1) * 512 - (position & 511))];
      // the last cluster of a file need not fill its last sector
      file.readUpToEnd(position, packed, packed.length);
      known = expand(packed);
      expanded.put(entry, known);
    }
    return known;
  }

  private byte[] expand(byte[] packed) throws IOException {
    InputStream in = new ByteArrayInputStream(packed);
    Inflater raw = new Inflater(true);
    try (InputStream plain =
        head.zstd ? new ZstdInputStreamNoFinalizer(in) : new InflaterInputStream(in, raw)) {
      byte[] bytes = plain.readNBytes(1 << head.clusterBits);
      if (bytes.length != 1 << head.clusterBits) {
        throw new IOException("a compressed cluster is damaged");
      }
      return bytes;
    } finally {
      raw.end();
    }
  }

  @Override
  public void close() throws IOException {
    try (file) {
      super.close();
    }
  }
}
