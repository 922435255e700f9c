package dejavm.memory;

/**
 * A page fault: the linear address and the error code that the CPU pushes (SDM volume 3, section
 * 4.7). Carries no stack trace, since it is part of normal operation.
 */
public final class PageFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Error code bits. */
  public static final int PRESENT = 1;

  public static final int WRITE = 2;
  public static final int USER = 4;
  public static final int RESERVED = 8;
  public static final int FETCH = 16;

  private final long linear;
  private final int error;

  public PageFault(long linear, int error) {
    super(null, null, false, false);
    this.linear = linear;
    this.error = error;
  }

  public long linear() {
    return linear;
  }

  public int error() {
    return error;
  }

  @Override
  public String getMessage() {
    return "page fault at %x, error %x".formatted(linear, error);
  }
}
