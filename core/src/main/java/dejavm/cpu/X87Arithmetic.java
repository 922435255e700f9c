package dejavm.cpu;

/**
 * FADD, FSUB, FMUL, FDIV and FSQRT in all their forms.
 *
 * <p>Every method writes its result into the state and says whether the instruction completed; it
 * did not where an unmasked exception was found before anything was computed, and then operands and
 * stack are as they were. The surprising fact: a sum with zero is still rounded to the control
 * word's precision.
 *
 * <p>Source: Intel SDM volume 1, 4.8.3, 4.9 and 8.5; volume 2 under each mnemonic.
 */
public final class X87Arithmetic {
  /** The operations by the reg field of their ModRM byte. */
  public static final int ADD = 0;

  public static final int MULTIPLY = 1;
  public static final int SUBTRACT = 4;
  public static final int SUBTRACT_REVERSED = 5;
  public static final int DIVIDE = 6;
  public static final int DIVIDE_REVERSED = 7;

  private X87Arithmetic() {}

  /**
   * ST(0) := ST(0) op ST(i), the forms of opcode D8.
   *
   * @param operation the reg field
   */
  public static boolean arithmetic(X87 f, int operation, int i) {
    return registers(f, operation, f.top, f.physical(i), f.top);
  }

  /** ST(i) := ST(0) op ST(i), the forms of opcode DC; there, mnemonics of reg 4 to 7 swap. */
  public static boolean arithmeticTo(X87 f, int operation, int i) {
    int register = f.physical(i);
    return registers(f, operation, f.top, register, register);
  }

  /** ST(i) := ST(0) op ST(i), then pop: the forms of opcode DE. */
  public static boolean arithmeticPop(X87 f, int operation, int i) {
    if (!arithmeticTo(f, operation, i)) {
      return false;
    }
    f.pop();
    return true;
  }

  /** ST(0) := ST(0) op a value from memory: the memory forms of D8, DA, DC and DE. */
  public static boolean arithmetic(X87 f, int operation, long significand, int signExponent) {
    int top = f.top;
    if ((f.empty >> top & 1) != 0) {
      return f.underflow(top);
    }
    return apply(
        f, operation, top, f.significand[top], f.signExponent[top], significand, signExponent);
  }

  private static boolean registers(X87 f, int operation, int a, int b, int result) {
    if (((f.empty >> a | f.empty >> b) & 1) != 0) {
      return f.underflow(result);
    }
    return apply(
        f,
        operation,
        result,
        f.significand[a],
        f.signExponent[a],
        f.significand[b],
        f.signExponent[b]);
  }

  private static boolean apply(
      X87 f, int operation, int result, long aSig, int aSe, long bSig, int bSe) {
    f.status &= ~X87.C1;
    return switch (operation) {
      case ADD -> add(f, result, aSig, aSe, bSig, bSe, 0);
      case MULTIPLY -> multiply(f, result, aSig, aSe, bSig, bSe);
      case SUBTRACT -> add(f, result, aSig, aSe, bSig, bSe, Float80.SIGN);
      case SUBTRACT_REVERSED -> add(f, result, bSig, bSe, aSig, aSe, Float80.SIGN);
      case DIVIDE -> divide(f, result, aSig, aSe, bSig, bSe);
      case DIVIDE_REVERSED -> divide(f, result, bSig, bSe, aSig, aSe);
      default -> throw new IllegalArgumentException("no arithmetic operation " + operation);
    };
  }

  /**
   * @param flip {@link Float80#SIGN} to subtract b
   */
  private static boolean add(
      X87 f, int register, long aSig, int aSe, long bSig, int bSe, int flip) {
    if (!Float80.isNormal(aSig, aSe) || !Float80.isNormal(bSig, bSe)) {
      return addSpecial(f, register, aSig, aSe, bSig, bSe, flip);
    }
    addFinite(
        f,
        register,
        aSe & Float80.SIGN,
        aSe & Float80.MAXIMUM,
        aSig,
        (bSe ^ flip) & Float80.SIGN,
        bSe & Float80.MAXIMUM,
        bSig);
    return true;
  }

