package dejavm.bus;

/** What answers in a range of physical memory or ports. */
public sealed interface Backing {
  /** RAM, from this byte of it on. */
  record Ram(long offset) implements Backing {}

  /**
   * RAM that ignores writes (shadowed firmware): reads come from this byte of RAM on, writes go to
   * the platform.
   */
  record ReadOnlyRam(long offset) implements Backing {}

  /**
   * RAM, from this byte of it on, that the processor does not reach: each of its accesses goes to
   * the platform. What the board does by itself reaches it.
   */
  record HiddenRam(long offset) implements Backing {}

  /** Read-only memory with these bytes; they travel in a recording once. */
  record Rom(byte[] bytes) implements Backing {
    public Rom {
      bytes = bytes.clone();
    }
  }

  /** The video adapter, from this byte of its range of ports or memory on. */
  record Video(long offset) implements Backing {}

  /** Everything else: every access is a {@link Platform} call. */
  record Outside() implements Backing {}
}
