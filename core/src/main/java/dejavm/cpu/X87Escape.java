package dejavm.cpu;

/**
 * The escape opcodes D8 to DF as one table: which operation an opcode and its ModRM byte name.
 *
 * <p>Memory operands are fetched and written by the caller, who asks {@link #sourceBytes} and
 * {@link #destinationBytes}. FLDCW, FLDENV, FRSTOR, FNSTCW, FNSTENV, FNSAVE and FNSTSW are the
 * caller's own: they are not here but in {@link X87} and {@link X87Environment}.
 *
 * <p>The surprising fact: in opcodes DC and DE the register forms of reg 4 to 7 have the mnemonics
 * of subtraction and division swapped, so that reg 4 is ST(0) minus the other in every one of them.
 *
 * <p>Source: Intel SDM volume 2, appendix B.17 and tables.
 */
public final class X87Escape {
  private static final int CARRY = 0x01;
  private static final int PARITY = 0x04;
  private static final int ZERO = 0x40;
  private static final int COMPARED = 0x8d5; // OF SF ZF AF PF CF

  private X87Escape() {}

  /** Whether the instruction first waits, so that a pending exception faults before it. */
  public static boolean waits(int opcode, int modrm) {
    int reg = modrm >> 3 & 7;
    if (modrm < 0xc0) {
      return !(opcode == 0xd9 && reg >= 6 || opcode == 0xdd && reg >= 6);
    }
    return !isControl(opcode, modrm);
  }

  /**
   * Whether a register form is a control instruction, which leaves the pointers to the last
   * instruction and operand alone (SDM volume 1, 8.1.8): FNCLEX, FNINIT, FNSTSW AX.
   */
  public static boolean isControl(int opcode, int modrm) {
    return opcode == 0xdb && (modrm >> 3 & 7) == 4 || opcode == 0xdf && modrm == 0xe0;
  }

  /** Whether {@link #register} looks at EFLAGS or changes them: FCMOVcc, FCOMI and its like. */
  public static boolean usesFlags(int opcode, int modrm) {
    int reg = modrm >> 3 & 7;
    return switch (opcode) {
      case 0xda -> reg < 4;
      case 0xdb -> reg != 4;
      case 0xdf -> reg == 5 || reg == 6;
      default -> false;
    };
  }

  /** How many bytes {@link #load} needs from memory; 0 where there is no such load. */
  public static int sourceBytes(int opcode, int reg) {
    return switch (opcode) {
      case 0xd8, 0xda -> 4;
      case 0xdc -> 8;
      case 0xde -> 2;
      case 0xd9 -> reg == 0 ? 4 : 0;
      case 0xdb -> reg == 0 ? 4 : reg == 5 ? 10 : 0;
      case 0xdd -> reg == 0 ? 8 : 0;
      case 0xdf -> reg == 0 ? 2 : reg == 4 ? 10 : reg == 5 ? 8 : 0;
      default -> 0;
    };
  }

  /** How many bytes {@link #store} writes to memory; 0 where there is no such store. */
  public static int destinationBytes(int opcode, int reg) {
    return switch (opcode) {
      case 0xd9 -> reg == 2 || reg == 3 ? 4 : 0;
      case 0xdb -> reg >= 1 && reg <= 3 ? 4 : reg == 7 ? 10 : 0;
      case 0xdd -> reg >= 1 && reg <= 3 ? 8 : 0;
      case 0xdf -> reg >= 1 && reg <= 3 ? 2 : reg == 6 ? 10 : reg == 7 ? 8 : 0;
      default -> 0;
    };
  }

  /**
   * An instruction with a source in memory.
   *
   * @param low its low 8 bytes at most, zero-extended
   * @param high bytes 8 and 9
   */
  public static void load(X87 f, int opcode, int reg, long low, int high) {
    switch (opcode) {
      case 0xd8 -> float32(f, reg, (int) low);
      case 0xdc -> float64(f, reg, low);
      case 0xda -> integer(f, reg, (int) low);
      case 0xde -> integer(f, reg, (short) low);
      case 0xd9 -> X87Move.fld32(f, (int) low);
      case 0xdd -> X87Move.fld64(f, low);
      case 0xdb -> {
        if (reg == 0) {
          X87Move.fild(f, (int) low);
        } else {
          X87Move.fld80(f, low, high);
        }
      }
      case 0xdf -> {
        switch (reg) {
          case 0 -> X87Move.fild(f, (short) low);
          case 4 -> X87Decimal.fbld(f, low, high);
          default -> X87Move.fild(f, low);
        }
      }
      default -> throw new IllegalArgumentException("no escape opcode " + opcode);
    }
  }

