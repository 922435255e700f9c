package dejavm.bus;

/**
 * The cpu boundary, inward: all that a board can do to CPU, RAM and the address map. Called only
 * from within a {@link Platform} call. A change of the map or of A20 takes effect after the current
 * instruction or repeat iteration; all else at once.
 */
public interface Nucleus {
  /** DMA out of RAM: physical addresses, as a bus master sees them (no A20 mask). */
  void readRam(long address, byte[] into, int offset, int length);

  /** DMA into RAM: tracked like a store of the CPU's. */
  void writeRam(long address, byte[] from, int offset, int length);

  /** Drives a CPU's input; see {@link Signal} for values. */
  void signal(int cpu, Signal signal, int value);

  /**
   * Maps a range.
   *
   * @param space {@link Space#PORT} (backed by video or outside only) or {@link Space#MEMORY}
   * @param address first address; for memory a multiple of 4096
   * @param length in bytes; for memory a multiple of 4096
   */
  void map(Space space, long address, long length, Backing backing, Visibility visibility);
}
