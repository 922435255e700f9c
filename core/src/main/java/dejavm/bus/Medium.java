package dejavm.bus;

/**
 * What is on a disk or disc at power-on. It never changes: what a guest writes goes elsewhere.
 *
 * <p>A page is the unit that is read. Where the host cannot give one it is zeros, for good, and an
 * {@link Input.DiskFault} tells the machine's drive of it before that shows the bytes to anyone.
 */
public interface Medium {
  /** What it is called in a recording. */
  String name();

  /** Sectors of {@link Disk#SECTOR} bytes. */
  long sectors();

  /**
   * Where the image is, if a recording is to refer to it instead of holding what was read; else
   * empty.
   */
  default String reference() {
    return "";
  }

  /** Reads {@link Paged#PAGE} bytes; what lies behind the last sector is zeros. */
  void readPage(int page, byte[] into);
}
