package dejavm.cpu;

/**
 * Which NaN an operation on NaNs gives.
 *
 * <p>Of two quiet ones the larger significand wins, the positive one where they are equal; but of a
 * signaling and a quiet one the quiet one does, whatever its size. A signaling NaN or an
 * unsupported pattern makes the operation invalid.
 *
 * <p>Source: Intel SDM volume 1, table 4-7 and 8.5.1.2.
 */
final class X87NaN {
  private X87NaN() {}

  /** Answers one operand that is a NaN or unsupported. */
  static boolean propagate(X87 f, int register, long significand, int signExponent) {
    if (Float80.isUnsupported(significand, signExponent)) {
      return f.invalid(register);
    }
    if (Float80.isSignaling(significand, signExponent) && !f.raise(X87.IE)) {
      return false;
    }
    f.put(register, significand | Float80.QUIET, signExponent);
    return true;
  }

  /** Answers two operands at least one of which is a NaN or unsupported. */
  static boolean propagate(X87 f, int register, long aSig, int aSe, long bSig, int bSe) {
    if (Float80.isUnsupported(aSig, aSe) || Float80.isUnsupported(bSig, bSe)) {
      return f.invalid(register);
    }
    boolean aSignaling = Float80.isSignaling(aSig, aSe);
    boolean bSignaling = Float80.isSignaling(bSig, bSe);
    if ((aSignaling || bSignaling) && !f.raise(X87.IE)) {
      return false;
    }
    boolean first;
    if (!Float80.isNaN(aSig, aSe)) {
      first = false;
    } else if (!Float80.isNaN(bSig, bSe)) {
      first = true;
    } else if (aSignaling != bSignaling) {
      first = bSignaling;
    } else {
      int order = Long.compareUnsigned(aSig, bSig);
      first = order > 0 || order == 0 && (aSe & Float80.SIGN) == 0;
    }
    f.put(register, (first ? aSig : bSig) | Float80.QUIET, first ? aSe : bSe);
    return true;
  }
}
