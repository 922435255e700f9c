package dejavm.device.disk;

import dejavm.bus.Disk;
import dejavm.bus.Medium;
import dejavm.bus.Paged;
import java.util.Random;

/** A medium with bytes that follow from a seed. */
public record TestMedium(String name, long sectors, long seed) implements Medium {
  @Override
  public void readPage(int page, byte[] into) {
    byte[] bytes = new byte[Paged.PAGE];
    new Random(seed * 31 + page).nextBytes(bytes);
    System.arraycopy(bytes, 0, into, 0, Paged.PAGE);
  }

  /** A sector of it. */
  public byte[] sector(long number) {
    byte[] page = new byte[Paged.PAGE];
    readPage((int) (number / Disk.PER_PAGE), page);
    byte[] sector = new byte[Disk.SECTOR];
    System.arraycopy(page, (int) (number % Disk.PER_PAGE) * Disk.SECTOR, sector, 0, Disk.SECTOR);
    return sector;
  }
}
