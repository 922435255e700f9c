package dejavm.bus;

/**
 * A block medium inside the machine: an immutable base, known by its hash, and an overlay that
 * takes the guest's writes.
 */
public interface Disk extends Paged {
  /** Bytes in a sector. */
  int SECTOR = 512;

  /** The number of sectors. */
  long sectors();

  /**
   * Reads whole sectors.
   *
   * @param sector the first, 0 to {@code sectors() - count}
   */
  void read(long sector, int count, byte[] into, int offset);

  /** Writes whole sectors into the overlay. */
  void write(long sector, int count, byte[] from, int offset);
}
