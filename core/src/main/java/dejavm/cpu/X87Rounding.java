package dejavm.cpu;

/**
 * Rounding of x87 results: to a register under precision control, to the formats of memory, to
 * integers.
 *
 * <p>The surprising fact: tininess is found after rounding as if the exponent had no limit, and a
 * masked underflow is reported only where the result is inexact, too, but an unmasked one always.
 *
 * <p>Source: Intel SDM volume 1, 4.8.4, 4.9.1 and 8.5.
 */
final class X87Rounding {
  private static final int BIAS_ADJUST = 0x6000;
  private static final int NEAREST = 0;
  private static final int DOWN = 1;
  private static final int UP = 2;

  private X87Rounding() {}

  /** How many low bits of a significand the control word's precision leaves out. */
  static int droppedBits(int control) {
    return switch (control >> 8 & 3) {
      case 0 -> 40;
      case 2 -> 11;
      default -> 0;
    };
  }

  /**
   * Whether an inexact magnitude is rounded away from zero.
   *
   * @param last has the last kept bit in bit 0
   * @param rest what is cut off, its half in bit 63; not zero
   */
  static boolean increments(int control, int sign, long last, long rest) {
    return switch (control >> 10 & 3) {
      case NEAREST -> rest < 0 && (rest << 1 != 0 || (last & 1) != 0);
      case DOWN -> sign != 0;
      case UP -> sign == 0;
      default -> false;
    };
  }

  static boolean roundsDown(int control) {
    return (control >> 10 & 3) == DOWN;
  }

  /** Rounds to all 64 bits into a register; see the other. */
  static void round(X87 f, int register, int sign, int exponent, long high, long low) {
    round(f, register, sign, exponent, high, low, 0);
  }

  /**
   * Rounds (high:low) and puts it into a register, with flags and C1, which must be clear before.
   *
   * @param sign 0 or {@link Float80#SIGN}
   * @param exponent biased, of any size
   * @param high has its bit 63 set
   * @param low the bits below; its bit 0 stands for all that was lost
   * @param dropped how many bits of {@code high} do not count
   */
  static void round(X87 f, int register, int sign, int exponent, long high, long low, int dropped) {
    if (exponent <= 0 || exponent >= Float80.MAXIMUM - 1) {
      roundExtreme(f, register, sign, exponent, high, low, dropped);
      return;
    }
    long rest = dropped == 0 ? low : high << -dropped | (low != 0 ? 1 : 0);
    long kept = high >>> dropped << dropped;
    if (rest != 0 && roundsUp(f, sign, kept >>> dropped, rest)) {
      kept += 1L << dropped;
      if (kept == 0) {
        kept = Float80.INTEGER;
        exponent++;
      }
    }
    f.put(register, kept, sign | exponent);
  }

  private static void roundExtreme(
      X87 f, int register, int sign, int exponent, long high, long low, int dropped) {
    long rest = dropped == 0 ? low : high << -dropped | (low != 0 ? 1 : 0);
    long kept = high >>> dropped << dropped;
    boolean up = rest != 0 && increments(f.control, sign, kept >>> dropped, rest);
    int rounded = exponent;
    if (up) {
      kept += 1L << dropped;
      if (kept == 0) {
        kept = Float80.INTEGER;
        rounded++;
      }
    }
    boolean over = rounded >= Float80.MAXIMUM;
    if (over && (f.control & X87.OE) != 0) {
      overflow(f, register, sign, dropped);
      return;
    }
    if (rounded <= 0 && (f.control & X87.UE) != 0) {
      denormalize(f, register, sign, exponent, high, low, dropped);
      return;
    }
    if (over) {
      f.status |= X87.OE;
      rounded -= BIAS_ADJUST;
    } else if (rounded <= 0) {
      f.status |= X87.UE;
      rounded += BIAS_ADJUST;
    }
    if (rounded >= Float80.MAXIMUM) { // FSCALE can miss by more than the adjustment
      f.status |= X87.PE | X87.C1;
      f.put(register, Float80.INTEGER, sign | Float80.MAXIMUM);
    } else if (rounded <= 0) {
      f.status |= X87.PE;
      f.put(register, 0, sign);
    } else {
      f.status |= (rest != 0 ? X87.PE : 0) | (up ? X87.C1 : 0);
      f.put(register, kept, sign | rounded);
    }
  }