  private static void float32(X87 f, int reg, int bits) {
    operate(f, reg, Float80.significandOfFloat32(bits), Float80.signExponentOfFloat32(bits));
  }

  private static void float64(X87 f, int reg, long bits) {
    operate(f, reg, Float80.significandOfFloat64(bits), Float80.signExponentOfFloat64(bits));
  }

  private static void integer(X87 f, int reg, int value) {
    operate(f, reg, Float80.significandOfInteger(value), Float80.signExponentOfInteger(value));
  }

  private static void operate(X87 f, int reg, long significand, int signExponent) {
    switch (reg) {
      case 2 -> X87Compare.fcom(f, significand, signExponent);
      case 3 -> X87Compare.fcomp(f, significand, signExponent);
      default -> X87Arithmetic.arithmetic(f, reg, significand, signExponent);
    }
  }

  /**
   * An instruction that stores to memory, which the caller has probed; it writes what is returned,
   * or for ten bytes the {@link X87#LATCH}, unless {@link X87#storeSuppressed}.
   */
  public static long store(X87 f, int opcode, int reg) {
    return switch (opcode) {
      case 0xd9 -> reg == 2 ? X87Move.fst32(f) : X87Move.fstp32(f);
      case 0xdb -> reg == 7 ? storeExtended(f) : storeInteger(f, reg, 32);
      case 0xdd ->
          switch (reg) {
            case 1 -> X87Move.fisttp(f, 64);
            case 2 -> X87Move.fst64(f);
            default -> X87Move.fstp64(f);
          };
      case 0xdf ->
          switch (reg) {
            case 6 -> storeDecimal(f);
            case 7 -> X87Move.fistp(f, 64);
            default -> storeInteger(f, reg, 16);
          };
      default -> throw new IllegalArgumentException("no store with opcode " + opcode);
    };
  }

  private static long storeInteger(X87 f, int reg, int bits) {
    return switch (reg) {
      case 1 -> X87Move.fisttp(f, bits);
      case 2 -> X87Move.fist(f, bits);
      default -> X87Move.fistp(f, bits);
    };
  }

  private static long storeExtended(X87 f) {
    X87Move.fstp80(f);
    return f.significand[X87.LATCH];
  }

  private static long storeDecimal(X87 f) {
    X87Decimal.fbstp(f);
    return f.significand[X87.LATCH];
  }

  /** Whether a ModRM byte of C0 and above names an instruction. */
  public static boolean isDefined(int opcode, int modrm) {
    int reg = modrm >> 3 & 7;
    return switch (opcode) {
      case 0xd9 ->
          switch (reg) {
            case 2 -> modrm == 0xd0;
            case 4 -> modrm != 0xe2 && modrm != 0xe3 && modrm < 0xe6;
            case 5 -> modrm != 0xef;
            default -> true;
          };
      case 0xda -> reg < 4 || modrm == 0xe9;
      case 0xdb -> reg < 4 || reg == 4 && modrm < 0xe5 || reg == 5 || reg == 6;
      case 0xdd -> reg < 6;
      case 0xde -> reg != 3 || modrm == 0xd9;
      case 0xdf -> reg < 4 || reg == 4 && modrm == 0xe0 || reg == 5 || reg == 6;
      default -> true;
    };
  }

  /**
   * An instruction on registers, other than FNSTSW AX.
   *
   * @param flags EFLAGS, for FCMOVcc
   * @return EFLAGS, changed by FCOMI and its like
   */
  public static int register(X87 f, int opcode, int modrm, int flags) {
    int reg = modrm >> 3 & 7;
    int i = modrm & 7;
    switch (opcode) {
      case 0xd8 -> arithmetic(f, reg, i);
      case 0xd9 -> moves(f, reg, i);
      case 0xda -> {
        if (reg == 5) {
          X87Compare.fucompp(f);
        } else {
          X87Move.fcmov(f, i, condition(reg, flags));
        }
      }
      case 0xdb -> {
        return conditional(f, reg, i, flags);
      }
      case 0xdc -> arithmeticTo(f, reg, i);
      case 0xdd -> stack(f, reg, i);
      case 0xde -> arithmeticPop(f, reg, i);
      case 0xdf -> {
        return remaining(f, reg, i, flags);
      }
      default -> throw new IllegalArgumentException("no escape opcode " + opcode);
    }
    return flags;
  }

