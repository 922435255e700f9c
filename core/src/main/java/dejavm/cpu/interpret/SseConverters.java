package dejavm.cpu.interpret;

import dejavm.cpu.Alu;
import dejavm.cpu.Cpu;
import dejavm.cpu.SseConversions;
import dejavm.cpu.SseStatus;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;

/**
 * Conversions of SSE: how their operands, which may be general or MMX registers, reach {@link
 * SseConversions}.
 *
 * <p>The surprising fact: those that have an MMX register make the x87 registers MMX ones, even
 * where they end in #XM, but not where they end in a fault of memory. CVTPI2PS and CVTPI2PD from
 * memory leave the x87 alone.
 *
 * <p>Source: Intel SDM volume 2, CVT…; what is left to x87 registers as on Sapphire Rapids.
 */
final class SseConverters {
  private static final long LOW = 0xFFFF_FFFFL;

  /** SDM volume 1, 4.8.4: toward zero. */
  private static final int TRUNCATE = 3;

  private final Cpu c;
  private final Operands operands;
  private final FloatOperations floats;
  private final SseEnvironment environment;

  SseConverters(Cpu cpu, Operands operands, FloatOperations floats, SseEnvironment environment) {
    c = cpu;
    this.operands = operands;
    this.floats = floats;
    this.environment = environment;
  }

  /** Executes a conversion; whether it is one. */
  boolean execute(Insn in) {
    switch (in.mnemonic) {
      case CVTSI2SS, CVTSI2SD -> fromGeneral(in);
      case CVTSS2SI, CVTTSS2SI -> toGeneral(in, 4);
      case CVTSD2SI, CVTTSD2SI -> toGeneral(in, 8);
      case CVTSS2SD, CVTSD2SS -> scalar(in);
      case CVTPS2PD, CVTDQ2PD -> toTwo(in);
      case CVTPD2PS, CVTPD2DQ, CVTTPD2DQ -> fromTwo(in);
      case CVTDQ2PS, CVTPS2DQ, CVTTPS2DQ -> four(in);
      case CVTPI2PS, CVTPI2PD -> fromMmx(in);
      case CVTPS2PI, CVTTPS2PI -> toMmx(in, 8);
      case CVTPD2PI, CVTTPD2PI -> toMmx(in, 16);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static long pair(long low, long high) {
    return low & LOW | high << 32;
  }

  private static int register(Insn in) {
    return 2 * in.operands[0].register();
  }

  /** The status of a new instruction, which truncates where its name says so. */
  private SseStatus begin(Insn in) {
    SseStatus s = environment.begin();
    switch (in.mnemonic) {
      case CVTTSS2SI, CVTTSD2SI, CVTTPS2DQ, CVTTPD2DQ, CVTTPS2PI, CVTTPD2PI -> s.round(TRUNCATE);
      default -> {}
    }
    return s;
  }

  private void fromGeneral(Insn in) {
    long integer = Alu.extend(operands.read(in, 1), in.operands[1].size());
    int at = register(in);
    SseStatus s = environment.begin();
    long result =
        in.mnemonic == Mnemonic.CVTSI2SD
            ? SseConversions.twofold(s, integer)
            : c.xmm[at] & ~LOW | SseConversions.single(s, integer) & LOW;
    environment.finish();
    c.xmm[at] = result;
  }

  private void toGeneral(Insn in, int size) {
    long value = operands.readLow(in, 1, size);
    int bits = 8 * in.operands[0].size();
    SseStatus s = begin(in);
    long integer =
        size == 4
            ? SseConversions.integer32(s, (int) value, bits)
            : SseConversions.integer64(s, value, bits);
    environment.finish();
    operands.write(in, 0, integer);
  }

  private void scalar(Insn in) {
    int at = register(in);
    long result;
    if (in.mnemonic == Mnemonic.CVTSS2SD) {
      int value = (int) operands.readLow(in, 1, 4);
      result = SseConversions.widen(environment.begin(), value);
    } else {
      long value = operands.readLow(in, 1, 8);
      int narrow = SseConversions.narrow(environment.begin(), value);
      result = c.xmm[at] & ~LOW | narrow & LOW;
    }
    environment.finish();
    c.xmm[at] = result;
  }

  private void toTwo(Insn in) {
    long value = operands.readLow(in, 1, 8);
    SseStatus s = environment.begin();
    boolean integers = in.mnemonic == Mnemonic.CVTDQ2PD;
    int first = (int) value;
    int second = (int) (value >>> 32);
    long low = integers ? SseConversions.twofold(s, first) : SseConversions.widen(s, first);
    long high = integers ? SseConversions.twofold(s, second) : SseConversions.widen(s, second);
    environment.finish();
    c.xmm[register(in)] = low;
    c.xmm[register(in) + 1] = high;
  }

  private void fromTwo(Insn in) {
    operands.read128(in, 1, true);
    SseStatus s = begin(in);
    long result =
        in.mnemonic == Mnemonic.CVTPD2PS
            ? pair(SseConversions.narrow(s, operands.low), SseConversions.narrow(s, operands.high))
            : integers64(s, operands.low, operands.high);
    environment.finish();
    c.xmm[register(in)] = result;
    c.xmm[register(in) + 1] = 0;
  }

  private static long integers64(SseStatus s, long low, long high) {
    long first = SseConversions.integer64(s, low, 32);
    return pair(first, SseConversions.integer64(s, high, 32));
  }

  private static long integers32(SseStatus s, long pair) {
    long first = SseConversions.integer32(s, (int) pair, 32);
    return pair(first, SseConversions.integer32(s, (int) (pair >>> 32), 32));
  }

  private static long singles(SseStatus s, long pair) {
    int first = SseConversions.single(s, (int) pair);
    return pair(first, SseConversions.single(s, (int) (pair >>> 32)));
  }

  private void four(Insn in) {
    operands.read128(in, 1, true);
    SseStatus s = begin(in);
    boolean integers = in.mnemonic == Mnemonic.CVTDQ2PS;
    long low = integers ? singles(s, operands.low) : integers32(s, operands.low);
    long high = integers ? singles(s, operands.high) : integers32(s, operands.high);
    environment.finish();
    c.xmm[register(in)] = low;
    c.xmm[register(in) + 1] = high;
  }

  // ---- MMX registers ----

  private void fromMmx(Insn in) {
    boolean doubles = in.mnemonic == Mnemonic.CVTPI2PD;
    boolean mmx = !operands.isMemory(in, 1);
    if (mmx) {
      floats.beforeMmx();
    }
    long value = operands.readLow(in, 1, 8);
    int at = register(in);
    SseStatus s = environment.begin();
    long low = doubles ? SseConversions.twofold(s, (int) value) : singles(s, value);
    long high = doubles ? SseConversions.twofold(s, (int) (value >>> 32)) : c.xmm[at + 1];
    environment.finish();
    c.xmm[at] = low;
    c.xmm[at + 1] = high;
  }

  private void toMmx(Insn in, int size) {
    floats.mmxAvailable();
    long result;
    if (size == 8) {
      long pair = operands.readLow(in, 1, 8);
      result = integers32(begin(in), pair);
    } else {
      operands.read128(in, 1, true);
      result = integers64(begin(in), operands.low, operands.high);
    }
    floats.beforeMmx();
    environment.finish();
    operands.writeMmx(in.operands[0].register(), result);
  }
}
