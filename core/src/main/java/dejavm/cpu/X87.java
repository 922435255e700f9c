package dejavm.cpu;

import dejavm.bus.Stateful;
import java.util.Arrays;

/**
 * The state of the x87 floating-point unit: eight 80-bit registers used as a stack, the control,
 * status and tag words, and the pointers to the last instruction and its operand.
 *
 * <p>The surprising fact: an unmasked exception does not fault where it arises. It sets a flag, and
 * the next waiting floating-point instruction faults ({@link #pending}).
 *
 * <p>Registers are held by physical number; ST(i) is {@link #physical}. ES, B and TOP are not bits
 * of {@link #status}: the first two follow from flags and masks, the last is {@link #top}. A ninth
 * slot, {@link #LATCH}, holds the 80 bits that FSTP m80 and FBSTP are about to write to memory; it
 * is dead between instructions. MMX registers are the significands of the physical registers.
 *
 * <p>Source: Intel SDM volume 1, chapter 8; volume 3, 12 (MMX aliasing).
 */
public final class X87 implements Stateful<X87.State> {
  public static final int IE = 0x01;
  public static final int DE = 0x02;
  public static final int ZE = 0x04;
  public static final int OE = 0x08;
  public static final int UE = 0x10;
  public static final int PE = 0x20;
  public static final int SF = 0x40;
  public static final int ES = 0x80;
  public static final int C0 = 0x100;
  public static final int C1 = 0x200;
  public static final int C2 = 0x400;
  public static final int C3 = 0x4000;
  public static final int BUSY = 0x8000;

  /** The slot after the eight registers: what an 80-bit store is about to write. */
  public static final int LATCH = 8;

  /** The six exceptions, as flags in the status word and as masks in the control word. */
  public static final int EXCEPTIONS = 0x3f;

  /** The bits of the control word that FLDCW loads, and the one that always reads as one. */
  public static final int CONTROL_BITS = 0x1f3f;

  public static final int CONTROL_FIXED = 0x40;

  /** Significands by physical register, and the {@link #LATCH}. */
  public final long[] significand = new long[9];

  /** Sign (bit 15) and exponent by physical register, and the {@link #LATCH}. */
  public final int[] signExponent = new int[9];

  /** The control word. */
  public int control;

  /** The status word without TOP, ES and B. */
  public int status;

  /** The physical number of ST(0). */
  public int top;

  /** One bit for each physical register that holds nothing. */
  public int empty;

  /** The low 11 bits of the last instruction's opcode. */
  public int opcode;

  public int instructionSelector;
  public long instructionOffset;
  public int dataSelector;
  public long dataOffset;

  /** All of the above, copied. */
  public record State(
      long[] significand,
      int[] signExponent,
      int control,
      int status,
      int top,
      int empty,
      int opcode,
      int instructionSelector,
      long instructionOffset,
      int dataSelector,
      long dataOffset) {}

  public X87() {
    reset();
  }

  /** The state after power-up or RESET: all registers hold +0 and are tagged so. */
  public void reset() {
    init();
    control = CONTROL_FIXED;
    empty = 0;
    for (int i = 0; i < significand.length; i++) {
      significand[i] = 0;
      signExponent[i] = 0;
    }
  }

  /** FNINIT. The contents of the registers stay. */
  public void init() {
    control = 0x37f;
    status = 0;
    top = 0;
    empty = 0xff;
    opcode = 0;
    instructionSelector = 0;
    instructionOffset = 0;
    dataSelector = 0;
    dataOffset = 0;
  }

  /** FNCLEX. */
  public void clearExceptions() {
    status &= ~(EXCEPTIONS | SF);
  }

  /** Whether the next waiting instruction is to fault with #MF. */
  public boolean pending() {
    return (status & ~control & EXCEPTIONS) != 0;
  }

  /**
   * Whether the store just executed must leave memory alone, since it raised an unmasked exception
   * other than inexactness. Holds as nothing was pending before it.
   */
  public boolean storeSuppressed() {
    return (status & ~control & (IE | OE | UE)) != 0;
  }

  /** FNSTSW. */
  public int statusWord() {
    return status | top << 11 | (pending() ? ES | BUSY : 0);
  }

  /** Loads the status word as FLDENV, FRSTOR and FXRSTOR do; ES and B follow from the flags. */
  public void statusWord(int word) {
    status = word & (EXCEPTIONS | SF | C0 | C1 | C2 | C3);
    top = word >> 11 & 7;
  }

  /** FLDCW. Bit 6 reads as one, bits 7 and 13 to 15 as zero. */
  public void controlWord(int word) {
    control = word & CONTROL_BITS | CONTROL_FIXED;
  }

