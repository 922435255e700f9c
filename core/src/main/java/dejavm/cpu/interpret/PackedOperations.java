package dejavm.cpu.interpret;

import dejavm.cpu.Aes;
import dejavm.cpu.CarrylessMultiply;
import dejavm.cpu.Cpu;
import dejavm.cpu.Flags;
import dejavm.cpu.PackedArithmetic;
import dejavm.cpu.PackedMultiply;
import dejavm.cpu.PackedShuffles;
import dejavm.cpu.PackedStrings;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.memory.Mmu;
import java.util.function.LongBinaryOperator;

/**
 * MMX, and the integer and bitwise instructions on XMM registers: what is available, and how
 * operands reach the static methods of {@code dejavm.cpu}.
 *
 * <p>An instruction with an MMX register makes the x87 stack start at 0 and be full, but only once
 * nothing can fault any more: it asks {@link FloatOperations#mmxAvailable} first, and commits last.
 *
 * <p>Source: Intel SDM volume 2; for faults volume 3, 24.25.3 (exception conditions of legacy SIMD
 * instructions) and 12 (MMX).
 */
final class PackedOperations {
  private final Cpu c;
  private final Operands operands;
  private final FloatOperations floats;
  private final PackedRules rules = new PackedRules();

  PackedOperations(Cpu cpu, Operands operands, FloatOperations floats) {
    c = cpu;
    this.operands = operands;
    this.floats = floats;
  }

  /** Executes an instruction of {@link dejavm.cpu.decode.Row.Unit#PACKED}. */
  void execute(Insn in) {
    PackedRules.Rule rule = rules.of(in.mnemonic);
    if (rule != null) {
      byRule(in, rule);
      return;
    }
    switch (in.mnemonic) {
      case MOVDQA, MOVNTDQ, MOVNTDQA -> move128(in, true);
      case MOVDQU -> move128(in, false);
      case MOVD, MOVQ, MOVNTQ, MOVDQ2Q, MOVQ2DQ -> move(in);
      case PMOVMSKB -> signs(in);
      case EMMS -> {
        floats.mmxAvailable();
        c.x87.emms();
      }
      case MASKMOVQ, MASKMOVDQU -> maskedStore(in);
      case PINSRB -> insert(in, 8);
      case PINSRW -> insert(in, 16);
      case PINSRD -> insert(in, in.operands[1].size() * 8);
      case PEXTRB -> extract(in, 8);
      case PEXTRW -> extract(in, 16);
      case PEXTRD -> extract(in, in.operands[0].size() * 8);
      case EXTRACTPS -> extract(in, 32);
      case INSERTPS -> insertSingle(in);
      case PMOVSXBW, PMOVZXBW -> widen(in, 8, 16, in.mnemonic == Mnemonic.PMOVSXBW);
      case PMOVSXBD, PMOVZXBD -> widen(in, 8, 32, in.mnemonic == Mnemonic.PMOVSXBD);
      case PMOVSXBQ, PMOVZXBQ -> widen(in, 8, 64, in.mnemonic == Mnemonic.PMOVSXBQ);
      case PMOVSXWD, PMOVZXWD -> widen(in, 16, 32, in.mnemonic == Mnemonic.PMOVSXWD);
      case PMOVSXWQ, PMOVZXWQ -> widen(in, 16, 64, in.mnemonic == Mnemonic.PMOVSXWQ);
      case PMOVSXDQ, PMOVZXDQ -> widen(in, 32, 64, in.mnemonic == Mnemonic.PMOVSXDQ);
      case PSHUFW -> {
        floats.mmxAvailable();
        commit(in, PackedShuffles.shuffleWords(operands.readLow(in, 1, 8), in.immediate));
      }
      case PSHUFB, PALIGNR -> bytes(in);
      case PSLLDQ, PSRLDQ -> shiftBytes(in);
      case PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM -> strings(in);
      default -> vector(in);
    }
  }

  // ---- a function of two operands ----

