package dejavm.oracle;

import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Row;
import dejavm.cpu.decode.RowCoder;
import dejavm.cpu.decode.Rows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Makes cases: an instruction of a random row of the opcode table in a random form, with operands
 * that mostly lie where something is, often where a page ends, and often have special values.
 *
 * <p>A case is a function of its number and the seed alone.
 */
final class CaseGenerator {
  /** TF stays clear, mostly; IF is set as the host has it. */
  private static final int FLAGS_FIXED = 0x202;

  private static final int FLAGS_RANDOM = 0xCD5;
  private static final int TF = 0x100;
  private static final int RF = 0x10000;
  private static final int AC = 0x40000;

  /** One case in sixteen is of any bytes; those below this are of several instructions. */
  private static final int SINGLE = 8;

  private static final int[] PREFIXES = {
    0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x40, 0x48
  };

  private static final long CODE_OFFSET = 0x800;
  private static final int ATTEMPTS = 50;

  /** Bytes to fill memory and registers from: random ones are dear. */
  private static final int POOL = 1 << 16;

  private final long seed;
  private final RowCoder coder = new RowCoder();
  private final Decoder decoder = new Decoder();
  private final Sequences sequences = new Sequences();
  private final boolean mixed;
  private final List<Row> rows32 = new ArrayList<>();
  private final List<Row> rows64 = new ArrayList<>();
  private final MemorySegment pool = MemorySegment.ofArray(new byte[POOL]);
  private final byte[] code = new byte[Layout.CODE_BYTES];
  private SplittableRandom random;
  private Values values;
  private boolean code64;

  /** Whether the coder knows where the displacement in the code is. */
  private boolean isCoded;

  /**
   * @param only part of the name of a unit or mnemonic that the cases are to be of; empty for all
   */
  CaseGenerator(CpuModel model, long seed, String only) {
    this.seed = seed;
    Values fill = new Values(new SplittableRandom(seed));
    for (int i = 0; i < POOL; i += 8) {
      pool.set(Image.LONG, i, fill.vector());
    }
    String wanted = only.toUpperCase(Locale.ROOT);
    mixed = only.isEmpty();
    for (Row row : Rows.all()) {
      boolean named =
          row.mnemonic.name().equals(wanted) || row.unit.name().equals(wanted) || wanted.isEmpty();
      if (named && Comparability.of(row) && (row.isHint() || model.carriesOut(row.feature))) {
        if (row.legacy) {
          rows32.add(row);
        }
        if (row.long64) {
          rows64.add(row);
        }
      }
    }
  }

  /** Makes the case of a number for 32-bit or 64-bit code. */
  Insn[] make(long number, boolean code64, Image before) {
    random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
    values = new Values(random);
    while (true) {
      int kind = mixed ? random.nextInt(16) : SINGLE;
      Insn insn = kind == 0 ? anything(code64) : instruction(code64);
      if (insn != null) {
        List<Row> rows = code64 ? rows64 : rows32;
        Insn[] all =
            kind < SINGLE && kind > 0 && Sequences.isOrdinary(insn)
                ? sequences.after(insn, rows, random)
                : new Insn[] {insn};
        all[0] = state(all, before);
        if (Comparability.of(all[0], before)) {
          return all;
        }
      }
    }
  }

  /** Sets all of a case; the first instruction may get another displacement. */
  private Insn state(Insn[] all, Image before) {
    Insn insn = all[0];
    before.segment().asSlice(before.at(), Layout.FX).fill((byte) 0);
    before.field(Layout.CS, code64 ? Layout.CS_64 : Layout.CS_32);
    boolean high = code64 && random.nextInt(4) != 0;
    long base = high ? Layout.HIGH : 0;
    before.field(Layout.FS_BASE, code64 ? segmentBase() : 0);
    before.field(Layout.GS_BASE, code64 ? segmentBase() : 0);
    registers(before, base);
    memory(before);
    floats(before);
    before.field(Layout.RIP, base + place(all));
    operands(insn, before, base);
    int length = insn.mnemonic == Mnemonic.INVALID ? Sequences.INVALID_BYTES : insn.length;
    Arrays.fill(code, length, code.length, (byte) 0xCC);
    if (all.length > 1) {
      sequences.copy(code, length);
    }
    before.write(Layout.BYTES, code, code.length);
    if (!code64) {
      for (int i = 0; i < 8; i++) {
        before.r(i, before.r(i) & 0xFFFFFFFFL);
      }
    }
    // Its displacement may have changed.
    return decoder.decode(code, 0, code.length, code64 ? 64 : 32);
  }

