package dejavm.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A dynamic VHD image: blocks, each behind a bitmap of its sectors that were written.
 *
 * <p>What tells of the image is at its end, in a footer; in a fixed image that is all there is
 * besides the disk itself. Source: Virtual Hard Disk Image Format Specification 1.0 (Microsoft).
 */
final class VhdImage extends ClusteredImage {
  private static final int SECTOR = 512;
  private static final int FIXED = 2;
  private static final int DYNAMIC = 3;

  private final ImageFile file;
  private final ByteBuffer table;
  private final int perBlock;
  private final Recent<Long, byte[]> bitmaps = new Recent<>(64);

  private VhdImage(ImageFile file, long size, ByteBuffer table, int blockSize) {
    super(size, SECTOR, null);
    this.file = file;
    this.table = table;
    perBlock = blockSize / SECTOR;
  }

  /** Whether a file is one, by its last 512 bytes. */
  static boolean recognises(ImageFile file) throws IOException {
    return file.length() >= SECTOR
        && cookie(file.part(file.length() - SECTOR, 8, ByteOrder.BIG_ENDIAN), "conectix");
  }

  private static boolean cookie(ByteBuffer bytes, String text) {
    return new String(bytes.array(), 0, 8, StandardCharsets.ISO_8859_1).equals(text);
  }

  static DiskImage open(ImageFile file) throws IOException {
    ByteBuffer footer = file.part(file.length() - SECTOR, SECTOR, ByteOrder.BIG_ENDIAN);
    long size = footer.getLong(48);
    int type = footer.getInt(60);
    if (type == FIXED) {
      return new Prefix(new RawImage(file), Math.min(size, file.length() - SECTOR));
    } else if (type != DYNAMIC) {
      throw new IOException("VHD type %d is not known (there are 2 and 3)".formatted(type));
    }
    ByteBuffer head = file.part(footer.getLong(16), 1024, ByteOrder.BIG_ENDIAN);
    int entries = head.getInt(28);
    int blockSize = head.getInt(32);
    if (!cookie(head, "cxsparse")
        || blockSize < SECTOR
        || Integer.bitCount(blockSize) != 1
        || (long) entries * blockSize < size) {
      throw new IOException("its head is damaged");
    }
    ByteBuffer table = file.part(head.getLong(16), 4L * entries, ByteOrder.BIG_ENDIAN);
    return new VhdImage(file, size, table, blockSize);
  }

  @Override
  Source source(long sector) throws IOException {
    long block = sector / perBlock;
    int entry = table.getInt((int) block * 4);
    if (entry == -1) {
      return ZEROS;
    }
    int inside = (int) (sector % perBlock);
    long start = (entry & 0xFFFF_FFFFL) * SECTOR;
    int bitmapBytes = (perBlock / 8 + SECTOR - 1) / SECTOR * SECTOR;
    byte[] bitmap = bitmaps.get(block);
    if (bitmap == null) {
      bitmap = file.part(start, bitmapBytes, ByteOrder.BIG_ENDIAN).array();
      bitmaps.put(block, bitmap);
    }
    return (bitmap[inside / 8] >> 7 - inside % 8 & 1) == 0
        ? ZEROS
        : new Source.Stored(file, start + bitmapBytes + (long) inside * SECTOR);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** The first bytes of an image. */
  private record Prefix(DiskImage image, long length) implements DiskImage {
    @Override
    public void read(long position, byte[] into, int offset, int size) throws IOException {
      image.read(position, into, offset, size);
    }

    @Override
    public void close() throws IOException {
      image.close();
    }
  }
}
