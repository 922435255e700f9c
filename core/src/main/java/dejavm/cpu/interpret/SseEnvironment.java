package dejavm.cpu.interpret;

import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.Fault;
import dejavm.cpu.SseStatus;

/** What surrounds every computation of SSE: MXCSR before it, and exceptions after it. */
final class SseEnvironment {
  private final Cpu c;
  final SseStatus status = new SseStatus();

  SseEnvironment(Cpu cpu) {
    c = cpu;
  }

  /** The status for a new instruction. */
  SseStatus begin() {
    status.begin(c.mxcsr);
    return status;
  }

  /**
   * Notes exceptions in MXCSR.
   *
   * @throws Fault where one of them is unmasked: the destination stays, but the flags do not
   */
  void finish() {
    if (status.raised() != 0) {
      c.mxcsr |= status.raised();
      if (status.faults()) {
        throw Fault.of((c.cr4 & ControlRegisters.CR4_OSXMMEXCPT) != 0 ? Fault.XM : Fault.UD);
      }
    }
  }
}