  // ---- the instruction ----

  private Insn instruction(boolean wide) {
    code64 = wide;
    List<Row> rows = code64 ? rows64 : rows32;
    Row row = rows.get(random.nextInt(rows.size()));
    int mode = code64 ? 64 : 32;
    for (int i = 0; i < ATTEMPTS; i++) {
      coder.write(row, mode, random);
      Insn insn = decoder.decode(coder.code(), 0, coder.code().length, mode);
      if (insn != null
          && insn.length <= Decoder.MAX_LENGTH
          && Comparability.of(insn, coder.code())) {
        System.arraycopy(coder.code(), 0, code, 0, Decoder.MAX_LENGTH);
        isCoded = true;
        return insn;
      }
    }
    return null;
  }

  /** Random bytes, an instruction changed somewhere, or with prefixes before it: valid or not. */
  private Insn anything(boolean wide) {
    code64 = wide;
    isCoded = false;
    List<Row> rows = code64 ? rows64 : rows32;
    for (int i = 0; i < ATTEMPTS; i++) {
      int prefixes = random.nextInt(4) == 0 ? random.nextInt(15) : 0;
      coder.write(rows.get(random.nextInt(rows.size())), code64 ? 64 : 32, random);
      System.arraycopy(coder.code(), 0, code, prefixes, Sequences.INVALID_BYTES);
      for (int j = 0; j < prefixes; j++) {
        code[j] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
      }
      int change = random.nextInt(8);
      if (change < 4) {
        code[prefixes + change] = (byte) random.nextInt();
      } else if (change < 6) {
        code[prefixes] = 0x0F;
        code[prefixes + 1] = (byte) (change == 4 ? random.nextInt() : 0x38 | random.nextInt(4));
      }
      Insn insn = decoder.decode(code, 0, Sequences.INVALID_BYTES, code64 ? 64 : 32);
      boolean known = insn.mnemonic == Mnemonic.INVALID || rows.contains(insn.row);
      if (known && Comparability.of(insn, code)) {
        return insn;
      }
    }
    return null;
  }

  /** Mostly in the middle of a page; else at the end of the first page or of the second. */
  private long place(Insn[] all) {
    int length = 0;
    for (Insn insn : all) {
      length += insn.length;
    }
    int which = all[0].mnemonic == Mnemonic.INVALID ? 2 : random.nextInt(64);
    if (which == 0) {
      return Layout.CODE + Layout.PAGE - random.nextInt(length + 1);
    }
    if (which == 1) {
      return Layout.CODE + Layout.CODE_SIZE - 1 - random.nextInt(length + 1);
    }
    return Layout.CODE + CODE_OFFSET;
  }

  // ---- state ----

  private void registers(Image before, long base) {
    for (int i = 0; i < (code64 ? 16 : 8); i++) {
      before.r(i, random.nextInt(3) == 0 ? target(base, 8) : values.integer());
    }
    before.r(
        Cpu.RSP,
        random.nextInt(8) == 0
            ? target(base, 8)
            : base + Layout.DATA + 0x1000 + 8 * random.nextInt(-20, 20));
    int flags = random.nextInt() & FLAGS_RANDOM | FLAGS_FIXED;
    int rare = random.nextInt(64);
    int more = rare == 0 ? TF : rare == 1 ? RF : rare < 5 ? AC : 0;
    before.field(Layout.FLAGS, flags | more);
  }