  private static void arithmetic(X87 f, int reg, int i) {
    switch (reg) {
      case 2 -> X87Compare.fcom(f, i);
      case 3 -> X87Compare.fcomp(f, i);
      default -> X87Arithmetic.arithmetic(f, reg, i);
    }
  }

  private static void arithmeticTo(X87 f, int reg, int i) {
    switch (reg) {
      case 2 -> X87Compare.fcom(f, i);
      case 3 -> X87Compare.fcomp(f, i);
      default -> X87Arithmetic.arithmeticTo(f, reg, i);
    }
  }

  private static void arithmeticPop(X87 f, int reg, int i) {
    switch (reg) {
      case 2 -> X87Compare.fcomp(f, i);
      case 3 -> X87Compare.fcompp(f);
      default -> X87Arithmetic.arithmeticPop(f, reg, i);
    }
  }

  private static void moves(X87 f, int reg, int i) {
    switch (reg) {
      case 0 -> X87Move.fld(f, i);
      case 1 -> X87Move.fxch(f, i);
      case 2 -> {} // FNOP
      case 3 -> X87Move.fstp1(f, i);
      case 4 -> unary(f, i);
      case 5 -> X87Move.fldConstant(f, i);
      case 6 -> functions(f, i);
      default -> moreFunctions(f, i);
    }
  }

  private static void unary(X87 f, int i) {
    switch (i) {
      case 0 -> X87Move.fchs(f);
      case 1 -> X87Move.fabs(f);
      case 4 -> X87Compare.ftst(f);
      default -> X87Compare.fxam(f);
    }
  }

  private static void functions(X87 f, int i) {
    switch (i) {
      case 0 -> X87Transcendental.f2xm1(f);
      case 1 -> X87Transcendental.fyl2x(f);
      case 2 -> X87Trigonometry.fptan(f);
      case 3 -> X87Transcendental.fpatan(f);
      case 4 -> X87Remainder.fxtract(f);
      case 5 -> X87Remainder.fprem1(f);
      case 6 -> X87Move.fdecstp(f);
      default -> X87Move.fincstp(f);
    }
  }

  private static void moreFunctions(X87 f, int i) {
    switch (i) {
      case 0 -> X87Remainder.fprem(f);
      case 1 -> X87Transcendental.fyl2xp1(f);
      case 2 -> X87Arithmetic.fsqrt(f);
      case 3 -> X87Trigonometry.fsincos(f);
      case 4 -> X87Remainder.frndint(f);
      case 5 -> X87Remainder.fscale(f);
      case 6 -> X87Trigonometry.fsin(f);
      default -> X87Trigonometry.fcos(f);
    }
  }

  private static boolean condition(int reg, int flags) {
    return switch (reg) {
      case 0 -> (flags & CARRY) != 0;
      case 1 -> (flags & ZERO) != 0;
      case 2 -> (flags & (CARRY | ZERO)) != 0;
      default -> (flags & PARITY) != 0;
    };
  }

  private static int conditional(X87 f, int reg, int i, int flags) {
    switch (reg) {
      case 4 -> {
        // FNENI, FNDISI and FNSETPM did something to the 8087 and the 287 only
        if (i == 2) {
          f.clearExceptions();
        } else if (i == 3) {
          f.init();
        }
        return flags;
      }
      case 5 -> {
        return compared(X87Compare.fucomi(f, i), flags);
      }
      case 6 -> {
        return compared(X87Compare.fcomi(f, i), flags);
      }
      default -> {
        X87Move.fcmov(f, i, !condition(reg, flags));
        return flags;
      }
    }
  }

  private static int compared(int result, int flags) {
    return flags & ~COMPARED | result;
  }

  private static void stack(X87 f, int reg, int i) {
    switch (reg) {
      case 0 -> X87Move.ffree(f, i);
      case 1 -> X87Move.fxch(f, i);
      case 2 -> X87Move.fst(f, i);
      case 3 -> X87Move.fstp(f, i);
      case 4 -> X87Compare.fucom(f, i);
      default -> X87Compare.fucomp(f, i);
    }
  }

  private static int remaining(X87 f, int reg, int i, int flags) {
    switch (reg) {
      case 0 -> X87Move.ffreep(f, i);
      case 1 -> X87Move.fxch(f, i);
      case 2, 3 -> X87Move.fstp(f, i);
      case 5 -> {
        return compared(X87Compare.fucomip(f, i), flags);
      }
      case 6 -> {
        return compared(X87Compare.fcomip(f, i), flags);
      }
      default -> throw new IllegalArgumentException("FNSTSW AX is the caller's");
    }
    return flags;
  }
}
