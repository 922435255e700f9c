package dejavm.cpu.interpret;

import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Operand;

/**
 * Moves, shuffles and bitwise operations of SSE: they look at no value, so there are no exceptions
 * but those of operands.
 *
 * <p>The surprising fact: MOVSS and MOVSD keep the rest of the register when they come from another
 * register, but clear it when they come from memory.
 *
 * <p>Source: Intel SDM volume 2.
 */
final class SseMoves {
  private static final long LOW = 0xFFFF_FFFFL;

  private final Cpu c;
  private final Operands operands;

  SseMoves(Cpu cpu, Operands operands) {
    c = cpu;
    this.operands = operands;
  }

  /** Executes a move; whether it is one. */
  boolean execute(Insn in) {
    switch (in.mnemonic) {
      case MOVAPS, MOVAPD, MOVNTPS, MOVNTPD -> copy(in, true);
      case MOVUPS, MOVUPD, LDDQU -> copy(in, false);
      case MOVSS -> scalar(in, 4);
      case MOVSD -> scalar(in, 8);
      case MOVLPS, MOVLPD -> half(in, 0);
      case MOVHPS, MOVHPD -> half(in, 1);
      case MOVHLPS -> c.xmm[register(in, 0)] = c.xmm[register(in, 1) + 1];
      case MOVLHPS -> c.xmm[register(in, 0) + 1] = c.xmm[register(in, 1)];
      case MOVMSKPS, MOVMSKPD -> signs(in);
      case MOVDDUP -> {
        long value = operands.readLow(in, 1, 8);
        set(in, value, value);
      }
      default -> {
        return isBinary(in) && binary(in);
      }
    }
    return true;
  }

  private static boolean isBinary(Insn in) {
    return switch (in.mnemonic) {
      case ANDPS, ANDPD, ANDNPS, ANDNPD, ORPS, ORPD, XORPS, XORPD -> true;
      case UNPCKLPS, UNPCKLPD, UNPCKHPS, UNPCKHPD, SHUFPS, SHUFPD, MOVSLDUP, MOVSHDUP -> true;
      default -> false;
    };
  }

  /** Operations on all bits of two operands. */
  private boolean binary(Insn in) {
    operands.read128(in, 1, true);
    long low = c.xmm[register(in, 0)];
    long high = c.xmm[register(in, 0) + 1];
    long otherLow = operands.low;
    long otherHigh = operands.high;
    int control = (int) in.immediate;
    switch (in.mnemonic) {
      case ANDPS, ANDPD -> set(in, low & otherLow, high & otherHigh);
      case ANDNPS, ANDNPD -> set(in, ~low & otherLow, ~high & otherHigh);
      case ORPS, ORPD -> set(in, low | otherLow, high | otherHigh);
      case XORPS, XORPD -> set(in, low ^ otherLow, high ^ otherHigh);
      case UNPCKLPS -> set(in, low & LOW | otherLow << 32, low >>> 32 | otherLow & ~LOW);
      case UNPCKHPS -> set(in, high & LOW | otherHigh << 32, high >>> 32 | otherHigh & ~LOW);
      case UNPCKLPD -> set(in, low, otherLow);
      case UNPCKHPD -> set(in, high, otherHigh);
      case SHUFPD ->
          set(in, (control & 1) == 0 ? low : high, (control & 2) == 0 ? otherLow : otherHigh);
      case SHUFPS ->
          set(
              in,
              element(low, high, control) | element(low, high, control >> 2) << 32,
              element(otherLow, otherHigh, control >> 4)
                  | element(otherLow, otherHigh, control >> 6) << 32);
      case MOVSLDUP -> set(in, otherLow & LOW | otherLow << 32, otherHigh & LOW | otherHigh << 32);
      case MOVSHDUP ->
          set(in, otherLow >>> 32 | otherLow & ~LOW, otherHigh >>> 32 | otherHigh & ~LOW);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** One of four elements, by the low two bits of a selector. */
  private static long element(long low, long high, int selector) {
    long pair = (selector & 2) == 0 ? low : high;
    return (selector & 1) == 0 ? pair & LOW : pair >>> 32;
  }

  private static int register(Insn in, int index) {
    return 2 * in.operands[index].register();
  }

  private void set(Insn in, long low, long high) {
    c.xmm[register(in, 0)] = low;
    c.xmm[register(in, 0) + 1] = high;
  }

  private void copy(Insn in, boolean aligned) {
    operands.read128(in, 1, aligned);
    operands.write128(in, 0, operands.low, operands.high, aligned);
  }

  private void scalar(Insn in, int size) {
    long value = operands.readLow(in, 1, size);
    if (in.operands[0].kind() == Operand.Kind.MEM) {
      c.mmu.store(operands.linear(in, size, true), size, value);
    } else if (operands.isMemory(in, 1)) {
      set(in, value, 0);
    } else {
      int at = register(in, 0);
      c.xmm[at] = size == 8 ? value : c.xmm[at] & ~LOW | value;
    }
  }

  private void half(Insn in, int which) {
    if (operands.isMemory(in, 1)) {
      c.xmm[register(in, 0) + which] = operands.readLow(in, 1, 8);
    } else {
      c.mmu.store(operands.linear(in, 8, true), 8, c.xmm[register(in, 1) + which]);
    }
  }

  private void signs(Insn in) {
    long low = c.xmm[register(in, 1)];
    long high = c.xmm[register(in, 1) + 1];
    long bits =
        switch (in.mnemonic) {
          case MOVMSKPS ->
              low >>> 31 & 1 | (low >>> 63) << 1 | (high >>> 31 & 1) << 2 | (high >>> 63) << 3;
          default -> low >>> 63 | (high >>> 63) << 1;
        };
    operands.write(in, 0, bits);
  }
}