  private long segmentBase() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(-0x2000, 0x2000);
      case 2 -> random.nextLong() >> 17;
      default -> random.nextLong() >> 17 & -16;
    };
  }

  private void memory(Image before) {
    before.copyFrom(
        Layout.ZONES, pool, random.nextInt(POOL - Layout.ZONES_SIZE), Layout.ZONES_SIZE);
  }

  private void floats(Image before) {
    int fx = Layout.FX;
    int bits = random.nextInt();
    int masks = (bits & 7) == 0 ? bits >>> 8 & 0x3F : 0x3F;
    int precision = (bits & 0x18) == 0 ? bits >>> 16 & 0x300 : 0x300;
    before.field(fx, 0);
    before.field(fx + 8, 0);
    before.field(fx + 16, 0);
    before.shortAt(fx + Layout.FCW, 0x40 | masks | precision | bits >>> 18 & 0xC00);
    int status = random.nextInt() & 0x7F00;
    int raised = random.nextInt(4) == 0 ? random.nextInt() & 0x7F : 0;
    boolean pending = (raised & ~masks & 0x3F) != 0;
    if (pending && random.nextInt(4) != 0) {
      raised &= masks | 0x40;
      pending = false;
    }
    before.shortAt(fx + Layout.FSW, status | raised | (pending ? 0x8080 : 0));
    int tags = random.nextInt();
    before.byteAt(
        fx + Layout.FTW, (tags & 0x700) == 0 ? tags & 0xFF : 0xFF & ~(tags >>> 24 & tags >>> 16));
    for (int i = 0; i < 8; i++) {
      int signExponent = values.signExponent();
      before.field(fx + Layout.ST + 16 * i, values.significand(signExponent));
      before.field(fx + Layout.ST + 16 * i + 8, signExponent);
    }
    int control = random.nextInt();
    int sseMasks = (control & 7) == 0 ? control >>> 8 & 0x1F80 : 0x1F80;
    int modes = (control & 0x18) == 0 ? control >>> 12 & 0xE040 : control >>> 12 & 0x6000;
    before.intAt(
        fx + Layout.MXCSR, sseMasks | modes | ((control & 0x60) == 0 ? control >>> 25 & 0x3F : 0));
    before.intAt(fx + Layout.MXCSR + 4, 0);
    before.copyFrom(fx + Layout.XMM, pool, 8 * random.nextInt(POOL / 8 - 32), 256);
  }

  /** An address, mostly of something. */
  private long target(long base, int size) {
    long data = base + Layout.DATA;
    int near = random.nextInt(64);
    return switch (random.nextInt(32)) {
      case 0 -> data - random.nextInt(1, 20);
      case 1, 2 -> data + Layout.DATA_SIZE - random.nextInt(1, 40);
      case 3, 4 -> data + Layout.PAGE - random.nextInt(1, 20);
      case 5 -> base + Layout.READ_ONLY + random.nextInt(0x1000);
      case 6 -> base + Layout.READ_ONLY + 0x1000 - random.nextInt(1, 20);
      case 7 -> code64 ? elsewhere(base) : elsewhere(base) & 0xEFFFFFFFL;
      case 8 -> data + near;
      case 9, 10, 11, 12 -> data + 0xE00 + random.nextInt(1024 - size);
      case 13 -> data + Layout.DATA_SIZE - 16 * (1 + (near & 3));
      case 14 -> base + Layout.CODE + random.nextInt(0x2000);
      default -> data + 0xE00 + 16 * random.nextInt(60);
    };
  }

  private long elsewhere(long base) {
    long any = random.nextLong();
    return switch ((int) any & 3) {
      case 0 -> any;
      case 1 -> 0x0000_8000_0000_0000L - (any >>> 60);
      case 2 -> -(any >>> 59);
      default -> base + Layout.DATA + 0x2000 + (any >>> 52);
    };
  }

  // ---- operands ----

  private void operands(Insn insn, Image before, long base) {
    implied(insn, before, base);
    for (Operand operand : insn.operands) {
      if (operand.kind() == Operand.Kind.MEM) {
        memoryOperand(insn, before, base, operand.size());
        contents(insn, before, base);
      } else if (operand.kind() == Operand.Kind.XMM) {
        int at = Layout.FX + Layout.XMM + 16 * operand.register();
        before.field(at, values.vector());
        before.field(at + 8, values.vector());
      }
    }
    if (insn.mnemonic == Mnemonic.CMPXCHG && random.nextBoolean()) {
      before.r(Cpu.RAX, before.r(insn.operands[0].register()));
    }
  }

  /** What instructions use that name no operand. */
  private void implied(Insn insn, Image before, long base) {
    boolean string = false;
    switch (insn.mnemonic) {
      case MOVS, CMPS, STOS, LODS, SCAS, MASKMOVQ, MASKMOVDQU -> {
        before.r(Cpu.RSI, target(base, 16) - Addresses.base(insn, before));
        before.r(Cpu.RDI, target(base, 16));
        string = insn.rep || insn.repne;
      }
      case XLAT ->
          before.r(
              Cpu.RBX, target(base, 1) - Addresses.base(insn, before) - (before.r(Cpu.RAX) & 0xFF));
      case LEAVE, ENTER -> before.r(Cpu.RBP, target(base, 8));
      case RET -> returnAddress(before, base);
      case LOOP, LOOPE, LOOPNE, JCXZ -> before.r(Cpu.RCX, random.nextInt(3));
      case DIV, IDIV -> dividend(insn, before);
      case CMPXCHG8B -> {
        // Equal now and then: what is compared stands in memory.
        if (random.nextBoolean()) {
          before.r(Cpu.RAX, before.field(Layout.ZONES + 64 + 512));
          before.r(Cpu.RDX, before.field(Layout.ZONES + 64 + 520));
        }
      }
      case BT, BTS, BTR, BTC -> {
        if (insn.operands[1].kind() == Operand.Kind.REG) {
          int register = insn.operands[1].register();
          before.r(
              register, random.nextInt(3) == 0 ? before.r(register) : random.nextInt(-4000, 4000));
        }
      }
      case SHLD, SHRD, SHL, SHR, SAR, ROL, ROR, RCL, RCR -> {
        if (random.nextBoolean()) {
          before.r(Cpu.RCX, before.r(Cpu.RCX) & ~0xFF | random.nextInt(70));
        }
      }
      case PCMPESTRI, PCMPESTRM -> {
        before.r(Cpu.RAX, random.nextInt(-20, 20));
        before.r(Cpu.RDX, random.nextInt(-20, 20));
      }
      default -> {}
    }
    if (string) {
      before.r(Cpu.RCX, random.nextInt(8) == 0 ? values.integer() : random.nextInt(20));
    }
  }

  /** So that quotients fit now and then. */
  private void dividend(Insn insn, Image before) {
    int size = insn.operands[0].size();
    switch (random.nextInt(4)) {
      case 0 -> before.r(Cpu.RDX, 0);
      case 1 -> before.r(Cpu.RDX, before.r(Cpu.RAX) << 64 - 8 * size >> 63);
      case 2 -> before.r(Cpu.RDX, random.nextInt(-3, 3));
      default -> {}
    }
    if (size == 1) {
      before.r(Cpu.RAX, before.r(Cpu.RAX) & ~0xFF00L | random.nextInt(16) << 8);
    }
  }

  private void returnAddress(Image before, long base) {
    long stack = base + Layout.DATA + 0xE00 + 8 * random.nextInt(120);
    before.r(Cpu.RSP, stack);
    int at = Layout.inRecord((int) (stack - base - Layout.DATA));
    before.field(
        at, random.nextInt(3) == 0 ? target(base, 1) : base + Layout.CODE + random.nextInt(0x1F00));
  }

  /** Sees to it that a memory operand lies at a target: by a register, or by the displacement. */
  private void memoryOperand(Insn insn, Image before, long base, int size) {
    if (insn.addressSize == 2) {
      return;
    }
    long target = target(base, Math.max(1, size));
    if (size == 512 && random.nextInt(4) != 0) {
      target = base + Layout.DATA + 0xE00 + 16 * random.nextInt(32);
    }
    target -= Addresses.base(insn, before);
    boolean hasBase = insn.base != Insn.NO_REGISTER && insn.base != Insn.RIP;
    boolean hasIndex = insn.index != Insn.NO_REGISTER;
    if (hasBase) {
      boolean both = insn.base == insn.index;
      if (hasIndex && !both && random.nextInt(4) != 0) {
        before.r(insn.index, random.nextInt(-300, 300));
      }
      if (both) {
        before.r(insn.base, (target - insn.displacement) / (1 + (1 << insn.scale)));
        return;
      }
      long index = hasIndex ? before.r(insn.index) << insn.scale : 0;
      before.r(insn.base, target - index - insn.displacement);
    } else if (hasIndex) {
      before.r(insn.index, target - insn.displacement >> insn.scale);
    } else if (insn.base == Insn.RIP) {
      displacement(insn, target - before.field(Layout.RIP) - insn.length, 4);
    } else {
      displacement(insn, target, insn.row.operands.contains("O") ? insn.addressSize : 4);
    }
  }

  /** Gives a memory operand a value of its own. */
  private void contents(Insn insn, Image before, long base) {
    int offset = (int) (Addresses.of(insn, before) - base - Layout.DATA);
    int at = Layout.inRecord(offset);
    if (at >= 0 && Layout.inRecord(offset + 15) == at + 15) {
      before.field(at, values.vector());
      before.field(at + 8, values.vector());
    }
  }

  /** Changes a displacement that stands alone: behind ModRM, or SIB, or the opcode. */
  private void displacement(Insn insn, long value, int size) {
    if (!isCoded) {
      return;
    }
    int at = coder.afterOpcode();
    if (!insn.row.operands.contains("O")) {
      at += (insn.modrm & 7) == 4 ? 2 : 1;
    }
    for (int i = 0; i < size; i++) {
      code[at + i] = (byte) (value >>> 8 * i);
    }
  }
}
