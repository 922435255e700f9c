package dejavm.cli;

/** A command cannot go on; the message is one line for the user. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  private Refusal(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What was asked for makes no sense, or cannot be read. */
  static Refusal usage(String message) {
    return new Refusal(ExitCode.USAGE, message);
  }

  /** What was asked for was tried and failed. */
  static Refusal failed(String message) {
    return new Refusal(ExitCode.FAILED, message);
  }

  int exitCode() {
    return exitCode;
  }
}
