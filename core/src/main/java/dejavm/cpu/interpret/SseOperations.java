package dejavm.cpu.interpret;

import dejavm.cpu.Cpu;
import dejavm.cpu.Fault;
import dejavm.cpu.SseApproximations;
import dejavm.cpu.SseCompare;
import dejavm.cpu.SseConversions;
import dejavm.cpu.SseOperation;
import dejavm.cpu.SseQuick;
import dejavm.cpu.SseStatus;
import dejavm.cpu.X87Environment;
import dejavm.cpu.decode.Insn;

/**
 * Floating point in XMM registers: what is available, and how operands reach the static methods of
 * {@code dejavm.cpu}. Moves are in {@link SseMoves}, conversions in {@link SseConverters}.
 *
 * <p>Where an exception is unmasked the destination is as before, since all elements are computed
 * first.
 *
 * <p>Source: Intel SDM volume 2; volume 1, 11.5 and appendix D.
 */
final class SseOperations {
  private static final long LOW = 0xFFFF_FFFFL;

  private final Cpu c;
  private final Operands operands;
  private final SseEnvironment environment;
  private final SseMoves moves;
  private final SseConverters converters;

  SseOperations(Cpu cpu, Operands operands, FloatOperations floats) {
    c = cpu;
    this.operands = operands;
    environment = new SseEnvironment(cpu);
    moves = new SseMoves(cpu, operands);
    converters = new SseConverters(cpu, operands, floats, environment);
  }

  /** Executes an instruction of {@link dejavm.cpu.decode.Row.Unit#SSE}. */
  void execute(Insn in) {
    operands.sseAvailable();
    switch (in.mnemonic) {
      case ADDPS -> packed32(in, SseOperation.ADD);
      case ADDPD -> packed64(in, SseOperation.ADD);
      case ADDSS -> scalar32(in, SseOperation.ADD);
      case ADDSD -> scalar64(in, SseOperation.ADD);
      case SUBPS -> packed32(in, SseOperation.SUBTRACT);
      case SUBPD -> packed64(in, SseOperation.SUBTRACT);
      case SUBSS -> scalar32(in, SseOperation.SUBTRACT);
      case SUBSD -> scalar64(in, SseOperation.SUBTRACT);
      case MULPS -> packed32(in, SseOperation.MULTIPLY);
      case MULPD -> packed64(in, SseOperation.MULTIPLY);
      case MULSS -> scalar32(in, SseOperation.MULTIPLY);
      case MULSD -> scalar64(in, SseOperation.MULTIPLY);
      case DIVPS -> packed32(in, SseOperation.DIVIDE);
      case DIVPD -> packed64(in, SseOperation.DIVIDE);
      case DIVSS -> scalar32(in, SseOperation.DIVIDE);
      case DIVSD -> scalar64(in, SseOperation.DIVIDE);
      case MINPS -> packed32(in, SseOperation.MINIMUM);
      case MINPD -> packed64(in, SseOperation.MINIMUM);
      case MINSS -> scalar32(in, SseOperation.MINIMUM);
      case MINSD -> scalar64(in, SseOperation.MINIMUM);
      case MAXPS -> packed32(in, SseOperation.MAXIMUM);
      case MAXPD -> packed64(in, SseOperation.MAXIMUM);
      case MAXSS -> scalar32(in, SseOperation.MAXIMUM);
      case MAXSD -> scalar64(in, SseOperation.MAXIMUM);
      case SQRTPS -> packed32(in, SseOperation.ROOT);
      case SQRTPD -> packed64(in, SseOperation.ROOT);
      case SQRTSS -> scalar32(in, SseOperation.ROOT);
      case SQRTSD -> scalar64(in, SseOperation.ROOT);
      case CMPPS, CMPPD, CMPSS, CMPSD -> compare(in);
      case UCOMISS, COMISS, UCOMISD, COMISD -> compareToFlags(in);
      case LDMXCSR -> loadControl(in);
      case STMXCSR -> operands.write(in, 0, c.mxcsr);
      case MOVSS, MOVSD, MOVAPS, MOVAPD, MOVUPS, MOVUPD -> moves.execute(in);
      default -> rare(in);
    }
  }

