package dejavm.bus;

/**
 * A device's registers as seen from a bus: what answers reads and writes in a range of addresses.
 */
public interface Mapped {
  /**
   * Reads a register. May have side effects, as in hardware.
   *
   * @param offset bytes from the start of the mapped range
   * @param size width in bytes: 1, 2, 4 or 8
   * @return the value, zero-extended from {@code size}
   */
  long read(int offset, int size);

  /**
   * Writes a register.
   *
   * @param offset bytes from the start of the mapped range
   * @param size width in bytes: 1, 2, 4 or 8
   * @param value the value, zero-extended from {@code size}
   */
  void write(int offset, int size, long value);
}
