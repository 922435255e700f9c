package dejavm.cpu.interpret;

import dejavm.cpu.Alu;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.Fault;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Operand;
import dejavm.memory.Mmu;

/** Access to the operands of a decoded instruction. */
final class Operands {
  private final Cpu c;

  /** The halves of what {@link #read128} read. */
  long low;

  long high;

  Operands(Cpu cpu) {
    c = cpu;
  }

  /** The offset of the memory operand in its segment. */
  long offset(Insn in) {
    long base = in.base == Insn.RIP ? c.nextRip : c.r[in.base];
    long sum = base + (c.r[in.index] << in.scale) + in.displacement;
    return Alu.truncate(sum, in.addressSize);
  }

  /** The linear address of the memory operand, checked against its segment. */
  long linear(Insn in, int size, boolean write) {
    return c.linear(in.segment, offset(in), size, write);
  }

  /** Reads an operand, zero-extended; immediates are as decoded, sign-extended. */
  long read(Insn in, int index) {
    Operand operand = in.operands[index];
    return switch (operand.kind()) {
      case REG -> Alu.truncate(c.r[operand.register()], operand.size());
      case HIGH -> c.r[operand.register()] >>> 8 & 0xFF;
      case MEM -> c.mmu.load(linear(in, operand.size(), false), operand.size());
      case SEGMENT -> c.selector[operand.register()];
      case IMM, REL, FAR -> in.immediate;
      default -> throw new UnsupportedInstruction(in);
    };
  }

  void write(Insn in, int index, long value) {
    Operand operand = in.operands[index];
    switch (operand.kind()) {
      case REG -> Alu.write(c, operand.register(), value, operand.size());
      case HIGH -> high(operand.register(), value);
      case MEM -> c.mmu.store(linear(in, operand.size(), true), operand.size(), value);
      default -> throw new UnsupportedInstruction(in);
    }
  }

  // ---- XMM and MMX ----

  /** What precedes every instruction on XMM registers. */
  void sseAvailable() {
    if ((c.cr0 & ControlRegisters.CR0_EM) != 0 || (c.cr4 & ControlRegisters.CR4_OSFXSR) == 0) {
      throw Fault.ud();
    }
    if ((c.cr0 & ControlRegisters.CR0_TS) != 0) {
      throw Fault.of(Fault.NM);
    }
  }

  /**
   * Reads an XMM register, or 16 bytes of memory, into {@link #low} and {@link #high}.
   *
   * @param aligned whether memory must be aligned, else #GP(0)
   */
  void read128(Insn in, int index, boolean aligned) {
    Operand operand = in.operands[index];
    if (operand.kind() == Operand.Kind.XMM) {
      low = c.xmm[2 * operand.register()];
      high = c.xmm[2 * operand.register() + 1];
      return;
    }
    requireAligned(in, aligned);
    long linear = linear(in, 16, false);
    c.mmu.probe(linear, 16, Mmu.READ);
    low = c.mmu.load64(linear);
    high = c.mmu.load64(c.wrap(linear + 8));
  }

  /** Writes an XMM register, or 16 bytes of memory; see {@link #read128}. */
  void write128(Insn in, int index, long newLow, long newHigh, boolean aligned) {
    Operand operand = in.operands[index];
    if (operand.kind() == Operand.Kind.XMM) {
      c.xmm[2 * operand.register()] = newLow;
      c.xmm[2 * operand.register() + 1] = newHigh;
      return;
    }
    requireAligned(in, aligned);
    long linear = linear(in, 16, true);
    c.mmu.probe(linear, 16, Mmu.WRITE);
    c.mmu.store64(linear, newLow);
    c.mmu.store64(c.wrap(linear + 8), newHigh);
  }

  private void requireAligned(Insn in, boolean aligned) {
    if (aligned) {
      requireAligned(in);
    }
  }

  /** #GP(0) unless memory is aligned to 16 bytes; comes before whether the address is canonical. */
  void requireAligned(Insn in) {
    boolean based = !c.code64() || in.segment >= Cpu.FS;
    if (((based ? c.base[in.segment] : 0) + offset(in) & 15) != 0) {
      throw Fault.gp(0);
    }
  }

  /**
   * Reads the low bytes of an XMM register or the bytes of memory, zero-extended, or an MMX
   * register.
   *
   * @param size 1, 2, 4 or 8
   */
  long readLow(Insn in, int index, int size) {
    Operand operand = in.operands[index];
    return switch (operand.kind()) {
      case XMM -> Alu.truncate(c.xmm[2 * operand.register()], size);
      case MM -> Alu.truncate(c.x87.significand[operand.register()], size);
      default -> c.mmu.load(linear(in, size, false), size);
    };
  }

  /** Writes an MMX register: its sign and exponent become ones. */
  void writeMmx(int register, long value) {
    c.x87.significand[register] = value;
    c.x87.signExponent[register] = 0xFFFF;
  }

  private void high(int register, long value) {
    c.r[register] = c.r[register] & ~0xFF00L | (value & 0xFF) << 8;
  }

  /** Reads an operand that will be written: where it is memory, its rights are checked for both. */
  long readForWrite(Insn in, int index) {
    Operand operand = in.operands[index];
    if (operand.kind() != Operand.Kind.MEM) {
      return read(in, index);
    }
    return c.mmu.loadForWrite(linear(in, operand.size(), true), operand.size());
  }

  /** Checks that a memory operand can be read, without reading it. */
  void probeRead(Insn in, int index) {
    int size = in.operands[index].size();
    c.mmu.probe(linear(in, size, false), size, Mmu.READ);
  }

  /** Checks that an operand can be written, without writing it. */
  void probeWrite(Insn in, int index) {
    Operand operand = in.operands[index];
    if (operand.kind() == Operand.Kind.MEM) {
      c.mmu.probe(linear(in, operand.size(), true), operand.size(), Mmu.WRITE);
    }
  }

  boolean isMemory(Insn in, int index) {
    return in.operands[index].kind() == Operand.Kind.MEM;
  }
}
