package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.RAX;
import static dejavm.cpu.translate.Assembler.RCX;
import static dejavm.cpu.translate.Assembler.RDX;

import dejavm.cpu.decode.Insn;

/**
 * Instructions of the system: the time-stamp counter, which is a function of the ticks that have
 * passed; barriers, which have nothing to order here; and INVLPG, which has nothing to drop, since
 * the translation cache follows the tables.
 */
final class SystemEmitter {
  private final Emission e;
  private final Assembler a;
  private final FlagState flags;

  SystemEmitter(Emission emission) {
    e = emission;
    a = emission.a;
    flags = emission.flags;
  }

  /** Whether {@link #emit} knows an instruction. */
  boolean accepts(Insn in) {
    return switch (in.mnemonic) {
      case RDTSC, RDTSCP, LFENCE, MFENCE, SFENCE, INVLPG -> true;
      default -> false;
    };
  }

  void emit() {
    switch (e.in.mnemonic) {
      case RDTSC -> counter(false);
      case RDTSCP -> counter(true);
      case INVLPG -> {
        flags.clobber();
        e.settled();
        a.with(Assembler.CMP, 4, state(Workspace.PRIVILEGED), 0);
        e.interpretIf(Assembler.E);
      }
      default -> {}
    }
  }

  /** As {@code Cpu.tsc()}: the ticks times hertz over ticks a second, and the offset. */
  private void counter(boolean withNumber) {
    flags.clobber();
    e.settled();
    a.with(Assembler.CMP, 4, state(Workspace.FREE_TSC), 0);
    e.interpretIf(Assembler.E);
    a.lea(8, RDX, a.at(Emission.BUDGET, e.counted - e.number));
    a.load(8, RAX, state(Workspace.END));
    a.to(Assembler.SUB, 8, RAX, RDX);
    a.unary(Assembler.MUL, 8, state(Workspace.TSC_HERTZ));
    a.unary(Assembler.DIV, 8, state(Workspace.TICK_HERTZ));
    a.from(Assembler.ADD, 8, RAX, state(Workspace.TSC_OFFSET));
    a.copy(RDX, RAX);
    a.shift(Assembler.SHR, 8, RDX, 32);
    a.load(4, RAX, RAX);
    if (withNumber) {
      a.load(8, RCX, state(Workspace.TSC_AUX));
    }
  }

  private int state(int place) {
    return a.at(Emission.STATE, place);
  }
}
