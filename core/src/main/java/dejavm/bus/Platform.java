package dejavm.bus;

/**
 * The cpu boundary, outward: all that a CPU can ask of, or tell, the board. Every call says when
 * and which CPU; effects come back through {@link Nucleus}, during the call only.
 *
 * <p>The sequence of these calls, polling apart ({@link #horizon()}, {@link #idle}, and an {@link
 * #advance} in which nothing happens), is a function of the CPU's own execution.
 */
public interface Platform {
  /**
   * A read from a port, device memory or a board MSR.
   *
   * @param size width in bytes: 1, 2, 4 or 8
   * @return the value, zero-extended
   */
  long read(long now, int cpu, Space space, long address, int size);

  /** A write to a port, device memory or a board MSR; {@code value} is zero-extended. */
  void write(long now, int cpu, Space space, long address, int size, long value);

  /** The CPU accepts INTR: the vector, 0 to 255. */
  int acknowledgeInterrupt(long now, int cpu);

  /** A CPU drives one of its pins. */
  void pin(long now, int cpu, Pin pin, boolean level);

  /** The moment at which {@link #advance} must be called at the latest; may move in any call. */
  long horizon();

  /** Lets time reach {@code now}: what is due happens. */
  void advance(long now);

  /**
   * All CPUs are halted: the moment at which to go on, which is after {@code now} and not after
   * {@code until}. May wait on the host.
   */
  long idle(long now, long until);
}
