package dejavm.record;

/** A replay did something other than what was recorded; the message says what, one line. */
public final class DivergenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long now;

  public DivergenceException(long now, String message) {
    super("replay diverges at now " + now + ": " + message);
    this.now = now;
  }

  /** The moment at which the difference was noticed; it arose then or earlier. */
  public long now() {
    return now;
  }
}
