package dejavm.cli;

/** What the program's exit codes mean. A guest's debug exit gives the guest's code instead. */
final class ExitCode {
  /** All was done. */
  static final int DONE = 0;

  /** The guest or the replay failed, or what was to be written could not be. */
  static final int FAILED = 1;

  /** Wrong usage, or input that cannot be read. */
  static final int USAGE = 2;

  private ExitCode() {}
}
