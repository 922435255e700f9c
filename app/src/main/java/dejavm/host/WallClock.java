package dejavm.host;

/**
 * The host's time, and waiting for it. Belongs to the thread that waits; others may only wake it.
 */
public interface WallClock {
  /** Nanoseconds since some moment; never decreases. */
  long nanos();

  /** Waits so long, or less: {@link #wake} ends it, and so may anything else. */
  void sleep(long nanos);

  /** Ends the sleep under way, or the next one. May be called from any thread. */
  void wake();
}
