package dejavm.cpu;

/**
 * FCOM, FUCOM, FCOMI, FUCOMI, FICOM, FTST and FXAM.
 *
 * <p>The ordered comparisons report every NaN as invalid, the unordered ones only signaling NaNs.
 * Results are C3 C2 C0, which FNSTSW and SAHF turn into ZF PF CF; FCOMI gives these itself and
 * leaves C1 alone. The surprising fact: an unmasked exception suppresses the pop, not the codes.
 *
 * <p>Source: Intel SDM volume 1, 8.1.4; volume 2 under each mnemonic.
 */
public final class X87Compare {
  private static final int CODES = X87.C0 | X87.C1 | X87.C2 | X87.C3;
  private static final int LESS = X87.C0;
  private static final int EQUAL = X87.C3;
  private static final int UNORDERED = X87.C0 | X87.C2 | X87.C3;

  /** Beside the codes: an unmasked exception was raised, so nothing is to be popped. */
  private static final int SUPPRESSED = 1;

  private X87Compare() {}

  /** FCOM ST(i). */
  public static boolean fcom(X87 f, int i) {
    return registers(f, i, false);
  }

  /** FCOMP ST(i). */
  public static boolean fcomp(X87 f, int i) {
    return pop(f, 1, registers(f, i, false));
  }

  /** FCOMPP. */
  public static boolean fcompp(X87 f) {
    return pop(f, 2, registers(f, 1, false));
  }

  /** FUCOM ST(i). */
  public static boolean fucom(X87 f, int i) {
    return registers(f, i, true);
  }

  /** FUCOMP ST(i). */
  public static boolean fucomp(X87 f, int i) {
    return pop(f, 1, registers(f, i, true));
  }

  /** FUCOMPP. */
  public static boolean fucompp(X87 f) {
    return pop(f, 2, registers(f, 1, true));
  }

  /** FCOM m32, FCOM m64, FICOM m16, FICOM m32: with the value widened. */
  public static boolean fcom(X87 f, long significand, int signExponent) {
    return store(f, compare(f, significand, signExponent, f.isEmpty(0), false));
  }

  /** FCOMP m32, FCOMP m64, FICOMP m16, FICOMP m32: with the value widened. */
  public static boolean fcomp(X87 f, long significand, int signExponent) {
    return pop(f, 1, fcom(f, significand, signExponent));
  }

  /** FTST. */
  public static boolean ftst(X87 f) {
    return fcom(f, 0, 0);
  }

  /** FCOMI ST(i): ZF PF CF at their places in EFLAGS; OF SF AF become 0. */
  public static int fcomi(X87 f, int i) {
    return flags(compareRegisters(f, i, false));
  }

  /** FUCOMI ST(i): ZF PF CF at their places in EFLAGS; OF SF AF become 0. */
  public static int fucomi(X87 f, int i) {
    return flags(compareRegisters(f, i, true));
  }

  /** FCOMIP ST(i): ZF PF CF at their places in EFLAGS; OF SF AF become 0. */
  public static int fcomip(X87 f, int i) {
    int result = compareRegisters(f, i, false);
    pop(f, 1, (result & SUPPRESSED) == 0);
    return flags(result);
  }

  /** FUCOMIP ST(i): ZF PF CF at their places in EFLAGS; OF SF AF become 0. */
  public static int fucomip(X87 f, int i) {
    int result = compareRegisters(f, i, true);
    pop(f, 1, (result & SUPPRESSED) == 0);
    return flags(result);
  }

  /** FXAM. */
  public static void fxam(X87 f) {
    long significand = f.significand[f.top];
    int signExponent = f.signExponent[f.top];
    int exponent = signExponent & Float80.MAXIMUM;
    int code;
    if (f.isEmpty(0)) {
      code = X87.C3 | X87.C0;
    } else if (exponent == 0) {
      code = significand == 0 ? X87.C3 : X87.C3 | X87.C2;
    } else if (significand >= 0) {
      code = 0;
    } else if (exponent != Float80.MAXIMUM) {
      code = X87.C2;
    } else {
      code = significand == Float80.INTEGER ? X87.C2 | X87.C0 : X87.C0;
    }
    int sign = (signExponent & Float80.SIGN) != 0 ? X87.C1 : 0;
    f.status = f.status & ~CODES | code | sign;
  }

  private static boolean registers(X87 f, int i, boolean quiet) {
    return store(f, compareRegisters(f, i, quiet));
  }

  private static int compareRegisters(X87 f, int i, boolean quiet) {
    int b = f.physical(i);
    boolean empty = ((f.empty >> f.top | f.empty >> b) & 1) != 0;
    return compare(f, f.significand[b], f.signExponent[b], empty, quiet);
  }

  private static boolean store(X87 f, int result) {
    f.status = f.status & ~CODES | result & CODES;
    return (result & SUPPRESSED) == 0;
  }

  private static boolean pop(X87 f, int count, boolean completed) {
    for (int i = 0; completed && i < count; i++) {
      f.pop();
    }
    return completed;
  }

  private static int flags(int result) {
    // C0 C2 C3 lie in AH of FNSTSW AX as CF PF ZF lie in AH of LAHF
    return (result & CODES) >> 8;
  }

  /** The condition codes, and {@link #SUPPRESSED} where an unmasked exception was raised. */
  private static int compare(X87 f, long bSig, int bSe, boolean empty, boolean quiet) {
    if (empty) {
      return UNORDERED | (f.underflow() ? 0 : SUPPRESSED);
    }
    long aSig = f.significand[f.top];
    int aSe = f.signExponent[f.top];
    if (Float80.isNaNOrUnsupported(aSig, aSe) || Float80.isNaNOrUnsupported(bSig, bSe)) {
      boolean silent = quiet && isComparable(aSig, aSe) && isComparable(bSig, bSe);
      return UNORDERED | (silent || f.raise(X87.IE) ? 0 : SUPPRESSED);
    }
    int suppressed = X87Arithmetic.acceptDenormals(f, aSig, aSe, bSig, bSe) ? 0 : SUPPRESSED;
    return suppressed | compareNumbers(aSig, aSe, bSig, bSe);
  }

  /** Whether FUCOM takes a value silently. */
  private static boolean isComparable(long significand, int signExponent) {
    return !Float80.isSignaling(significand, signExponent)
        && !Float80.isUnsupported(significand, signExponent);
  }

  private static int compareNumbers(long aSig, int aSe, long bSig, int bSe) {
    boolean negative = (aSe & Float80.SIGN) != 0;
    if (((aSe ^ bSe) & Float80.SIGN) != 0) {
      if ((aSig | bSig) == 0) {
        return EQUAL;
      }
      return negative ? LESS : 0;
    }
    int order = compareMagnitudes(aSig, aSe & Float80.MAXIMUM, bSig, bSe & Float80.MAXIMUM);
    if (order == 0) {
      return EQUAL;
    }
    return order < 0 != negative ? LESS : 0;
  }

  private static int compareMagnitudes(long aSig, int aExponent, long bSig, int bExponent) {
    // exponents 0 and 1 weigh the same
    int order = Integer.compare(Math.max(aExponent, 1), Math.max(bExponent, 1));
    return order != 0 ? order : Long.compareUnsigned(aSig, bSig);
  }
}
