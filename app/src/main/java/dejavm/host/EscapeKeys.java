package dejavm.host;

/** Finds the console's commands, which begin with Ctrl-A, in what is typed. */
final class EscapeKeys {
  /** What the user wants of the emulator rather than of the guest. */
  enum Command {
    QUIT,
    HELP,
    RESET,
    POWER
  }

  /** What comes of one key: a byte for the guest or a command; one of them, or neither. */
  record Key(int send, Command command) {}

  static final int ESCAPE = 1;

  static final String HELP =
      """
      Ctrl-A h       this help
      Ctrl-A x       end the run
      Ctrl-A r       reset button
      Ctrl-A p       power button
      Ctrl-A Ctrl-A  send Ctrl-A
      """;

  private static final Key NOTHING = new Key(-1, null);

  private boolean escaped;

  Key key(int value) {
    if (!escaped) {
      escaped = value == ESCAPE;
      return escaped ? NOTHING : new Key(value, null);
    }
    escaped = false;
    return switch (value) {
      case 'x' -> new Key(-1, Command.QUIT);
      case 'h', '?' -> new Key(-1, Command.HELP);
      case 'r' -> new Key(-1, Command.RESET);
      case 'p' -> new Key(-1, Command.POWER);
      case ESCAPE -> new Key(ESCAPE, null);
      default -> NOTHING;
    };
  }
}
