package dejavm.cpu;

/**
 * What an SSE instruction computes under, and what it meets: rounding, modes and masks as MXCSR had
 * them at its start, and the exceptions since.
 *
 * <p>The surprising fact: exceptions found in operands (invalid, denormal, divide by zero) come
 * before those found in results. Where one of the former is unmasked in any element, nothing is
 * reported of any result.
 *
 * <p>Source: Intel SDM volume 1, 10.2.3, 11.5.2 and 11.5.3.
 */
public final class SseStatus {
  /** Exception flags; the masks are the same bits shifted by {@link #MASKS}. */
  public static final int IE = 1;

  public static final int DE = 2;
  public static final int ZE = 4;
  public static final int OE = 8;
  public static final int UE = 0x10;
  public static final int PE = 0x20;

  /** Denormal operands are zeros. */
  public static final int DAZ = 0x40;

  /** Denormal results are zeros. */
  public static final int FTZ = 0x8000;

  static final int ALL = 0x3F;
  static final int MASKS = 7;
  static final int NEAREST = 0;
  static final int DOWN = 1;
  static final int UP = 2;
  static final int ZERO = 3;
  private static final int OPERAND = IE | DE | ZE;

  int rounding;
  boolean denormalsAreZeros;
  boolean flushToZero;

  /** Exceptions that are masked. */
  int masked;

  /** Exceptions since {@link #begin}. */
  int flags;

  /** Inexactness need not be found out: it is masked, and its flag is set already. */
  boolean inexactKnown;

  /** An instruction begins. */
  public void begin(int mxcsr) {
    rounding = mxcsr >> 13 & 3;
    denormalsAreZeros = (mxcsr & DAZ) != 0;
    flushToZero = (mxcsr & FTZ) != 0;
    masked = mxcsr >> MASKS & ALL;
    inexactKnown = (mxcsr & masked & PE) != 0;
    flags = 0;
  }

  /** Overrides the rounding that MXCSR has. */
  public void round(int newRounding) {
    rounding = newRounding;
  }

  /** The exceptions that the instruction has to add to MXCSR. */
  public int raised() {
    return (flags & ~masked & OPERAND) != 0 ? flags & OPERAND : flags;
  }

  /** Whether one of them is unmasked, so that there is no result. */
  public boolean faults() {
    return (flags & ~masked) != 0;
  }

  /** Whether an element's operands have already stopped the instruction. */
  boolean stopped() {
    return (flags & ~masked & OPERAND) != 0;
  }

  boolean masks(int exception) {
    return (masked & exception) != 0;
  }

  /** An operand under DAZ. */
  long operand(FloatFormat f, long value) {
    return denormalsAreZeros && f.exponent(value) == 0 ? f.sign(value) : value;
  }

  /** Notes a denormal operand, which {@link #operand} has let pass. */
  void noteDenormal(FloatFormat f, long value) {
    if (f.isDenormal(value)) {
      flags |= DE;
    }
  }

  /** An invalid operation's result. */
  long invalid(FloatFormat f) {
    flags |= IE;
    return f.indefinite();
  }

  /** The result of an operation on a NaN. */
  long propagate(FloatFormat f, long nan) {
    if (f.isSignaling(nan)) {
      flags |= IE;
    }
    return f.quiet(nan);
  }

  /** The result of an operation on two operands, one of which at least is a NaN: the first. */
  long propagate(FloatFormat f, long a, long b) {
    if (f.isSignaling(a) || f.isSignaling(b)) {
      flags |= IE;
    }
    return f.quiet(f.isNaN(a) ? a : b);
  }

  /**
   * Whether an inexact magnitude is rounded away from zero.
   *
   * @param last has the last kept bit in bit 0
   * @param rest what is cut off, its half in bit 63; not zero
   */
  boolean increments(boolean negative, long last, long rest) {
    return switch (rounding) {
      case NEAREST -> rest < 0 && (rest << 1 != 0 || (last & 1) != 0);
      case DOWN -> negative;
      case UP -> !negative;
      default -> false;
    };
  }
}