  private void byRule(Insn in, PackedRules.Rule rule) {
    Operand first = in.operands[0];
    if (first.kind() == Operand.Kind.MM) {
      floats.mmxAvailable();
      long a = c.x87.significand[first.register()];
      commit(in, rule.mmxOperator().applyAsLong(a, second(in)));
      return;
    }
    operands.sseAvailable();
    int at = 2 * first.register();
    long low = c.xmm[at];
    long high = c.xmm[at + 1];
    LongBinaryOperator operator = rule.operator();
    if (rule.shape() == PackedRules.Shape.SHIFT) {
      long count = count(in);
      c.xmm[at] = operator.applyAsLong(low, count);
      c.xmm[at + 1] = operator.applyAsLong(high, count);
      return;
    }
    operands.read128(in, 1, true);
    long otherLow = operands.low;
    long otherHigh = operands.high;
    switch (rule.shape()) {
      case LANES -> {
        c.xmm[at] = operator.applyAsLong(low, otherLow);
        c.xmm[at + 1] = operator.applyAsLong(high, otherHigh);
      }
      case PAIRS -> {
        c.xmm[at] = operator.applyAsLong(low, high);
        c.xmm[at + 1] = operator.applyAsLong(otherLow, otherHigh);
      }
      case LOW -> {
        c.xmm[at] = operator.applyAsLong(low, otherLow);
        c.xmm[at + 1] = rule.upper().applyAsLong(low, otherLow);
      }
      default -> {
        c.xmm[at] = operator.applyAsLong(high, otherHigh);
        c.xmm[at + 1] = rule.upper().applyAsLong(high, otherHigh);
      }
    }
  }

  /** An MMX register, its memory operand of 4 or 8 bytes, or the immediate count of a shift. */
  private long second(Insn in) {
    Operand operand = in.operands[1];
    return operand.kind() == Operand.Kind.IMM
        ? in.immediate
        : operands.readLow(in, 1, operand.size());
  }

  private long count(Insn in) {
    if (in.operands[1].kind() == Operand.Kind.IMM) {
      return in.immediate;
    }
    operands.read128(in, 1, true);
    return operands.low;
  }

  /** What an MMX instruction leaves behind when nothing can fault any more. */
  private void commit(Insn in, long value) {
    c.x87.enterMmx();
    operands.writeMmx(in.operands[0].register(), value);
  }

  private void set(Insn in, long low, long high) {
    int at = 2 * in.operands[0].register();
    c.xmm[at] = low;
    c.xmm[at + 1] = high;
  }

  // ---- moves ----

  private void move128(Insn in, boolean aligned) {
    operands.sseAvailable();
    operands.read128(in, 1, aligned);
    operands.write128(in, 0, operands.low, operands.high, aligned);
  }

  private void move(Insn in) {
    Operand.Kind to = in.operands[0].kind();
    Operand.Kind from = in.operands[1].kind();
    boolean mmx = available(to, from);
    long value =
        from == Operand.Kind.MM || from == Operand.Kind.XMM
            ? operands.readLow(in, 1, 8)
            : operands.read(in, 1);
    if (to != Operand.Kind.MM && to != Operand.Kind.XMM) {
      operands.write(in, 0, value);
    }
    if (mmx) {
      c.x87.enterMmx();
    }
    if (to == Operand.Kind.XMM) {
      set(in, value, 0);
    } else if (to == Operand.Kind.MM) {
      operands.writeMmx(in.operands[0].register(), value);
    }
  }

  /** Checks what two operands need, and tells whether one is an MMX register. */
  private boolean available(Operand.Kind one, Operand.Kind other) {
    boolean mmx = one == Operand.Kind.MM || other == Operand.Kind.MM;
    if (one == Operand.Kind.XMM || other == Operand.Kind.XMM) {
      operands.sseAvailable();
    }
    if (mmx) {
      floats.mmxAvailable();
    }
    return mmx;
  }

