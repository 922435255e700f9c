package dejavm.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.InflaterInputStream;

/**
 * A sparse extent of a VMDK image: grains, found through two levels of tables, compressed in images
 * that are made to be sent.
 *
 * <p>Those have their directory where they were finished, in front of the end, and each grain
 * begins with a marker. Source: Virtual Disk Format 5.0 (VMware).
 */
final class VmdkImage extends ClusteredImage {
  static final int MAGIC = 0x564D444B; // "KDMV" on the disk

  private static final int SECTOR = 512;
  private static final int HEAD_BYTES = 512;
  private static final int ZERO_GRAINS = 0x4;
  private static final int COMPRESSED = 0x10000;
  private static final int MARKER_BYTES = 12;

  private final ImageFile file;
  private final int flags;
  private final int grain;
  private final int perTable;
  private final ByteBuffer directory;
  private final Map<Integer, ByteBuffer> tables = new Recent<>(64);
  private final Map<Integer, byte[]> expanded = new Recent<>(16);

  private VmdkImage(ImageFile file, ByteBuffer head, DiskImage parent) throws IOException {
    super(head.getLong(12) * SECTOR, grainBytes(head), parent);
    this.file = file;
    flags = head.getInt(8);
    grain = grainBytes(head);
    perTable = head.getInt(44);
    long grains = (length() + grain - 1) / grain;
    if (perTable < 1 || length() < 0) {
      throw new IOException("its head is damaged");
    }
    long count = (grains + perTable - 1) / perTable;
    directory = file.part(head.getLong(56) * SECTOR, 4 * count, ByteOrder.LITTLE_ENDIAN);
  }

  private static int grainBytes(ByteBuffer head) throws IOException {
    long sectors = head.getLong(20);
    if (sectors < 1 || sectors > 1 << 16) {
      throw new IOException("its head is damaged");
    }
    return (int) sectors * SECTOR;
  }

  /** Where the text is that describes the whole image: position and length. */
  static long[] descriptor(ImageFile file) throws IOException {
    ByteBuffer head = file.part(0, HEAD_BYTES, ByteOrder.LITTLE_ENDIAN);
    return new long[] {head.getLong(28) * SECTOR, head.getLong(36) * SECTOR};
  }

  /** Opens an extent. */
  static VmdkImage open(ImageFile file, DiskImage parent) throws IOException {
    ByteBuffer head = file.part(0, HEAD_BYTES, ByteOrder.LITTLE_ENDIAN);
    if (head.getLong(56) == -1) {
      head = file.part(file.length() - 2 * HEAD_BYTES, HEAD_BYTES, ByteOrder.LITTLE_ENDIAN);
    }
    if (head.getInt(0) != MAGIC) {
      throw new IOException("its head is damaged");
    }
    return new VmdkImage(file, head, parent);
  }

  @Override
  Source source(long number) throws IOException {
    int table = directory.getInt((int) (number / perTable) * 4);
    int entry = table == 0 ? 0 : table(table).getInt((int) (number % perTable) * 4);
    if (entry == 0) {
      return BELOW;
    } else if (entry == 1 && (flags & ZERO_GRAINS) != 0) {
      return ZEROS;
    }
    long start = (entry & 0xFFFF_FFFFL) * SECTOR;
    return (flags & COMPRESSED) == 0
        ? new Source.Stored(file, start)
        : new Source.Expanded(expanded(entry, start));
  }

  private ByteBuffer table(int sector) throws IOException {
    ByteBuffer known = tables.get(sector);
    if (known == null) {
      long start = (sector & 0xFFFF_FFFFL) * SECTOR;
      known = file.part(start, 4L * perTable, ByteOrder.LITTLE_ENDIAN);
      tables.put(sector, known);
    }
    return known;
  }

  private byte[] expanded(int entry, long start) throws IOException {
    byte[] known = expanded.get(entry);
    if (known == null) {
      int size = file.part(start, MARKER_BYTES, ByteOrder.LITTLE_ENDIAN).getInt(8);
      byte[] packed = file.part(start + MARKER_BYTES, size, ByteOrder.LITTLE_ENDIAN).array();
      known = new byte[grain];
      try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
        in.readNBytes(known, 0, grain);
      }
      expanded.put(entry, known);
    }
    return known;
  }

  @Override
  public void close() throws IOException {
    try (file) {
      super.close();
    }
  }
}
