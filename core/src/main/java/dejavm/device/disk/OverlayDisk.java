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
  private final int drive;
  private final Medium base;
  private final Outputs outputs;
  private final TreeMap<Integer, byte[]> written = new TreeMap<>();
  private final BitSet dirty = new BitSet();
  private final byte[] scratch = new byte[PAGE];

  /**
   * A disk on which nothing was written.
   *
   * @param drive what it is called in outputs
   */
  public OverlayDisk(int drive, Medium base, Outputs outputs) {
    this.drive = drive;
    this.base = base;
    this.outputs = outputs;
  }

  @Override
  public long sectors() {
    return base.sectors();
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
    outputs.diskWritten(drive, sector, Arrays.copyOfRange(from, offset, offset + count * SECTOR));
  }

  private byte[] page(int number) {
    byte[] page = written.get(number);
    if (page == null) {
      base.readPage(number, scratch);
      return scratch;
    }
    return page;
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
    return (int) ((base.sectors() + PER_PAGE - 1) / PER_PAGE);
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