  private void signs(Insn in) {
    Operand source = in.operands[1];
    boolean mmx = available(source.kind(), source.kind());
    int signs = PackedShuffles.signs(operands.readLow(in, 1, 8));
    if (mmx) {
      c.x87.enterMmx();
    } else {
      signs |= PackedShuffles.signs(c.xmm[2 * source.register() + 1]) << 8;
    }
    operands.write(in, 0, signs);
  }

  /** All bytes must be writable, even those that the mask leaves alone (as on Sapphire Rapids). */
  private void maskedStore(Insn in) {
    Operand.Kind kind = in.operands[0].kind();
    boolean mmx = available(kind, kind);
    int size = mmx ? 8 : 16;
    long offset = c.r[Cpu.RDI] & (in.addressSize == 8 ? -1 : (1L << 8 * in.addressSize) - 1);
    if (!mmx) {
      // Where alignment is checked, it is that of 8 bytes: after the first 8 are looked at.
      c.linear(in.segment, offset + 7, 1, true);
      c.linear(in.segment, offset, 8, true);
    }
    long linear = c.linear(in.segment, offset, size, true);
    c.mmu.probe(linear, size, Mmu.WRITE);
    maskedStore(linear, operands.readLow(in, 0, 8), operands.readLow(in, 1, 8));
    if (mmx) {
      c.x87.enterMmx();
    } else {
      int value = 2 * in.operands[0].register() + 1;
      int mask = 2 * in.operands[1].register() + 1;
      maskedStore(c.wrap(linear + 8), c.xmm[value], c.xmm[mask]);
    }
  }

  private void maskedStore(long linear, long value, long mask) {
    for (int i = 0; i < 8; i++) {
      if ((mask >>> 8 * i & 0x80) != 0) {
        c.mmu.store8(c.wrap(linear + i), (int) (value >>> 8 * i) & 0xFF);
      }
    }
  }

  // ---- single lanes ----

  private void insert(Insn in, int width) {
    Operand destination = in.operands[0];
    int lane = (int) in.immediate;
    if (available(destination.kind(), destination.kind())) {
      long value = operands.read(in, 1);
      long before = c.x87.significand[destination.register()];
      commit(in, PackedShuffles.insert(before, lane, width, value));
      return;
    }
    int half = 2 * destination.register() + (lane * width >> 6 & 1);
    c.xmm[half] = PackedShuffles.insert(c.xmm[half], lane, width, operands.read(in, 1));
  }

  private void extract(Insn in, int width) {
    Operand source = in.operands[1];
    int lane = (int) in.immediate;
    if (available(source.kind(), source.kind())) {
      long value = c.x87.significand[source.register()];
      c.x87.enterMmx();
      operands.write(in, 0, PackedShuffles.extract(value, value, lane, width));
      return;
    }
    operands.read128(in, 1, false);
    operands.write(in, 0, PackedShuffles.extract(operands.low, operands.high, lane, width));
  }

  private void insertSingle(Insn in) {
    operands.sseAvailable();
    int control = (int) in.immediate;
    long value;
    if (operands.isMemory(in, 1)) {
      value = operands.read(in, 1);
    } else {
      operands.read128(in, 1, false);
      value = PackedShuffles.extract(operands.low, operands.high, control >> 6, 32);
    }
    int at = 2 * in.operands[0].register();
    int half = at + (control >> 5 & 1);
    c.xmm[half] = PackedShuffles.insert(c.xmm[half], control >> 4, 32, value);
    c.xmm[at] &= ~PackedShuffles.blendMask(control, 32);
    c.xmm[at + 1] &= ~PackedShuffles.blendMask(control >> 2, 32);
  }

  private void widen(Insn in, int from, int to, boolean signed) {
    operands.sseAvailable();
    long lanes = operands.readLow(in, 1, operands.isMemory(in, 1) ? in.operands[1].size() : 8);
    long upper = lanes >>> 64 / to * from;
    if (signed) {
      set(
          in,
          PackedShuffles.widenSigned(lanes, from, to),
          PackedShuffles.widenSigned(upper, from, to));
    } else {
      set(in, PackedShuffles.widen(lanes, from, to), PackedShuffles.widen(upper, from, to));
    }
  }

