package dejavm.memory;

/**
 * Where physical accesses go that RAM and ROM do not answer: the video adapter and the platform.
 */
public interface SystemBus {
  /**
   * Reads device memory.
   *
   * @param size width in bytes: 1, 2, 4 or 8; the access is naturally aligned
   */
  long read(long physical, int size);

  /** Writes device memory; see {@link #read}. */
  void write(long physical, int size, long value);
}