  private static void overflow(X87 f, int register, int sign, int dropped) {
    f.status |= X87.OE | X87.PE;
    if (increments(f.control, sign, 1, -1)) {
      f.status |= X87.C1;
      f.put(register, Float80.INTEGER, sign | Float80.MAXIMUM);
    } else {
      f.put(register, -1L << dropped, sign | Float80.MAXIMUM - 1);
    }
  }

  private static void denormalize(
      X87 f, int register, int sign, int exponent, long high, long low, int dropped) {
    int shift = 1 - exponent;
    long h = shiftedHigh(high, shift);
    long l = shiftedLow(high, low, shift);
    long rest = dropped == 0 ? l : h << -dropped | (l != 0 ? 1 : 0);
    long kept = h >>> dropped << dropped;
    if (rest != 0) {
      f.status |= X87.UE | X87.PE;
      if (increments(f.control, sign, kept >>> dropped, rest)) {
        f.status |= X87.C1;
        kept += 1L << dropped;
      }
    }
    f.put(register, kept, sign | (kept < 0 ? 1 : 0));
  }

  /** The high half of (high:low) shifted right by a positive amount. */
  static long shiftedHigh(long high, int shift) {
    return shift < 64 ? high >>> shift : 0;
  }

  /** The low half of (high:low) shifted right by a positive amount; bit 0 keeps what is lost. */
  static long shiftedLow(long high, long low, int shift) {
    if (shift < 64) {
      return high << -shift | low >>> shift | (low << -shift != 0 ? 1 : 0);
    }
    if (shift == 64) {
      return high | (low != 0 ? 1 : 0);
    }
    if (shift < 128) {
      return high >>> shift - 64 | ((high << 128 - shift | low) != 0 ? 1 : 0);
    }
    return (high | low) != 0 ? 1 : 0;
  }

  static int toFloat32(X87 f, long significand, int signExponent) {
    int target = (signExponent & Float80.MAXIMUM) - (Float80.BIAS - 127);
    if (significand >= 0 || target <= 0 || target >= 0xfe) {
      return (int) toFloat(f, significand, signExponent, 23, 8);
    }
    int sign = signExponent & Float80.SIGN;
    int kept = sign << 16 | (target - 1 << 23) + (int) (significand >>> 40);
    long rest = significand << 24;
    return rest != 0 && roundsUp(f, sign, kept, rest) ? kept + 1 : kept;
  }

  static long toFloat64(X87 f, long significand, int signExponent) {
    int target = (signExponent & Float80.MAXIMUM) - (Float80.BIAS - 1023);
    if (significand >= 0 || target <= 0 || target >= 0x7fe) {
      return toFloat(f, significand, signExponent, 52, 11);
    }
    int sign = signExponent & Float80.SIGN;
    long kept = (long) sign << 48 | ((long) target - 1 << 52) + (significand >>> 11);
    long rest = significand << 53;
    return rest != 0 && roundsUp(f, sign, kept, rest) ? kept + 1 : kept;
  }

  /** Reports an inexact result and how it was rounded. */
  private static boolean roundsUp(X87 f, int sign, long kept, long rest) {
    boolean up = increments(f.control, sign, kept, rest);
    f.status |= up ? X87.PE | X87.C1 : X87.PE;
    return up;
  }

