package dejavm.cpu.interpret;

import dejavm.cpu.Alu;
import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Operand;
import dejavm.memory.Mmu;

/** Access to the operands of a decoded instruction. */
final class Operands {
  private final Cpu c;

  Operands(Cpu cpu) {
    c = cpu;
  }

  /** The offset of the memory operand in its segment. */
  long offset(Insn in) {
    long sum = c.r[in.base & 31] + (c.r[in.index] << in.scale) + in.displacement;
    return switch (in.addressSize) {
      case 2 -> sum & 0xFFFF;
      case 4 -> sum & 0xFFFFFFFFL;
      default -> sum;
    };
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
