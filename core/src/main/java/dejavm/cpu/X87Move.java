package dejavm.cpu;

/**
 * Loads, stores and moves: FLD, FILD, FST, FIST, FISTTP, FXCH, FCMOV, FCHS, FABS, the constants,
 * and what moves the stack.
 *
 * <p>A load or store of 80 bits moves bits and looks at nothing; one of 32 or 64 bits converts, and
 * reports signaling NaNs. A method for a store commits flags and the pop and returns what to write;
 * the caller has probed the destination before, and writes unless {@link X87#storeSuppressed}.
 *
 * <p>Source: Intel SDM volume 2 under each mnemonic.
 */
public final class X87Move {
  /** Constants by the low three bits of their opcode D9 E8 to D9 EE, cut off after 64 bits. */
  private static final long[] CONSTANTS = {
    0x8000_0000_0000_0000L,
    0xd49a_784b_cd1b_8afeL,
    0xb8aa_3b29_5c17_f0bbL,
    0xc90f_daa2_2168_c234L,
    0x9a20_9a84_fbcf_f798L,
    0xb172_17f7_d1cf_79abL,
    0
  };

  private static final int[] CONSTANT_EXPONENTS = {
    0x3fff, 0x4000, 0x3fff, 0x4000, 0x3ffd, 0x3ffe, 0
  };

  /** The bits after the cut, half in bit 63. */
  private static final long[] CONSTANT_RESTS = {
    0,
    0x492b_f6ff_4daf_db4dL,
    0xbe87_fed0_691d_3e89L,
    0xc4c6_628b_80dc_1cd1L,
    0x8f89_59ac_0b7c_9178L,
    0xc9e3_b398_03f2_f6afL,
    0
  };

  private X87Move() {}

  /** FLD m80. */
  public static boolean fld80(X87 f, long significand, int signExponent) {
    f.status &= ~X87.C1;
    if (full(f)) {
      return f.overflow();
    }
    f.push(significand, signExponent);
    return true;
  }

  /** FLD m64. */
  public static boolean fld64(X87 f, long bits) {
    int exponent = (int) (bits >>> 52) & 0x7ff;
    if (exponent != 0 && exponent != 0x7ff && !full(f)) {
      f.status &= ~X87.C1;
      int sign = (int) (bits >>> 48) & Float80.SIGN;
      f.push(bits << 11 | Float80.INTEGER, sign | exponent + (Float80.BIAS - 1023));
      return true;
    }
    return load(f, Float80.significandOfFloat64(bits), Float80.signExponentOfFloat64(bits));
  }

  /** FLD m32. */
  public static boolean fld32(X87 f, int bits) {
    return load(f, Float80.significandOfFloat32(bits), Float80.signExponentOfFloat32(bits));
  }

  /** FILD m16, m32 and m64, sign-extended. */
  public static boolean fild(X87 f, long value) {
    return fld80(f, Float80.significandOfInteger(value), Float80.signExponentOfInteger(value));
  }

  /** FLD ST(i). */
  public static boolean fld(X87 f, int i) {
    int source = f.physical(i);
    if ((f.empty >> source & 1) != 0) {
      if (!f.underflow()) {
        return false;
      }
      f.push(Float80.INDEFINITE, Float80.INDEFINITE_SIGN_EXPONENT);
      return true;
    }
    return fld80(f, f.significand[source], f.signExponent[source]);
  }

  /**
   * FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ: rounded as the control word says, without
   * reporting it.
   *
   * @param index the low three bits of the second opcode byte, 0 to 6
   */
  public static boolean fldConstant(X87 f, int index) {
    long rest = CONSTANT_RESTS[index];
    boolean up = rest != 0 && X87Rounding.increments(f.control, 0, CONSTANTS[index], rest);
    return fld80(f, CONSTANTS[index] + (up ? 1 : 0), CONSTANT_EXPONENTS[index]);
  }

  /** Whether there is no room for a push. */
  static boolean full(X87 f) {
    return (f.empty >> (f.top - 1 & 7) & 1) == 0;
  }

  private static boolean load(X87 f, long significand, int signExponent) {
    f.status &= ~X87.C1;
    if (full(f)) {
      return f.overflow();
    }
    if (Float80.isSignaling(significand, signExponent)) {
      if (!f.raise(X87.IE)) {
        return false;
      }
      f.push(significand | Float80.QUIET, signExponent);
      return true;
    }
    // unlike in arithmetic, the denormal is loaded even where it faults
    f.status |= (signExponent & Float80.DENORMAL) != 0 ? X87.DE : 0;
    f.push(significand, signExponent);
    return true;
  }

  /** FST ST(i). */
  public static boolean fst(X87 f, int i) {
    f.status &= ~X87.C1;
    int target = f.physical(i);
    if (f.isEmpty(0)) {
      return f.underflow(target);
    }
    f.put(target, f.significand[f.top], f.signExponent[f.top]);
    return true;
  }

  /** FSTP ST(i). */
  public static boolean fstp(X87 f, int i) {
    boolean completed = fst(f, i);
    if (completed) {
      f.pop();
    }
    return completed;
  }

