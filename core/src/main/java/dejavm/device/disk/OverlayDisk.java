package dejavm.device.disk;

import dejavm.bus.Disk;
import dejavm.bus.Medium;
import dejavm.bus.Outputs;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * A medium that is only read, and the pages that were written since power-on, in memory.
 *
 * <p>A page that is written in part is read from the medium first, so whatever a guest can read is
 * the medium's or its own.
 */
public final class OverlayDisk implements Disk {
  private final Medium base;
  private final long sectors;
  private final Outputs outputs;
  private final TreeMap<Integer, byte[]> written = new TreeMap<>();
  private final BitSet dirty = new BitSet();
  private final byte[] scratch = new byte[PAGE];

  /** A disk on which nothing was written. */
  public OverlayDisk(Medium base, Outputs outputs) {
    this(base, base.sectors(), outputs);
  }

  /** A disk on which nothing was written, with zeros behind the end of its medium. */
  private OverlayDisk(Medium base, long sectors, Outputs outputs) {
    this.base = base;
    this.sectors = sectors;
    this.outputs = outputs;
  }

  /** A floppy disk on which nothing was written: as large as its format. */
  public static OverlayDisk floppy(Medium base, Outputs outputs) {
    return new OverlayDisk(base, FloppyFormat.of(base.sectors()).sectors(), outputs);
  }

  /** What its medium is called. */
  String name() {
    return base.name();
  }

  @Override
  public long sectors() {
    return sectors;
  }

  @Override
  public void read(long sector, int count, byte[] into, int offset) {
    for (int done = 0; done < count; ) {
      long at = sector + done;
      int part = part(at, count - done);
      System.arraycopy(
          page((int) (at / PER_PAGE)), inPage(at), into, offset + done * SECTOR, part * SECTOR);
      done += part;
    }
  }

  @Override
  public void write(long sector, int count, byte[] from, int offset) {
    for (int done = 0; done < count; ) {
      long at = sector + done;
      int part = part(at, count - done);
      int number = (int) (at / PER_PAGE);
      byte[] page = written.get(number);
      if (page == null) {
        page = part == PER_PAGE ? new byte[PAGE] : page(number).clone();
        written.put(number, page);
      }
      System.arraycopy(from, offset + done * SECTOR, page, inPage(at), part * SECTOR);
      dirty.set(number);
      done += part;
    }
    outputs.diskWritten(name(), sector, Arrays.copyOfRange(from, offset, offset + count * SECTOR));
  }

  private byte[] page(int number) {
    byte[] page = written.get(number);
    if (page != null) {
      return page;
    }
    if ((long) number * PER_PAGE < base.sectors()) {
      base.readPage(number, scratch);
    } else {
      Arrays.fill(scratch, (byte) 0);
    }
    return scratch;
  }

  private static int part(long sector, int left) {
    return (int) Math.min(PER_PAGE - sector % PER_PAGE, left);
  }

  private static int inPage(long sector) {
    return (int) (sector % PER_PAGE) * SECTOR;
  }

  // ---- the overlay ----

  @Override
  public int pages() {
    return (int) ((sectors + PER_PAGE - 1) / PER_PAGE);
  }

  /** A page of the overlay, zeros where nothing was written. */
  @Override
  public void readPage(int page, byte[] into) {
    byte[] bytes = written.get(page);
    if (bytes == null) {
      Arrays.fill(into, (byte) 0);
    } else {
      System.arraycopy(bytes, 0, into, 0, PAGE);
    }
  }

  @Override
  public void writePage(int page, byte[] from) {
    written.put(page, from.clone());
    dirty.set(page);
  }

  @Override
  public int nextDirty(int from) {
    return dirty.nextSetBit(from);
  }

  @Override
  public int nextStored(int from) {
    Map.Entry<Integer, byte[]> next = written.ceilingEntry(from);
    return next == null ? -1 : next.getKey();
  }

  @Override
  public void clean() {
    dirty.clear();
  }
}