  /** PSHUFB and PALIGNR, whose halves depend on more than two halves. */
  private void bytes(Insn in) {
    Operand first = in.operands[0];
    int from = (int) in.immediate;
    boolean shuffle = in.mnemonic == Mnemonic.PSHUFB;
    if (first.kind() == Operand.Kind.MM) {
      floats.mmxAvailable();
      long a = c.x87.significand[first.register()];
      long b = operands.readLow(in, 1, 8);
      commit(
          in,
          shuffle ? PackedShuffles.shuffleBytes(a, b) : PackedShuffles.window(b, a, 0, 0, from));
      return;
    }
    operands.sseAvailable();
    operands.read128(in, 1, true);
    long low = c.xmm[2 * first.register()];
    long high = c.xmm[2 * first.register() + 1];
    if (shuffle) {
      set(
          in,
          PackedShuffles.shuffleBytes(low, high, operands.low),
          PackedShuffles.shuffleBytes(low, high, operands.high));
    } else {
      set(
          in,
          PackedShuffles.window(operands.low, operands.high, low, high, from),
          PackedShuffles.window(operands.low, operands.high, low, high, from + 8));
    }
  }

  // ---- XMM registers only ----

  /** Shifts the register by bytes, as a window on it and zeros. */
  private void shiftBytes(Insn in) {
    operands.sseAvailable();
    int at = 2 * in.operands[0].register();
    long low = c.xmm[at];
    long high = c.xmm[at + 1];
    int count = (int) in.immediate;
    if (in.mnemonic == Mnemonic.PSRLDQ) {
      set(
          in,
          PackedShuffles.window(low, high, 0, 0, count),
          PackedShuffles.window(low, high, 0, 0, count + 8));
    } else {
      int from = 16 - Math.min(count, 16);
      set(
          in,
          PackedShuffles.window(0, 0, low, high, from),
          PackedShuffles.window(0, 0, low, high, from + 8));
    }
  }

  /** What has a first operand in an XMM register, and a second there or in aligned memory. */
  private void vector(Insn in) {
    operands.sseAvailable();
    operands.read128(in, 1, true);
    int at = 2 * in.operands[0].register();
    long low = c.xmm[at];
    long high = c.xmm[at + 1];
    long otherLow = operands.low;
    long otherHigh = operands.high;
    long control = in.immediate;
    switch (in.mnemonic) {
      case PSHUFD ->
          set(
              in,
              PackedShuffles.shuffleDwords(otherLow, otherHigh, control),
              PackedShuffles.shuffleDwords(otherLow, otherHigh, control >>> 4));
      case PSHUFLW -> set(in, PackedShuffles.shuffleWords(otherLow, control), otherHigh);
      case PSHUFHW -> set(in, otherLow, PackedShuffles.shuffleWords(otherHigh, control));
      case PBLENDVB -> blendBySigns(in, PackedArithmetic.BYTES);
      case BLENDVPS -> blendBySigns(in, PackedArithmetic.DWORDS);
      case BLENDVPD -> blendBySigns(in, Long.MIN_VALUE);
      case PBLENDW -> blend(in, 16);
      case BLENDPS -> blend(in, 32);
      case BLENDPD -> blend(in, 64);
      case PTEST ->
          c.setArithmeticFlags(
              ((low & otherLow | high & otherHigh) == 0 ? Flags.ZF : 0)
                  | ((~low & otherLow | ~high & otherHigh) == 0 ? Flags.CF : 0));
      case PHMINPOSUW -> set(in, PackedMultiply.leastWord(otherLow, otherHigh), 0);
      case MPSADBW -> {
        long fixed = PackedShuffles.extract(otherLow, otherHigh, (int) control & 3, 32);
        int from = (int) control & 4;
        set(
            in,
            PackedMultiply.slidingDifferences(
                PackedShuffles.window(low, high, 0, 0, from), (int) fixed),
            PackedMultiply.slidingDifferences(
                PackedShuffles.window(low, high, 0, 0, from + 4), (int) fixed));
      }
      case PCLMULQDQ -> {
        long a = (control & 1) == 0 ? low : high;
        long b = (control & 16) == 0 ? otherLow : otherHigh;
        set(in, CarrylessMultiply.low(a, b), CarrylessMultiply.high(a, b));
      }
      default -> aes(in, low, high);
    }
  }