  private static boolean addSpecial(
      X87 f, int register, long aSig, int aSe, long bSig, int bSe, int flip) {
    if (Float80.isNaNOrUnsupported(aSig, aSe) || Float80.isNaNOrUnsupported(bSig, bSe)) {
      return X87NaN.propagate(f, register, aSig, aSe, bSig, bSe);
    }
    int aSign = aSe & Float80.SIGN;
    int bSign = (bSe ^ flip) & Float80.SIGN;
    int aExponent = aSe & Float80.MAXIMUM;
    int bExponent = bSe & Float80.MAXIMUM;
    boolean aInfinite = aExponent == Float80.MAXIMUM;
    boolean bInfinite = bExponent == Float80.MAXIMUM;
    if (aInfinite && bInfinite && aSign != bSign) {
      return f.invalid(register);
    }
    if (!acceptDenormals(f, aSig, aSe, bSig, bSe)) {
      return false;
    }
    if (aInfinite || bInfinite) {
      f.put(register, Float80.INTEGER, Float80.MAXIMUM | (aInfinite ? aSign : bSign));
      return true;
    }
    if (aSig == 0 && bSig == 0) {
      int cancelled = X87Rounding.roundsDown(f.control) ? Float80.SIGN : 0;
      f.put(register, 0, aSign == bSign ? aSign : cancelled);
      return true;
    }
    int aZeros = Long.numberOfLeadingZeros(aSig);
    int bZeros = Long.numberOfLeadingZeros(bSig);
    int a = normalExponent(aExponent, aZeros);
    int b = normalExponent(bExponent, bZeros);
    int dropped = X87Rounding.droppedBits(f.control);
    if (aSig == 0) {
      X87Rounding.round(f, register, bSign, b, bSig << bZeros, 0, dropped);
    } else if (bSig == 0) {
      X87Rounding.round(f, register, aSign, a, aSig << aZeros, 0, dropped);
    } else {
      addFinite(f, register, aSign, a, aSig << aZeros, bSign, b, bSig << bZeros);
    }
    return true;
  }

  /** The exponent of a number once its significand is shifted so that the integer bit is set. */
  static int normalExponent(int exponent, int zeros) {
    return exponent == 0 ? 1 - zeros : exponent;
  }

  static boolean acceptDenormals(X87 f, long aSig, int aSe, long bSig, int bSe) {
    boolean denormal = Float80.isDenormal(aSig, aSe) || Float80.isDenormal(bSig, bSe);
    return !denormal || f.raise(X87.DE);
  }

  private static void addFinite(
      X87 f, int register, int aSign, int aExp, long aSig, int bSign, int bExp, long bSig) {
    int distance = aExp - bExp;
    if (distance < 0 || distance == 0 && Long.compareUnsigned(aSig, bSig) < 0) {
      addOrdered(f, register, bSign, bExp, bSig, aSign != bSign, -distance, aSig);
    } else {
      addOrdered(f, register, aSign, aExp, aSig, aSign != bSign, distance, bSig);
    }
  }

  /** Adds or subtracts the smaller magnitude, which is shifted right by {@code distance}. */
  private static void addOrdered(
      X87 f,
      int register,
      int sign,
      int exponent,
      long big,
      boolean subtract,
      int distance,
      long small) {
    long high = distance == 0 ? small : X87Rounding.shiftedHigh(small, distance);
    long low = distance == 0 ? 0 : X87Rounding.shiftedLow(small, 0, distance);
    int dropped = X87Rounding.droppedBits(f.control);
    if (subtract) {
      high = big - high - (low != 0 ? 1 : 0);
      low = -low;
      if (high < 0) {
        X87Rounding.round(f, register, sign, exponent, high, low, dropped);
      } else {
        cancel(f, register, sign, exponent, high, low, dropped);
      }
      return;
    }
    long sum = big + high;
    if (sum < 0 && Long.compareUnsigned(sum, big) >= 0) {
      X87Rounding.round(f, register, sign, exponent, sum, low, dropped);
      return;
    }
    low = sum << 63 | low >>> 1 | low & 1;
    X87Rounding.round(f, register, sign, exponent + 1, sum >>> 1 | Float80.INTEGER, low, dropped);
  }

