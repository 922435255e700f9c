package dejavm.device.disk;

/**
 * The formats of floppy disks, which an image tells by its size alone. All have sectors of 512
 * bytes, numbered from 1.
 *
 * <p>Source: ECMA-70, -78, -99, -100, -125 and -147, which standardise those of more than a side;
 * the numbers of rates are the 82077AA's, those of drives the ones that an AT's firmware keeps in
 * CMOS.
 */
public enum FloppyFormat {
  F160(40, 1, 8, 1, 2),
  F180(40, 1, 9, 1, 2),
  F320(40, 2, 8, 1, 2),
  F360(40, 2, 9, 1, 2),
  F720(80, 2, 9, 2, 4),
  F1200(80, 2, 15, 0, 2),
  F1440(80, 2, 18, 0, 4),
  F1680(80, 2, 21, 0, 4),
  F1720(82, 2, 21, 0, 4),
  F2880(80, 2, 36, 3, 5);

  final int cylinders;
  final int heads;

  /** Sectors on a track. */
  final int track;

  /** The data rate, as it is selected: 0 for 500, 1 for 300, 2 for 250 kbit/s, 3 for 1 Mbit/s. */
  final int rate;

  /** The drive that it is for: 2 is 5.25" with 1.2M, 4 is 3.5" with 1.44M, 5 is 3.5" with 2.88M. */
  private final int drive;

  FloppyFormat(int cylinders, int heads, int track, int rate, int drive) {
    this.cylinders = cylinders;
    this.heads = heads;
    this.track = track;
    this.rate = rate;
    this.drive = drive;
  }

  /** The kind of a drive without any disk, as QEMU has it. */
  private static final int ANY_DRIVE = 5;

  private static final int WIDE_DRIVE = 2;

  long sectors() {
    return (long) cylinders * heads * track;
  }

  /**
   * The format of an image: that of its size, or the smallest of those for 3.5" high density that
   * has room for it.
   *
   * @throws IllegalArgumentException where none has
   */
  public static FloppyFormat of(long sectors) {
    FloppyFormat roomy = null;
    for (FloppyFormat format : values()) {
      if (format.sectors() == sectors) {
        return format;
      }
      boolean fits = (format == F1440 || format == F2880) && format.sectors() > sectors;
      roomy = fits && roomy == null ? format : roomy;
    }
    if (roomy == null) {
      throw new IllegalArgumentException(
          "no floppy disk has room for %d KB".formatted(sectors / 2));
    }
    return roomy;
  }

  /**
   * The drive that takes disks of all these sizes, by its number in CMOS: the least of them.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static int drive(Iterable<Long> sizes) {
    int type = 0;
    for (long sectors : sizes) {
      int wanted = of(sectors).drive;
      if (type != 0 && (type == WIDE_DRIVE) != (wanted == WIDE_DRIVE)) {
        throw new IllegalArgumentException("no floppy drive takes disks of 3.5\" and of 5.25\"");
      }
      type = Math.max(type, wanted);
    }
    return type == 0 ? ANY_DRIVE : type;
  }
}
