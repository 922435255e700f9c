package dejavm.cpu.interpret;

import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Insn;

/**
 * MMX, and the integer and bitwise instructions on XMM registers: what is available, and how
 * operands reach the static methods of {@code dejavm.cpu}.
 */
final class PackedOperations {
  PackedOperations(Cpu cpu, Operands operands, FloatOperations floats) {}

  /** Executes an instruction of {@link dejavm.cpu.decode.Row.Unit#PACKED}. */
  void execute(Insn in) {
    throw new UnsupportedInstruction(in);
  }
}