  /** PBLENDVB and its like: the selector is XMM0, which may be the destination too. */
  private void blendBySigns(Insn in, long signs) {
    int at = 2 * in.operands[0].register();
    set(
        in,
        PackedArithmetic.blend(c.xmm[at], operands.low, c.xmm[0], signs),
        PackedArithmetic.blend(c.xmm[at + 1], operands.high, c.xmm[1], signs));
  }

  private void blend(Insn in, int width) {
    int at = 2 * in.operands[0].register();
    long lower = PackedShuffles.blendMask(in.immediate, width);
    long upper = PackedShuffles.blendMask(in.immediate >>> 64 / width, width);
    set(
        in,
        PackedArithmetic.select(lower, operands.low, c.xmm[at]),
        PackedArithmetic.select(upper, operands.high, c.xmm[at + 1]));
  }

  private void aes(Insn in, long low, long high) {
    long keyLow = operands.low;
    long keyHigh = operands.high;
    boolean last = in.mnemonic == Mnemonic.AESENCLAST || in.mnemonic == Mnemonic.AESDECLAST;
    switch (in.mnemonic) {
      case AESENC, AESENCLAST ->
          set(
              in,
              Aes.encrypt(low, high, last, false) ^ keyLow,
              Aes.encrypt(low, high, last, true) ^ keyHigh);
      case AESDEC, AESDECLAST ->
          set(
              in,
              Aes.decrypt(low, high, last, false) ^ keyLow,
              Aes.decrypt(low, high, last, true) ^ keyHigh);
      case AESIMC -> set(in, Aes.inverseMix(keyLow), Aes.inverseMix(keyHigh));
      case AESKEYGENASSIST -> {
        int constant = (int) in.immediate;
        set(in, Aes.keyAssist(keyLow, constant), Aes.keyAssist(keyHigh, constant));
      }
      default -> throw new UnsupportedInstruction(in);
    }
  }

  /** Comparison of strings; their memory operand needs no alignment. */
  private void strings(Insn in) {
    operands.sseAvailable();
    operands.read128(in, 1, false);
    int at = 2 * in.operands[0].register();
    long low = c.xmm[at];
    long high = c.xmm[at + 1];
    int control = (int) in.immediate;
    int length;
    int otherLength;
    if (in.mnemonic == Mnemonic.PCMPESTRI || in.mnemonic == Mnemonic.PCMPESTRM) {
      length = explicitLength(Cpu.RAX, in);
      otherLength = explicitLength(Cpu.RDX, in);
    } else {
      length = PackedStrings.implicitLength(low, high, control);
      otherLength = PackedStrings.implicitLength(operands.low, operands.high, control);
    }
    int result =
        PackedStrings.compare(low, high, length, operands.low, operands.high, otherLength, control);
    c.setArithmeticFlags(PackedStrings.flags(result, length, otherLength, control));
    if (in.mnemonic == Mnemonic.PCMPESTRI || in.mnemonic == Mnemonic.PCMPISTRI) {
      c.r[Cpu.RCX] = PackedStrings.index(result, control);
    } else {
      c.xmm[0] = PackedStrings.mask(result, control, false);
      c.xmm[1] = PackedStrings.mask(result, control, true);
    }
  }

  private int explicitLength(int register, Insn in) {
    long value = in.operandSize == 8 ? c.r[register] : (int) c.r[register];
    return PackedStrings.explicitLength(value, (int) in.immediate);
  }
}
