package dejavm.machine;

import dejavm.cpu.translate.Translator;

/**
 * How a machine is run, which nothing in it can observe.
 *
 * @param engine what executes instructions
 * @param tlbEntries entries in a bank of the translation cache: a power of two, up to 65536
 * @param patience for how many instructions to interpret before anything is translated
 */
public record Execution(Kind engine, int tlbEntries, long patience) {
  /** Entries of the translation cache where nobody asks for another number. */
  public static final int TLB_ENTRIES = 4096;

  /**
   * Instructions that the interpreter executes in about the time that it takes to set up
   * translation.
   */
  private static final long PATIENCE = 200_000;

  /** The engines. */
  public enum Kind {
    /** Code of the host, made from the guest's; on x86-64 Linux alone. */
    TRANSLATE,
    /** Predecoded code, interpreted: on every host. */
    INTERPRET,
    /** Each instruction decoded anew, and executed by the general methods: slow, another way. */
    STEP
  }

  /** Translates from the first instruction on, if it translates. */
  public Execution(Kind engine, int tlbEntries) {
    this(engine, tlbEntries, 0);
  }

  public static Execution by(Kind engine) {
    return new Execution(engine, TLB_ENTRIES, PATIENCE);
  }

  /** The fastest way on this host. */
  public static Execution fastest() {
    return by(Translator.isSupported() ? Kind.TRANSLATE : Kind.INTERPRET);
  }
}