  private void rare(Insn in) {
    switch (in.mnemonic) {
      case ADDSUBPS, ADDSUBPD -> alternate(in);
      case HADDPS -> horizontal32(in, SseOperation.ADD);
      case HADDPD -> horizontal64(in, SseOperation.ADD);
      case HSUBPS -> horizontal32(in, SseOperation.SUBTRACT);
      case HSUBPD -> horizontal64(in, SseOperation.SUBTRACT);
      case DPPS -> dot32(in);
      case DPPD -> dot64(in);
      case ROUNDPS, ROUNDPD, ROUNDSS, ROUNDSD -> integral(in);
      case RCPPS, RCPSS, RSQRTPS, RSQRTSS -> approximate(in);
      default -> {
        if (!moves.execute(in) && !converters.execute(in)) {
          throw new UnsupportedInstruction(in);
        }
      }
    }
  }

  // ---- elements ----

  private static int upper(long pair) {
    return (int) (pair >>> 32);
  }

  private static long pair(int low, int high) {
    return low & LOW | (long) high << 32;
  }

  private static long lower(long pair, long low) {
    return pair & ~LOW | low & LOW;
  }

  /** The index of the low half of an XMM operand. */
  private static int register(Insn in, int index) {
    return 2 * in.operands[index].register();
  }

  private void packed32(Insn in, SseOperation operation) {
    operands.read128(in, 1, true);
    int at = register(in, 0);
    SseStatus s = environment.begin();
    long low = pair32(s, operation, c.xmm[at], operands.low);
    long high = pair32(s, operation, c.xmm[at + 1], operands.high);
    environment.finish();
    c.xmm[at] = low;
    c.xmm[at + 1] = high;
  }

  private static long pair32(SseStatus s, SseOperation operation, long a, long b) {
    int low = SseQuick.compute32(s, operation, (int) a, (int) b);
    return pair(low, SseQuick.compute32(s, operation, upper(a), upper(b)));
  }

  private void packed64(Insn in, SseOperation operation) {
    operands.read128(in, 1, true);
    int at = register(in, 0);
    SseStatus s = environment.begin();
    long low = SseQuick.compute64(s, operation, c.xmm[at], operands.low);
    long high = SseQuick.compute64(s, operation, c.xmm[at + 1], operands.high);
    environment.finish();
    c.xmm[at] = low;
    c.xmm[at + 1] = high;
  }

  private void scalar32(Insn in, SseOperation operation) {
    int b = (int) operands.readLow(in, 1, 4);
    int at = register(in, 0);
    int result = SseQuick.compute32(environment.begin(), operation, (int) c.xmm[at], b);
    environment.finish();
    c.xmm[at] = lower(c.xmm[at], result);
  }

  private void scalar64(Insn in, SseOperation operation) {
    long b = operands.readLow(in, 1, 8);
    int at = register(in, 0);
    long result = SseQuick.compute64(environment.begin(), operation, c.xmm[at], b);
    environment.finish();
    c.xmm[at] = result;
  }

  // ---- SSE3 and SSE4.1 ----

  /** Subtracts even elements and adds odd ones. */
  private void alternate(Insn in) {
    operands.read128(in, 1, true);
    int at = register(in, 0);
    long[] r = {c.xmm[at], c.xmm[at + 1]};
    long[] b = {operands.low, operands.high};
    SseStatus s = environment.begin();
    if (isDouble(in)) {
      r[0] = SseQuick.compute64(s, SseOperation.SUBTRACT, r[0], b[0]);
      r[1] = SseQuick.compute64(s, SseOperation.ADD, r[1], b[1]);
    } else {
      for (int i = 0; i < 2; i++) {
        int low = SseQuick.compute32(s, SseOperation.SUBTRACT, (int) r[i], (int) b[i]);
        r[i] = pair(low, SseQuick.compute32(s, SseOperation.ADD, upper(r[i]), upper(b[i])));
      }
    }
    environment.finish();
    c.xmm[at] = r[0];
    c.xmm[at + 1] = r[1];
  }

  private static boolean isDouble(Insn in) {
    return switch (in.mnemonic) {
      case ADDSUBPD, CMPPD, CMPSD, COMISD, UCOMISD, ROUNDPD, ROUNDSD -> true;
      default -> false;
    };
  }

