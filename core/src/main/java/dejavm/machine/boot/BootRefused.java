package dejavm.machine.boot;

/** A file cannot be booted. The message is one line that says what is wrong with it. */
public final class BootRefused extends Exception {
  private static final long serialVersionUID = 1;

  public BootRefused(String message) {
    super(message);
  }
}
