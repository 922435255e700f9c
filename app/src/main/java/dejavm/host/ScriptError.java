package dejavm.host;

/** A line of a script is wrong. The message names it. */
public final class ScriptError extends Exception {
  private static final long serialVersionUID = 1;

  ScriptError(int line, String reason) {
    super("line " + line + ": " + reason);
  }
}