  /** FSTP1 ST(i), an alias of FSTP, but that pops an empty register in silence. */
  public static boolean fstp1(X87 f, int i) {
    if (!f.isEmpty(0)) {
      return fstp(f, i);
    }
    f.status &= ~X87.C1;
    f.pop();
    return true;
  }

  /** FST m32. */
  public static int fst32(X87 f) {
    f.status &= ~X87.C1;
    if (f.isEmpty(0)) {
      f.underflow();
      return 0xffc0_0000;
    }
    return X87Rounding.toFloat32(f, f.significand[f.top], f.signExponent[f.top]);
  }

  /** FSTP m32. */
  public static int fstp32(X87 f) {
    int bits = fst32(f);
    popStored(f);
    return bits;
  }

  /** FST m64. */
  public static long fst64(X87 f) {
    f.status &= ~X87.C1;
    if (f.isEmpty(0)) {
      f.underflow();
      return 0xfff8_0000_0000_0000L;
    }
    return X87Rounding.toFloat64(f, f.significand[f.top], f.signExponent[f.top]);
  }

  /** FSTP m64. */
  public static long fstp64(X87 f) {
    long bits = fst64(f);
    popStored(f);
    return bits;
  }

  /** FSTP m80: what to write is in the {@link X87#LATCH}. */
  public static void fstp80(X87 f) {
    f.status &= ~X87.C1;
    boolean empty = f.isEmpty(0);
    if (empty) {
      f.underflow();
    }
    f.significand[X87.LATCH] = empty ? Float80.INDEFINITE : f.significand[f.top];
    f.signExponent[X87.LATCH] = empty ? Float80.INDEFINITE_SIGN_EXPONENT : f.signExponent[f.top];
    popStored(f);
  }

  /**
   * FIST m16 and m32.
   *
   * @param bits the width in memory
   */
  public static long fist(X87 f, int bits) {
    return storeInteger(f, bits, f.control);
  }

  /** FISTP m16, m32 and m64. */
  public static long fistp(X87 f, int bits) {
    long value = storeInteger(f, bits, f.control);
    popStored(f);
    return value;
  }

  /** FISTTP m16, m32 and m64: truncates whatever the control word says. */
  public static long fisttp(X87 f, int bits) {
    long value = storeInteger(f, bits, f.control | 0xc00);
    popStored(f);
    return value;
  }

  private static long storeInteger(X87 f, int bits, int control) {
    f.status &= ~X87.C1;
    if (f.isEmpty(0)) {
      f.underflow();
      return -1L << bits - 1;
    }
    return X87Rounding.toInteger(f, f.significand[f.top], f.signExponent[f.top], bits, control);
  }

  static void popStored(X87 f) {
    if (!f.storeSuppressed()) {
      f.pop();
    }
  }

  /** FXCH ST(i). */
  public static boolean fxch(X87 f, int i) {
    f.status &= ~X87.C1;
    int a = f.top;
    int b = f.physical(i);
    if (((f.empty >> a | f.empty >> b) & 1) != 0) {
      if (!f.underflow()) {
        return false;
      }
      fill(f, a);
      fill(f, b);
    }
    long significand = f.significand[a];
    int signExponent = f.signExponent[a];
    f.put(a, f.significand[b], f.signExponent[b]);
    f.put(b, significand, signExponent);
    return true;
  }

  private static void fill(X87 f, int register) {
    if ((f.empty >> register & 1) != 0) {
      f.put(register, Float80.INDEFINITE, Float80.INDEFINITE_SIGN_EXPONENT);
    }
  }

  /** FCMOVcc ST(0), ST(i), the condition being evaluated by the caller; C1 stays. */
  public static boolean fcmov(X87 f, int i, boolean condition) {
    int source = f.physical(i);
    if (((f.empty >> f.top | f.empty >> source) & 1) != 0) {
      return f.underflow(f.top);
    }
    if (condition) {
      f.put(f.top, f.significand[source], f.signExponent[source]);
    }
    return true;
  }

  /** FCHS. */
  public static boolean fchs(X87 f) {
    return sign(f, f.signExponent[f.top] ^ Float80.SIGN);
  }

  /** FABS. */
  public static boolean fabs(X87 f) {
    return sign(f, f.signExponent[f.top] & ~Float80.SIGN);
  }

  private static boolean sign(X87 f, int signExponent) {
    f.status &= ~X87.C1;
    if (f.isEmpty(0)) {
      return f.underflow(f.top);
    }
    f.signExponent[f.top] = signExponent;
    return true;
  }

  /** FFREE ST(i). */
  public static void ffree(X87 f, int i) {
    f.status &= ~X87.C1;
    f.empty |= 1 << f.physical(i);
  }

  /** FFREEP ST(i), undocumented but everywhere: FFREE, then a pop. */
  public static void ffreep(X87 f, int i) {
    ffree(f, i);
    f.pop();
  }

  /** FINCSTP. */
  public static void fincstp(X87 f) {
    f.status &= ~X87.C1;
    f.top = f.top + 1 & 7;
  }

  /** FDECSTP. */
  public static void fdecstp(X87 f) {
    f.status &= ~X87.C1;
    f.top = f.top - 1 & 7;
  }
}
