package dejavm.cpu.translate;

import dejavm.cpu.Cpu;
import dejavm.cpu.Engine;
import dejavm.cpu.interpret.Interpreter;

/**
 * The engine that translates guest code into code of an x86-64 host. It is the {@link Interpreter}
 * with a shortcut: what is translated is run by a {@link Dispatcher}, which is made once the guest
 * has run for a while, since calls of native code take their time to be set up.
 */
public final class Translator implements Engine {
  /** Bytes of code memory; what is not used costs nothing. */
  private static final long CODE = 128L << 20;

  /** For how many instructions to be the interpreter where that is faster; if it often is, more. */
  private static final long RETREAT = 1_000_000;

  private static final long LONG_RETREAT = 64 * RETREAT;

  private final Cpu cpu;
  private final long codeMemory;

  /** The count of instructions until which to be the interpreter. */
  private long patience;

  private long retreat = RETREAT;

  /** The moment from which the slice under way may end. */
  private long enough;

  /** The slice under way ends where translated code is to go on. */
  private boolean cutShort;

  private final Interpreter interpreter;
  private Dispatcher dispatcher;
  private Runnable follower;

  /**
   * @param patience for how many instructions to be the interpreter
   */
  public Translator(Cpu cpu, long patience) {
    this(cpu, patience, CODE);
  }

  /**
   * @param codeMemory bytes for code, a multiple of 64 KiB; when they are full, all code is dropped
   */
  Translator(Cpu cpu, long patience, long codeMemory) {
    this.cpu = cpu;
    this.patience = patience;
    this.codeMemory = codeMemory;
    interpreter = new Interpreter(cpu);
    interpreter.shortcut(this::runTranslated);
  }

  /** Whether this host can run translated code. */
  public static boolean isSupported() {
    String architecture = System.getProperty("os.arch");
    return (architecture.equals("amd64") || architecture.equals("x86_64"))
        && System.getProperty("os.name").equals("Linux");
  }

  public Interpreter interpreter() {
    return interpreter;
  }

  /**
   * Has somebody told after each block of translated code, between two instructions, and where
   * nothing is due; comes before the first instruction.
   */
  public void afterEachBlock(Runnable told) {
    follower = told;
  }

  /** What was done up to now. */
  public Statistics statistics() {
    return dispatcher == null ? new Statistics() : dispatcher.statistics();
  }

  @Override
  public Stop run(Cpu ignored, long enough, long until) {
    Stop stop;
    this.enough = enough;
    do {
      cutShort = false;
      stop = interpreter.run(cpu, enough, until);
    } while (stop == Stop.UNTIL && cutShort);
    return stop;
  }

  @Override
  public void forget() {
    interpreter.forget();
    if (dispatcher != null) {
      dispatcher.forget();
    }
  }

  private boolean runTranslated() {
    if (cpu.retired() < patience) {
      haveInterpreterStop();
      return false;
    }
    if (dispatcher == null && !start()) {
      return false;
    }
    boolean progressed = dispatcher.run(enough);
    if (dispatcher.isLosing()) {
      boolean atOnce = cpu.retired() - patience < RETREAT;
      retreat = atOnce ? Math.min(2 * retreat, LONG_RETREAT) : RETREAT;
      if (atOnce) {
        // For long: then nobody needs to hear of stores beside what was translated.
        dispatcher.forget();
      }
      patience = cpu.retired() + retreat;
    }
    return progressed;
  }

  /**
   * The interpreter goes on by itself up to the end of a slice, which a replay may have far away.
   */
  private void haveInterpreterStop() {
    if (patience != Long.MAX_VALUE) {
      cutShort = true;
      cpu.until = Math.min(cpu.until, cpu.now() + patience - cpu.retired());
    }
  }

  /** Makes the dispatcher; host or JVM may forbid native code: then it stays interpreting. */
  private boolean start() {
    try {
      dispatcher = new Dispatcher(cpu, interpreter, codeMemory);
      dispatcher.afterEachBlock(follower);
      return true;
    } catch (UnsupportedOperationException | IllegalCallerException refused) {
      patience = Long.MAX_VALUE;
      return false;
    }
  }
}
