package dejavm.record;

/** A recording cannot be read or written; the message is one line for the user. */
public final class RecordingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long position;
  private final String reason;

  public RecordingException(String message) {
    super(message);
    this.position = -1;
    this.reason = message;
  }

  public RecordingException(String message, Throwable cause) {
    super(message, cause);
    this.position = -1;
    this.reason = message;
  }

  private RecordingException(long position, String reason) {
    super("recording is damaged at byte " + position + ": " + reason);
    this.position = position;
    this.reason = reason;
  }

  /** The recording is damaged at this byte. */
  static RecordingException damaged(long position, String reason) {
    return position < 0 ? new RecordingException(reason) : new RecordingException(position, reason);
  }

  /** The byte of the file at which it is damaged, or -1. */
  public long position() {
    return position;
  }

  /** Why, without the place. */
  String reason() {
    return reason;
  }
}
