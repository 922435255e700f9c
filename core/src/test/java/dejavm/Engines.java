package dejavm;

import dejavm.cpu.Cpu;
import dejavm.cpu.Engine;
import dejavm.cpu.interpret.Interpreter;
import dejavm.cpu.translate.Translator;
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

  /** The engine for a processor without a machine. */
  public static Engine engine(Cpu cpu) {
    if (KIND == Execution.Kind.TRANSLATE) {
      return new Translator(cpu, 0);
    }
    Interpreter interpreter = new Interpreter(cpu);
    interpreter.predecode(KIND == Execution.Kind.INTERPRET);
    return interpreter;
  }

  /** The engine, with a translation cache of some size. */
  public static Execution with(int tlbEntries) {
    return new Execution(KIND, tlbEntries);
  }
}
