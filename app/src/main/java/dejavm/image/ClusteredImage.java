package dejavm.image;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What formats have in common that keep a disk in pieces of one size, those that were written: how
 * a range is cut at the pieces' ends, and what is below where a piece is missing.
 */
abstract class ClusteredImage implements DiskImage {
  /** Where a piece comes from. */
  sealed interface Source {
    /** Nobody wrote it: what lies below is seen, or zeros. */
    record Below() implements Source {}

    record Zeros() implements Source {}

    /** From this byte of a file on. */
    record Stored(ImageFile file, long position) implements Source {}

    /** As these bytes. */
    record Expanded(byte[] bytes) implements Source {}
  }

  /** A cache that forgets what was not used for longest. */
  static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }

  static final Source BELOW = new Source.Below();
  static final Source ZEROS = new Source.Zeros();

  private final long length;
  private final int piece;
  private final DiskImage below;

  /**
   * An image.
   *
   * @param piece bytes in the smallest piece that has one source
   * @param below the image that this one is a layer over, or null
   */
  ClusteredImage(long length, int piece, DiskImage below) {
    this.length = length;
    this.piece = piece;
    this.below = below;
  }

  /** Where a piece comes from; what is stored or expanded begins with the piece's first byte. */
  abstract Source source(long number) throws IOException;

  @Override
  public long length() {
    return length;
  }

  @Override
  public void read(long position, byte[] into, int offset, int size) throws IOException {
    for (int done = 0; done < size; ) {
      long at = position + done;
      int inside = (int) (at % piece);
      int part = Math.min(piece - inside, size - done);
      switch (source(at / piece)) {
        case Source.Stored(ImageFile file, long start) ->
            file.read(start + inside, into, offset + done, part);
        case Source.Expanded(byte[] bytes) ->
            System.arraycopy(bytes, inside, into, offset + done, part);
        case Source.Zeros _ -> Arrays.fill(into, offset + done, offset + done + part, (byte) 0);
        case Source.Below _ -> readBelow(at, into, offset + done, part);
      }
      done += part;
    }
  }

  /** A layer may be longer than what it lies over. */
  private void readBelow(long position, byte[] into, int offset, int size) throws IOException {
    int there = below == null ? 0 : Math.clamp(below.length() - position, 0, size);
    if (there > 0) {
      below.read(position, into, offset, there);
    }
    Arrays.fill(into, offset + there, offset + size, (byte) 0);
  }

  @Override
  public void close() throws IOException {
    if (below != null) {
      below.close();
    }
  }
}