  /** The tag word: two bits a physical register; 0 valid, 1 zero, 2 special, 3 empty. */
  public int tagWord() {
    int word = 0;
    for (int i = 0; i < 8; i++) {
      word |= tag(i) << 2 * i;
    }
    return word;
  }

  private int tag(int register) {
    if ((empty >> register & 1) != 0) {
      return 3;
    }
    int exponent = signExponent[register] & Float80.MAXIMUM;
    if (exponent == 0 && significand[register] == 0) {
      return 1;
    }
    boolean normal = exponent != 0 && exponent != Float80.MAXIMUM && significand[register] < 0;
    return normal ? 0 : 2;
  }

  /** Loads a tag word; only whether a register is empty is taken from it. */
  public void tagWord(int word) {
    empty = 0;
    for (int i = 0; i < 8; i++) {
      if ((word >> 2 * i & 3) == 3) {
        empty |= 1 << i;
      }
    }
  }

  /** The physical number of ST(i). */
  public int physical(int st) {
    return top + st & 7;
  }

  public boolean isEmpty(int st) {
    return (empty >> (top + st & 7) & 1) != 0;
  }

  /** Gives a physical register a value, so that it is no longer empty. */
  void put(int register, long newSignificand, int newSignExponent) {
    significand[register] = newSignificand;
    signExponent[register] = newSignExponent & (Float80.SIGN | Float80.MAXIMUM);
    empty &= ~(1 << register);
  }

  void push(long newSignificand, int newSignExponent) {
    top = top - 1 & 7;
    put(top, newSignificand, newSignExponent);
  }

  void pop() {
    empty |= 1 << top;
    top = top + 1 & 7;
  }

  /**
   * Reports exceptions found before anything was computed.
   *
   * @return whether the instruction goes on, all of them being masked
   */
  boolean raise(int exceptions) {
    status |= exceptions;
    return (exceptions & ~control & EXCEPTIONS) == 0;
  }

  /** An invalid operation whose result was to go into a register: true where it is masked. */
  boolean invalid(int register) {
    if (!raise(IE)) {
      return false;
    }
    put(register, Float80.INDEFINITE, Float80.INDEFINITE_SIGN_EXPONENT);
    return true;
  }

  /** An empty register was read: true where that is masked. */
  boolean underflow() {
    status = status & ~C1 | SF;
    return raise(IE);
  }

  /** An empty register was read by an instruction whose result goes into a register. */
  boolean underflow(int register) {
    status = status & ~C1 | SF;
    return invalid(register);
  }

  /** A push met a full register: true where that is masked, and the indefinite is pushed. */
  boolean overflow() {
    status |= C1 | SF;
    if (!raise(IE)) {
      return false;
    }
    push(Float80.INDEFINITE, Float80.INDEFINITE_SIGN_EXPONENT);
    return true;
  }

  /** Any MMX instruction but EMMS, before it runs: the stack starts at 0 and is full. */
  public void enterMmx() {
    top = 0;
    empty = 0;
  }

  /** EMMS. */
  public void emms() {
    top = 0;
    empty = 0xff;
  }

  public long mmx(int register) {
    return significand[register];
  }

  public void mmx(int register, long value) {
    significand[register] = value;
    signExponent[register] = Float80.SIGN | Float80.MAXIMUM;
  }

  @Override
  public State state() {
    return new State(
        Arrays.copyOf(significand, 8),
        Arrays.copyOf(signExponent, 8),
        control,
        status,
        top,
        empty,
        opcode,
        instructionSelector,
        instructionOffset,
        dataSelector,
        dataOffset);
  }

  /** All that {@link #state} tells, from a place on; the place after it. */
  int words(long[] out, int from) {
    System.arraycopy(significand, 0, out, from, 8);
    for (int i = 0; i < 8; i++) {
      out[from + 8 + i] = signExponent[i];
    }
    int at = from + 16;
    out[at++] = control;
    out[at++] = status;
    out[at++] = top;
    out[at++] = empty;
    out[at++] = opcode;
    out[at++] = instructionSelector;
    out[at++] = instructionOffset;
    out[at++] = dataSelector;
    out[at++] = dataOffset;
    return at;
  }

  @Override
  public void restore(State state) {
    for (int i = 0; i < 8; i++) {
      significand[i] = state.significand[i];
      signExponent[i] = state.signExponent[i];
    }
    significand[LATCH] = 0;
    signExponent[LATCH] = 0;
    control = state.control;
    status = state.status;
    top = state.top;
    empty = state.empty;
    opcode = state.opcode;
    instructionSelector = state.instructionSelector;
    instructionOffset = state.instructionOffset;
    dataSelector = state.dataSelector;
    dataOffset = state.dataOffset;
  }
}
