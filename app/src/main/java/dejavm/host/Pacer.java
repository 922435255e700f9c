package dejavm.host;

/**
 * Which wall time belongs to which guest time. Guest time that fell behind the wall stays behind:
 * only the last few milliseconds, which are the host's own jitter, are made up for while idling.
 */
public final class Pacer {
  /** So far behind the wall, in nanoseconds, is not yet behind. */
  static final long JITTER = 20_000_000;

  private static final long SECOND = 1_000_000_000;

  private final long frequency;
  private final WallClock clock;

  // the guest's moment `now` belongs to the wall's `nanos`
  private long now;
  private long nanos;

  /**
   * Counts from now on.
   *
   * @param frequency ticks in a second of guest time
   */
  public Pacer(long frequency, WallClock clock) {
    this.frequency = frequency;
    this.clock = clock;
    this.nanos = clock.nanos();
  }

  /** Nanoseconds until the wall reaches a moment; negative if it has passed. */
  long until(long moment) {
    return nanos + nanos(moment - now) - clock.nanos();
  }

  /** The moment that the wall has reached. */
  long reached() {
    return now + ticks(Math.max(0, clock.nanos() - nanos));
  }

  /** Tells where the guest is: if it fell behind, from here on it counts anew. */
  void at(long moment) {
    long lag = -until(moment);
    nanos += nanos(moment - now) + Math.max(0, lag - JITTER);
    now = moment;
  }

  /** The guest got to a moment, and goes on when the wall has. */
  public void hold(long moment) {
    at(moment);
    for (long left = until(moment); left > 0; left = until(moment)) {
      clock.sleep(left);
    }
  }

  /** The guest ran ahead, and may: from here on it counts anew. */
  void forgive(long moment) {
    nanos = Math.min(clock.nanos(), nanos + nanos(moment - now));
    now = moment;
  }

  private long nanos(long ticks) {
    return ticks / frequency * SECOND + (long) ((double) (ticks % frequency) * SECOND / frequency);
  }

  private long ticks(long span) {
    return span / SECOND * frequency + (long) ((double) (span % SECOND) * frequency / SECOND);
  }
}
