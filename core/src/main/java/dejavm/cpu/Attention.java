package dejavm.cpu;

/** Bits of {@link Cpu#attention}: what an engine looks at before it executes an instruction. */
public final class Attention {
  public static final int RESET = 1;
  public static final int SMI = 2;
  public static final int NMI = 4;
  public static final int INTR = 8;
  public static final int INIT = 0x10;

  /** Interrupts are held back for one instruction: after STI, MOV SS, POP SS. */
  public static final int SHADOW = 0x20;

  /** EFLAGS.TF is set. */
  public static final int TRAP = 0x40;

  public static final int HALTED = 0x80;

  /** Power is off. */
  public static final int OFF = 0x100;

  /** Breakpoints on data or ports were hit. */
  public static final int DEBUG = 0x200;

  /** There are breakpoints on instructions, or RF holds them back for one. */
  public static final int BREAKPOINT = 0x400;

  /** Alignment is checked: no specialised operations. */
  public static final int ALIGNMENT = 0x800;

  private Attention() {}
}