  /** Narrows any value; see {@link X87#storeSuppressed} for when the answer is not to be used. */
  private static long toFloat(
      X87 f, long significand, int signExponent, int fractionBits, int exponentBits) {
    int maximum = (1 << exponentBits) - 1;
    int sign = signExponent & Float80.SIGN;
    long signBit = sign == 0 ? 0 : 1L << fractionBits + exponentBits;
    int exponent = signExponent & Float80.MAXIMUM;
    long infinity = signBit | (long) maximum << fractionBits;
    if (Float80.isNaNOrUnsupported(significand, signExponent)) {
      if (Float80.isUnsupported(significand, signExponent)) {
        f.status |= X87.IE;
        return (1L << fractionBits + exponentBits) | (2L * maximum + 1) << fractionBits - 1;
      }
      if ((significand & Float80.QUIET) == 0) {
        f.status |= X87.IE;
      }
      return infinity | (significand | Float80.QUIET) << 1 >>> 64 - fractionBits;
    }
    if (exponent == Float80.MAXIMUM) {
      return infinity;
    }
    if (significand == 0) {
      return signBit;
    }
    int target = exponent - Float80.BIAS + (maximum >> 1);
    int drop = 63 - fractionBits;
    long rest = significand << -drop;
    long kept = significand >>> drop;
    boolean up = rest != 0 && increments(f.control, sign, kept, rest);
    boolean carried = up && kept + 1 == 2L << fractionBits;
    if (target + (carried ? 1 : 0) >= maximum) {
      return floatOverflow(f, sign, infinity);
    }
    if (target > 0) {
      f.status |= (rest != 0 ? X87.PE : 0) | (up ? X87.C1 : 0);
      return signBit | ((long) (target - 1) << fractionBits) + kept + (up ? 1 : 0);
    }
    boolean tiny = target < 0 || !carried;
    return signBit | floatDenormal(f, sign, significand, drop + 1 - target, tiny);
  }

  private static long floatOverflow(X87 f, int sign, long infinity) {
    f.status |= X87.OE;
    if ((f.control & X87.OE) == 0) {
      return 0;
    }
    f.status |= X87.PE;
    if (increments(f.control, sign, 1, -1)) {
      f.status |= X87.C1;
      return infinity;
    }
    return infinity - 1;
  }

  private static long floatDenormal(X87 f, int sign, long significand, int drop, boolean tiny) {
    if (tiny && (f.control & X87.UE) == 0) {
      f.status |= X87.UE;
      return 0;
    }
    long kept = shiftedHigh(significand, drop);
    long rest = shiftedLow(significand, 0, drop);
    if (rest == 0) {
      return kept;
    }
    f.status |= X87.PE | (tiny ? X87.UE : 0);
    if (!increments(f.control, sign, kept, rest)) {
      return kept;
    }
    f.status |= X87.C1;
    return kept + 1;
  }

  /**
   * Converts to a signed integer of so many bits; what does not fit is invalid and gives the
   * integer indefinite.
   *
   * @param control says how to round, which FISTTP overrides
   */
  static long toInteger(X87 f, long significand, int signExponent, int bits, int control) {
    int sign = signExponent & Float80.SIGN;
    int exponent = signExponent & Float80.MAXIMUM;
    long indefinite = -1L << bits - 1;
    int shift = Float80.BIAS + 63 - exponent;
    if (shift <= 0 || Float80.isUnsupported(significand, signExponent)) {
      if (shift != 0 || significand != Float80.INTEGER || sign == 0 || bits != 64) {
        f.status |= X87.IE;
      }
      return indefinite;
    }
    long kept = shiftedHigh(significand, shift);
    long rest = shiftedLow(significand, 0, shift);
    boolean up = rest != 0 && increments(control, sign, kept, rest);
    if (up) {
      kept++;
    }
    long limit = sign == 0 ? ~indefinite : -indefinite;
    if (Long.compareUnsigned(kept, limit) > 0) {
      f.status |= X87.IE;
      return indefinite;
    }
    f.status |= (rest != 0 ? X87.PE : 0) | (up ? X87.C1 : 0);
    return sign == 0 ? kept : -kept;
  }
}