  private void horizontal32(Insn in, SseOperation operation) {
    operands.read128(in, 1, true);
    int at = register(in, 0);
    SseStatus s = environment.begin();
    long low = pair(inside(s, operation, c.xmm[at]), inside(s, operation, c.xmm[at + 1]));
    long high = pair(inside(s, operation, operands.low), inside(s, operation, operands.high));
    environment.finish();
    c.xmm[at] = low;
    c.xmm[at + 1] = high;
  }

  private static int inside(SseStatus s, SseOperation operation, long pair) {
    return SseQuick.compute32(s, operation, (int) pair, upper(pair));
  }

  private void horizontal64(Insn in, SseOperation operation) {
    operands.read128(in, 1, true);
    int at = register(in, 0);
    SseStatus s = environment.begin();
    long low = SseQuick.compute64(s, operation, c.xmm[at], c.xmm[at + 1]);
    long high = SseQuick.compute64(s, operation, operands.low, operands.high);
    environment.finish();
    c.xmm[at] = low;
    c.xmm[at + 1] = high;
  }

  /**
   * Each of the three steps (products, sums of two, sums of four) rounds, and may fault before the
   * next. Every element has the same sum but where NaNs met: which of them it is depends on the
   * element. The SDM does not say how, so here it is as on Sapphire Rapids.
   */
  private void dot32(Insn in) {
    operands.read128(in, 1, true);
    int at = register(in, 0);
    int control = (int) in.immediate;
    SseStatus s = environment.begin();
    long low = products(s, control >> 4, c.xmm[at], operands.low);
    long high = products(s, control >> 6, c.xmm[at + 1], operands.high);
    environment.finish();
    long lowSums = crossSums(s, low);
    long highSums = crossSums(s, high);
    environment.finish();
    low = pair32(s, SseOperation.ADD, lowSums, highSums);
    high = pair32(s, SseOperation.ADD, highSums, lowSums);
    environment.finish();
    c.xmm[at] = selected(control, low);
    c.xmm[at + 1] = selected(control >> 2, high);
  }

  /** In both elements the sum of the two, the other one first. */
  private static long crossSums(SseStatus s, long pair) {
    int low = SseQuick.compute32(s, SseOperation.ADD, upper(pair), (int) pair);
    return pair(low, SseQuick.compute32(s, SseOperation.ADD, (int) pair, upper(pair)));
  }

  private static long selected(int mask, long pair) {
    return pair((mask & 1) != 0 ? (int) pair : 0, (mask & 2) != 0 ? upper(pair) : 0);
  }

  /** The products of two pairs as far as the bits of a mask say; else zeros. */
  private static long products(SseStatus s, int mask, long a, long b) {
    int low = (mask & 1) != 0 ? SseQuick.compute32(s, SseOperation.MULTIPLY, (int) a, (int) b) : 0;
    int high =
        (mask & 2) != 0 ? SseQuick.compute32(s, SseOperation.MULTIPLY, upper(a), upper(b)) : 0;
    return pair(low, high);
  }

  /** See {@link #dot32}. */
  private void dot64(Insn in) {
    operands.read128(in, 1, true);
    int at = register(in, 0);
    long control = in.immediate;
    SseStatus s = environment.begin();
    long first = 0;
    long second = 0;
    if ((control & 0x10) != 0) {
      first = SseQuick.compute64(s, SseOperation.MULTIPLY, c.xmm[at], operands.low);
    }
    if ((control & 0x20) != 0) {
      second = SseQuick.compute64(s, SseOperation.MULTIPLY, c.xmm[at + 1], operands.high);
    }
    environment.finish();
    long low = SseQuick.compute64(s, SseOperation.ADD, first, second);
    long high = SseQuick.compute64(s, SseOperation.ADD, second, first);
    environment.finish();
    c.xmm[at] = (control & 1) != 0 ? low : 0;
    c.xmm[at + 1] = (control & 2) != 0 ? high : 0;
  }

