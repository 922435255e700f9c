package dejavm;

import dejavm.machine.Execution;
import java.util.Locale;

/**
 * The engine that tests of what every engine must do are run with: the interpreter, unless the
 * system property {@code dejavm.engine} names another.
 */
public final class Engines {
  private static final Execution.Kind KIND =
      Execution.Kind.valueOf(
          System.getProperty("dejavm.engine", "interpret").toUpperCase(Locale.ROOT));

  private Engines() {}

  public static Execution.Kind kind() {
    return KIND;
  }

  /** The engine, with a translation cache of some size. */
  public static Execution with(int tlbEntries) {
    return new Execution(KIND, tlbEntries);
  }
}