  private static void cancel(
      X87 f, int register, int sign, int exponent, long high, long low, int dropped) {
    if ((high | low) == 0) {
      f.put(register, 0, X87Rounding.roundsDown(f.control) ? Float80.SIGN : 0);
      return;
    }
    if (high == 0) {
      high = low;
      low = 0;
      exponent -= 64;
    }
    int zeros = Long.numberOfLeadingZeros(high);
    if (zeros != 0) {
      high = high << zeros | low >>> -zeros;
      low <<= zeros;
    }
    X87Rounding.round(f, register, sign, exponent - zeros, high, low, dropped);
  }

  private static boolean multiply(X87 f, int register, long aSig, int aSe, long bSig, int bSe) {
    if (!Float80.isNormal(aSig, aSe) || !Float80.isNormal(bSig, bSe)) {
      return multiplySpecial(f, register, aSig, aSe, bSig, bSe);
    }
    int exponent = (aSe & Float80.MAXIMUM) + (bSe & Float80.MAXIMUM);
    multiplyFinite(f, register, (aSe ^ bSe) & Float80.SIGN, exponent, aSig, bSig);
    return true;
  }

  private static void multiplyFinite(X87 f, int register, int sign, int exponents, long a, long b) {
    long high = Math.unsignedMultiplyHigh(a, b);
    long low = a * b;
    int exponent = exponents - (Float80.BIAS - 1);
    if (high >= 0) {
      high = high << 1 | low >>> 63;
      low <<= 1;
      exponent--;
    }
    X87Rounding.round(f, register, sign, exponent, high, low, X87Rounding.droppedBits(f.control));
  }

  private static boolean multiplySpecial(
      X87 f, int register, long aSig, int aSe, long bSig, int bSe) {
    if (Float80.isNaNOrUnsupported(aSig, aSe) || Float80.isNaNOrUnsupported(bSig, bSe)) {
      return X87NaN.propagate(f, register, aSig, aSe, bSig, bSe);
    }
    boolean infinite = Float80.isInfinite(aSig, aSe) || Float80.isInfinite(bSig, bSe);
    if (infinite && (aSig == 0 || bSig == 0)) {
      return f.invalid(register);
    }
    if (!acceptDenormals(f, aSig, aSe, bSig, bSe)) {
      return false;
    }
    int sign = (aSe ^ bSe) & Float80.SIGN;
    if (infinite) {
      f.put(register, Float80.INTEGER, sign | Float80.MAXIMUM);
      return true;
    }
    if (aSig == 0 || bSig == 0) {
      f.put(register, 0, sign);
      return true;
    }
    int aZeros = Long.numberOfLeadingZeros(aSig);
    int bZeros = Long.numberOfLeadingZeros(bSig);
    int exponents =
        normalExponent(aSe & Float80.MAXIMUM, aZeros)
            + normalExponent(bSe & Float80.MAXIMUM, bZeros);
    multiplyFinite(f, register, sign, exponents, aSig << aZeros, bSig << bZeros);
    return true;
  }

  private static boolean divide(X87 f, int register, long aSig, int aSe, long bSig, int bSe) {
    if (!Float80.isNormal(aSig, aSe) || !Float80.isNormal(bSig, bSe)) {
      return divideSpecial(f, register, aSig, aSe, bSig, bSe);
    }
    int exponent = (aSe & Float80.MAXIMUM) - (bSe & Float80.MAXIMUM);
    divideFinite(f, register, (aSe ^ bSe) & Float80.SIGN, exponent, aSig, bSig);
    return true;
  }

