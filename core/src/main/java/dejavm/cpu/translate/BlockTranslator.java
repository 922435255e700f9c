package dejavm.cpu.translate;

import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Row;

/**
 * Makes the code of one block: decodes the instructions up to the one that ends it, finds out which
 * flags count, and has the emitters emit them one after the other. An instruction that none of them
 * accepts ends the block and is left to the interpreter.
 */
final class BlockTranslator {
  private static final int LONGEST = 64;
  private static final int PAGE = 4096;

  /** Which instructions the processor's model has. */
  interface Model {
    boolean has(Insn insn);
  }

  private final Decoder decoder = new Decoder();
  private final Insn[] code = new Insn[LONGEST];
  private final int[] offsets = new int[LONGEST + 1];
  private final Emission emission;
  private final Model model;
  private final IntegerEmitter integers;
  private final ShiftEmitter shifts;
  private final MultiplyEmitter products;
  private final ControlEmitter control;
  private final SseEmitter sse;
  private final X87Emitter x87;
  private final StringEmitter strings;
  private final SystemEmitter system;

  /** An instruction of the block under way has made sure of the XMM registers. */
  private boolean xmm;

  /** As {@link #xmm}, of the x87's registers. */
  private boolean x87Loaded;

  /** How many instructions the last block holds but for one left to the interpreter. */
  int count;

  /** The offset of the first byte behind the last block. */
  int end;

  /** What stopped the last block, to be interpreted; null where that has to be decoded again. */
  private Insn refused;

  /** The instruction behind the last block is the interpreter's. */
  private boolean stopped;

  /** The last block is an instruction that reaches into the next page. */
  private boolean crossing;

  BlockTranslator(
      Emission emission,
      Model model,
      HostFeatures features,
      int pauseTicks,
      ControlEmitter.Known known) {
    this.emission = emission;
    this.model = model;
    integers = new IntegerEmitter(emission, features);
    shifts = new ShiftEmitter(emission);
    products = new MultiplyEmitter(emission);
    control = new ControlEmitter(emission, pauseTicks, known);
    sse = new SseEmitter(emission, features);
    x87 = new X87Emitter(emission, features);
    emission.flags.logicClearsAf(features.logicClearsAf());
    strings = new StringEmitter(emission);
    system = new SystemEmitter(emission);
  }

  /**
   * Decodes a block, without emitting it: {@link #count}, {@link #end} and {@link #refused} tell of
   * it.
   *
   * @param page the bytes of the page from its start
   */
  void decode(byte[] page, int offset, Mode mode) {
    count = 0;
    refused = null;
    stopped = false;
    crossing = false;
    int at = offset;
    boolean open = true;
    while (open && count < LONGEST && at < PAGE) {
      Insn insn = decoder.decode(page, at, PAGE, mode.bits());
      if (insn == null) {
        // It reaches into the next page: a block of its own, where there can be one.
        stopped = !mode.flat();
        break;
      }
      if (!accepts(insn, mode)) {
        refuse(insn, at);
        break;
      }
      code[count] = insn;
      offsets[count++] = at;
      at += insn.length;
      open = !isJump(insn) && insn.mnemonic != Mnemonic.PAUSE;
    }
    if (refused == null) {
      offsets[count] = at;
      end = at;
    }
    if (count > 0 && code[count - 1].mnemonic == Mnemonic.STI) {
      // Interrupts are held back until the next instruction is complete: that is in the same block.
      count--;
      refuse(code[count], offsets[count]);
    }
  }

  /** Ends the block before an instruction that is the interpreter's. */
  private void refuse(Insn insn, int at) {
    refused = insn;
    stopped = true;
    end = at + insn.length;
    offsets[count] = at;
  }

  /**
   * Decodes a block of one instruction that reaches into the next page.
   *
   * @param bytes those of the page from its start, and the first of the next
   * @return whether it can be translated
   */
  boolean decodeCrossing(byte[] bytes, int offset, Mode mode) {
    Insn insn = decoder.decode(bytes, offset, bytes.length, mode.bits());
    if (insn == null || !accepts(insn, mode)) {
      return false;
    }
    crossing = true;
    refused = null;
    stopped = false;
    code[0] = insn;
    count = 1;
    end = offset + insn.length;
    offsets[0] = offset;
    offsets[1] = end;
    return true;
  }

  /** Whether the last block is nothing but the start of an instruction that reaches further. */
  boolean isCutShort() {
    return count == 0 && refused == null;
  }

  private boolean accepts(Insn in, Mode mode) {
    return in.mnemonic != Mnemonic.INVALID
        && model.has(in)
        && (control.accepts(in, mode)
            || integers.accepts(in)
            || shifts.accepts(in)
            || products.accepts(in)
            || strings.accepts(in, mode)
            || sse.accepts(in)
            || x87.accepts(in)
            || system.accepts(in));
  }

  /** The instruction that stopped the last block, for the interpreter; null where there is none. */
  Insn refused() {
    return refused;
  }

  /** Emits the block that was decoded last. */
  void emit() {
    Emission e = emission;
    Liveness.find(code, count, e.flags);
    xmm = false;
    x87Loaded = false;
    if (count > 0) {
      e.count(offsets[0]);
    }
    for (int i = 0; i < count; i++) {
      e.instruction(code[i], i, offsets[i]);
      if (crossing) {
        e.requireNextPage();
      }
      emit(code[i], i + 1 < count ? code[i + 1] : null);
    }
    if (count == 0 || !isJump(code[count - 1])) {
      finish();
    }
    e.end();
  }

  private static boolean isJump(Insn in) {
    return switch (in.mnemonic) {
      case JCC, JMP, CALL, RET -> true;
      default -> false;
    };
  }

  /** Goes on behind the block, or leaves what comes there to the interpreter. */
  private void finish() {
    int at = offsets[count];
    if (stopped) {
      emission.interpret(refused, at);
    } else {
      control.goOn(at);
    }
  }

  private void emit(Insn in, Insn next) {
    switch (in.mnemonic) {
      case PAUSE,
          PUSH,
          POP,
          LEAVE,
          PUSHF,
          POPF,
          CLI,
          STI,
          CLD,
          STD,
          CLC,
          STC,
          CMC,
          LAHF,
          SAHF,
          JCC,
          JMP,
          CALL,
          RET ->
          control.emit();
      case SHL, SHR, SAR, ROL, ROR, SHLD, SHRD, BT, BTS, BTR, BTC, BSF, BSR -> shifts.emit();
      case MUL, IMUL, DIV, IDIV -> products.emit();
      case MOVS, STOS, LODS, SCAS, CMPS -> strings.emit();
      case RDTSC, RDTSCP, LFENCE, MFENCE, SFENCE, INVLPG -> system.emit();
      default -> {
        if (integers.accepts(in)) {
          integers.emit();
        } else if (in.row.unit == Row.Unit.X87) {
          if (!x87Loaded) {
            x87.load();
            x87Loaded = true;
          }
          x87.emit(next);
        } else {
          if (!xmm) {
            sse.load();
            xmm = true;
          }
          sse.emit();
        }
      }
    }
  }
}
