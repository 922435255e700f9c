package dejavm.record;

/** A replay did something other than what was recorded; the message says what, one line. */
public final class DivergenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long now;

  public DivergenceException(long now, String message) {
    super("replay diverges at now " + now + ": " + message);
    this.now = now;
  }

  /** A difference noticed where guest time is not known. */
  public DivergenceException(String message) {
    super("replay diverges: " + message);
    this.now = -1;
  }

  /** The moment at which the difference was noticed, or -1; it arose then or earlier. */
  public long now() {
    return now;
  }
}