  private static void divideFinite(X87 f, int register, int sign, int exponents, long a, long b) {
    int exponent = exponents + Float80.BIAS - 1;
    long high = a;
    long low = 0;
    if (Long.compareUnsigned(a, b) >= 0) {
      high = a >>> 1;
      low = a << 63;
      exponent++;
    }
    long quotient = X87Division.quotient(high, low, b);
    long remainder = low - quotient * b;
    long rest = 0;
    if (remainder != 0) {
      // where a half ends decides; below and above it any value does
      int half = Long.compareUnsigned(remainder, b - remainder);
      rest = half < 0 ? 1 : half == 0 ? Float80.INTEGER : Float80.INTEGER | 1;
    }
    X87Rounding.round(
        f, register, sign, exponent, quotient, rest, X87Rounding.droppedBits(f.control));
  }

  private static boolean divideSpecial(
      X87 f, int register, long aSig, int aSe, long bSig, int bSe) {
    if (Float80.isNaNOrUnsupported(aSig, aSe) || Float80.isNaNOrUnsupported(bSig, bSe)) {
      return X87NaN.propagate(f, register, aSig, aSe, bSig, bSe);
    }
    boolean aInfinite = Float80.isInfinite(aSig, aSe);
    boolean bInfinite = Float80.isInfinite(bSig, bSe);
    if (aInfinite && bInfinite || aSig == 0 && bSig == 0) {
      return f.invalid(register);
    }
    int sign = (aSe ^ bSe) & Float80.SIGN;
    if (bSig == 0 && !aInfinite) {
      if (!f.raise(X87.ZE)) {
        return false;
      }
      f.put(register, Float80.INTEGER, sign | Float80.MAXIMUM);
      return true;
    }
    if (!acceptDenormals(f, aSig, aSe, bSig, bSe)) {
      return false;
    }
    if (aInfinite) {
      f.put(register, Float80.INTEGER, sign | Float80.MAXIMUM);
      return true;
    }
    if (bInfinite || aSig == 0) {
      f.put(register, 0, sign);
      return true;
    }
    int aZeros = Long.numberOfLeadingZeros(aSig);
    int bZeros = Long.numberOfLeadingZeros(bSig);
    int exponents =
        normalExponent(aSe & Float80.MAXIMUM, aZeros)
            - normalExponent(bSe & Float80.MAXIMUM, bZeros);
    divideFinite(f, register, sign, exponents, aSig << aZeros, bSig << bZeros);
    return true;
  }

  /** FSQRT. */
  public static boolean fsqrt(X87 f) {
    int top = f.top;
    if ((f.empty >> top & 1) != 0) {
      return f.underflow(top);
    }
    f.status &= ~X87.C1;
    long significand = f.significand[top];
    int signExponent = f.signExponent[top];
    if (Float80.isNaNOrUnsupported(significand, signExponent)) {
      return X87NaN.propagate(f, top, significand, signExponent);
    }
    if (significand == 0) {
      return true;
    }
    if ((signExponent & Float80.SIGN) != 0) {
      return f.invalid(top);
    }
    if (signExponent == Float80.MAXIMUM) {
      return true;
    }
    if (Float80.isDenormal(significand, signExponent) && !f.raise(X87.DE)) {
      return false;
    }
    int zeros = Long.numberOfLeadingZeros(significand);
    int exponent = normalExponent(signExponent, zeros) - Float80.BIAS;
    long high = significand << zeros;
    long low = 0;
    if ((exponent & 1) == 0) {
      low = high << 63;
      high >>>= 1;
    }
    long root = X87Division.root(high, low);
    long rest = X87Division.rootRest(high, low, root);
    int dropped = X87Rounding.droppedBits(f.control);
    X87Rounding.round(f, top, 0, (exponent >> 1) + Float80.BIAS, root, rest, dropped);
    return true;
  }
}
