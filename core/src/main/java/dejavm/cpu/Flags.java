package dejavm.cpu;

/**
 * The bits of EFLAGS, and the six arithmetic ones in lazy form.
 *
 * <p>An operation leaves its result, sign-extended to 64 bits, and a word of carries; flags are
 * computed from these when somebody asks: ZF and SF from the result, PF from its low byte, CF, OF
 * and AF from the carries. Where flags do not come from one result (POPF, SAHF) the word holds
 * corrections to SF and PF as well.
 */
public final class Flags {
  public static final int CF = 1;
  public static final int PF = 4;
  public static final int AF = 0x10;
  public static final int ZF = 0x40;
  public static final int SF = 0x80;
  public static final int TF = 0x100;
  public static final int IF = 0x200;
  public static final int DF = 0x400;
  public static final int OF = 0x800;
  public static final int IOPL = 0x3000;
  public static final int NT = 0x4000;
  public static final int RF = 0x10000;
  public static final int VM = 0x20000;
  public static final int AC = 0x40000;
  public static final int VIF = 0x80000;
  public static final int VIP = 0x100000;
  public static final int ID = 0x200000;

  public static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

  /** The carries word: carry out of the top bit, carry into it, carry out of bit 3. */
  static final int CARRY_OUT = 1 << 31;

  static final int CARRY_IN = 1 << 30;
  static final int CARRY_3 = 8;

  /** Corrections: SF is inverted by bit 0; bits 8 to 15 are xored with the byte that gives PF. */
  static final int SIGN_CORRECTION = 1;

  static final int CARRIES = CARRY_OUT | CARRY_IN | CARRY_3;

  private Flags() {}

  static boolean parity(int bits) {
    int b = bits & 0xFF;
    b ^= b >> 4;
    return (0x9669 >> (b & 15) & 1) != 0;
  }
}
