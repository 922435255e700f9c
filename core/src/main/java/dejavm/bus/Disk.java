package dejavm.bus;

/**
 * A disk inside the machine: a {@link Medium} that never changes, and an overlay with the pages
 * that the guest wrote. As {@link Paged} it is the overlay alone.
 */
public interface Disk extends Paged {
  /** Bytes in a sector. */
  int SECTOR = 512;

  /** Sectors in a page, which is what is read of a medium, and fails, as one. */
  int PER_PAGE = PAGE / SECTOR;

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
