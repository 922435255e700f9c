package dejavm.cpu.interpret;

import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Insn;

/**
 * Floating point in XMM registers: what is available, and how operands reach the static methods of
 * {@code dejavm.cpu}.
 */
final class SseOperations {
  SseOperations(Cpu cpu, Operands operands, FloatOperations floats) {}

  /** Executes an instruction of {@link dejavm.cpu.decode.Row.Unit#SSE}. */
  void execute(Insn in) {
    throw new UnsupportedInstruction(in);
  }
}