  private void integral(Insn in) {
    int at = register(in, 0);
    int control = (int) in.immediate;
    boolean packed = source(in);
    SseStatus s = environment.begin();
    long low = operands.low;
    long high = operands.high;
    if (isDouble(in)) {
      low = SseConversions.integral64(s, low, control);
      high = packed ? SseConversions.integral64(s, high, control) : c.xmm[at + 1];
    } else if (packed) {
      low = integralPair(s, low, control);
      high = integralPair(s, high, control);
    } else {
      low = lower(c.xmm[at], SseConversions.integral32(s, (int) low, control));
      high = c.xmm[at + 1];
    }
    environment.finish();
    c.xmm[at] = low;
    c.xmm[at + 1] = high;
  }

  private static long integralPair(SseStatus s, long pair, int control) {
    int low = SseConversions.integral32(s, (int) pair, control);
    return pair(low, SseConversions.integral32(s, upper(pair), control));
  }

  private void approximate(Insn in) {
    int at = register(in, 0);
    if (source(in)) {
      c.xmm[at] = approximatePair(in, operands.low);
      c.xmm[at + 1] = approximatePair(in, operands.high);
    } else {
      c.xmm[at] = lower(c.xmm[at], approximate(in, (int) operands.low));
    }
  }

  private static long approximatePair(Insn in, long pair) {
    return pair(approximate(in, (int) pair), approximate(in, upper(pair)));
  }

  private static int approximate(Insn in, int value) {
    return switch (in.mnemonic) {
      case RCPPS, RCPSS -> SseApproximations.reciprocal(value);
      default -> SseApproximations.reciprocalRoot(value);
    };
  }

  /** Reads the second operand of an instruction in {@link Operands#low}; whether all of it. */
  private boolean source(Insn in) {
    int size =
        switch (in.mnemonic) {
          case CMPSS, COMISS, UCOMISS, RCPSS, RSQRTSS, ROUNDSS -> 4;
          case CMPSD, COMISD, UCOMISD, ROUNDSD -> 8;
          default -> 16;
        };
    if (size == 16) {
      operands.read128(in, 1, true);
      return true;
    }
    operands.low = operands.readLow(in, 1, size);
    return false;
  }

  // ---- comparisons ----

  private void compare(Insn in) {
    int at = register(in, 0);
    int predicate = (int) in.immediate & 7;
    boolean packed = source(in);
    SseStatus s = environment.begin();
    long low = operands.low;
    long high = c.xmm[at + 1];
    if (isDouble(in)) {
      low = SseCompare.holds64(s, predicate, c.xmm[at], low) ? -1 : 0;
      if (packed) {
        high = SseCompare.holds64(s, predicate, high, operands.high) ? -1 : 0;
      }
    } else if (packed) {
      low = comparePair(s, predicate, c.xmm[at], low);
      high = comparePair(s, predicate, high, operands.high);
    } else {
      boolean holds = SseCompare.holds32(s, predicate, c.xmm[at] & LOW, low);
      low = lower(c.xmm[at], holds ? -1 : 0);
    }
    environment.finish();
    c.xmm[at] = low;
    c.xmm[at + 1] = high;
  }

  private static long comparePair(SseStatus s, int predicate, long a, long b) {
    long low = SseCompare.holds32(s, predicate, a & LOW, b & LOW) ? LOW : 0;
    return SseCompare.holds32(s, predicate, a >>> 32, b >>> 32) ? low | ~LOW : low;
  }

  private void compareToFlags(Insn in) {
    source(in);
    long a = c.xmm[register(in, 0)];
    SseStatus s = environment.begin();
    int flags =
        switch (in.mnemonic) {
          case UCOMISS -> SseCompare.flags32(s, a & LOW, operands.low, false);
          case COMISS -> SseCompare.flags32(s, a & LOW, operands.low, true);
          case UCOMISD -> SseCompare.flags64(s, a, operands.low, false);
          default -> SseCompare.flags64(s, a, operands.low, true);
        };
    environment.finish();
    c.setArithmeticFlags(flags);
  }

  // ---- MXCSR ----

  private void loadControl(Insn in) {
    int value = (int) operands.read(in, 0);
    if ((value & ~X87Environment.mxcsrMask(c.model)) != 0) {
      throw Fault.gp(0);
    }
    c.mxcsr = value;
  }
}
