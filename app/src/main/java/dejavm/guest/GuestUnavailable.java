package dejavm.guest;

/**
 * A guest cannot be had: unknown, or not in the cache and not to be fetched. The message is one
 * line.
 */
public final class GuestUnavailable extends Exception {
  private static final long serialVersionUID = 1;

  public GuestUnavailable(String message) {
    super(message);
  }

  public GuestUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
