package dejavm.bus;

/** A one-shot alarm of a {@link Scheduler}. */
public interface Timer {
  /** What {@link #due()} answers when the timer is not armed. */
  long NEVER = Long.MAX_VALUE;

  /**
   * Arms the timer, replacing what it was armed for. A time that is not in the future makes it fire
   * before the CPU executes another instruction.
   *
   * @param due moment in ticks
   */
  void arm(long due);

  /** Disarms the timer. */
  void cancel();

  /**
   * The moment that the timer is armed for, or {@link #NEVER}. While its action runs, and until it
   * is armed again, the moment it was due: a periodic action arms the next period from here, so
   * that lateness does not add up.
   */
  long due();

  /** Whether the timer is armed. */
  boolean armed();
}
