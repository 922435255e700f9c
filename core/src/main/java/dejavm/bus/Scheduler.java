package dejavm.bus;

/**
 * The clock that a device sees, and its timers. Nothing ticks: a device computes its counters from
 * {@link #now()} when they are read, and asks for a timer only where something must happen by
 * itself.
 */
public interface Scheduler extends Clock {
  /**
   * Makes a timer. Timers are made while the machine is wired, in constructors, never later: their
   * order is the order in which those due together fire. Their due times are saved with the
   * scheduler's state, not with the device's.
   *
   * @param name names the timer in digests and dumps, unique within the machine
   * @param action what happens when it is due; runs with {@link #now()} at or after the due time
   *     (after it where a costly instruction was under way)
   */
  Timer timer(String name, Runnable action);
}
