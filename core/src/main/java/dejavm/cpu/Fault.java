package dejavm.cpu;

/**
 * An exception that an instruction raises: the instruction has changed nothing, the handler finds
 * its address. Page faults are {@link dejavm.memory.PageFault}. Carries no stack trace, since it is
 * part of normal operation.
 */
public final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Vectors, by their SDM mnemonics. */
  public static final int DE = 0;

  public static final int DB = 1;
  public static final int NMI = 2;
  public static final int BP = 3;
  public static final int OF = 4;
  public static final int BR = 5;
  public static final int UD = 6;
  public static final int NM = 7;
  public static final int DF = 8;
  public static final int TS = 10;
  public static final int NP = 11;
  public static final int SS = 12;
  public static final int GP = 13;
  public static final int PF = 14;
  public static final int MF = 16;
  public static final int AC = 17;
  public static final int XM = 19;

  /** What {@link #error} is for exceptions that push none. */
  public static final int NO_ERROR = -1;

  private final int vector;
  private final int error;

  private Fault(int vector, int error) {
    super(null, null, false, false);
    this.vector = vector;
    this.error = error;
  }

  /** An exception without an error code. */
  public static Fault of(int vector) {
    return new Fault(vector, NO_ERROR);
  }

  /** An exception with an error code: a selector with its low bits, or 0. */
  public static Fault of(int vector, int error) {
    return new Fault(vector, error & 0xFFFF);
  }

  public static Fault gp(int error) {
    return of(GP, error);
  }

  public static Fault ud() {
    return of(UD);
  }

  public int vector() {
    return vector;
  }

  /** The error code, 0 to 65535, or {@link #NO_ERROR}. */
  public int error() {
    return error;
  }

  @Override
  public String getMessage() {
    return "exception " + vector + (error == NO_ERROR ? "" : " error %x".formatted(error));
  }
}
