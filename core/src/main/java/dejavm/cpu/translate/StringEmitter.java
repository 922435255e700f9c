package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R10;
import static dejavm.cpu.translate.Assembler.R11;
import static dejavm.cpu.translate.Assembler.R9;
import static dejavm.cpu.translate.Assembler.RAX;
import static dejavm.cpu.translate.Assembler.RCX;
import static dejavm.cpu.translate.Assembler.RDI;
import static dejavm.cpu.translate.Assembler.RSI;

import dejavm.cpu.Cpu;
import dejavm.cpu.Flags;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;

/**
 * The string instructions in ascending direction. Repeated ones go by the host's own, for as many
 * iterations at once as stay within a page and within the ticks that are left; between such
 * stretches all registers are as the guest may see them. Every iteration but the last takes a tick
 * of its own.
 */
final class StringEmitter {
  private static final int SOURCE = Workspace.SCRATCH + 8;

  private final Emission e;
  private final Assembler a;
  private final FlagState flags;

  StringEmitter(Emission emission) {
    e = emission;
    a = emission.a;
    flags = emission.flags;
  }

  /** Whether {@link #emit} knows an instruction of a mode. */
  boolean accepts(Insn in, Mode mode) {
    boolean usual = mode.flat() && in.addressSize * 8 == mode.bits();
    boolean repeated = in.rep || in.repne;
    return switch (in.mnemonic) {
      case STOS, SCAS -> usual;
      case MOVS, CMPS -> usual && Emission.isFlat(mode, in.segment);
      case LODS -> usual && !repeated;
      default -> false;
    };
  }

  void emit() {
    Insn in = e.in;
    flags.clobber();
    e.settled();
    a.testConstant(4, state(Workspace.SYSTEM_FLAGS), Flags.DF);
    e.interpretIf(Assembler.NE);
    if (in.rep || in.repne) {
      repeat();
      return;
    }
    int bytes = in.operandSize;
    switch (in.mnemonic) {
      case STOS -> {
        e.check(Cpu.ES, RDI, bytes, true);
        a.store(bytes, e.memory(), RAX);
      }
      case LODS -> {
        e.check(in.segment, RSI, bytes, false);
        a.load(bytes, RAX, e.memory());
      }
      case SCAS -> {
        e.check(Cpu.ES, RDI, bytes, false);
        a.from(Assembler.CMP, bytes, RAX, e.memory());
        flags.produced(FlagState.Kind.EXACT);
      }
      default -> {
        e.check(in.segment, RSI, bytes, false);
        a.load(bytes, R11, e.memory());
        a.store(8, state(SOURCE), R11);
        e.check(Cpu.ES, RDI, bytes, in.mnemonic == Mnemonic.MOVS);
        a.load(8, R11, state(SOURCE));
        if (in.mnemonic == Mnemonic.MOVS) {
          a.store(bytes, e.memory(), R11);
        } else {
          a.from(Assembler.CMP, bytes, R11, e.memory());
          flags.produced(FlagState.Kind.EXACT);
        }
      }
    }
    if (in.mnemonic != Mnemonic.LODS) {
      a.lea(width(), RDI, a.at(RDI, bytes));
    }
    if (in.mnemonic == Mnemonic.LODS || hasTwo(in)) {
      a.lea(width(), RSI, a.at(RSI, bytes));
    }
  }

  /** Both operands are in memory. */
  private static boolean hasTwo(Insn in) {
    return in.mnemonic == Mnemonic.MOVS || in.mnemonic == Mnemonic.CMPS;
  }

  private int width() {
    return e.mode.bits() == 64 ? 8 : 4;
  }

  private int state(int place) {
    return a.at(Emission.STATE, place);
  }

  private void repeat() {
    Insn in = e.in;
    int bytes = in.operandSize;
    boolean two = hasTwo(in);
    boolean compares = in.mnemonic == Mnemonic.SCAS || in.mnemonic == Mnemonic.CMPS;
    long top = a.here();
    a.test(8, RCX, RCX);
    int nothing = a.forward(Assembler.E);
    if (two) {
      e.checkMany(in.segment, RSI, bytes, false);
      a.store(8, state(SOURCE), R10);
    }
    e.checkMany(Cpu.ES, RDI, bytes, !compares);
    howMany(bytes, two);
    a.store(8, state(Workspace.SCRATCH), RCX);
    if (two) {
      a.from(Assembler.ADD, 8, RSI, state(SOURCE));
    }
    a.to(Assembler.ADD, 8, RDI, R10);
    a.copy(RCX, R11);
    a.byte1(in.repne && compares ? 0xF2 : 0xF3);
    host(in.mnemonic, bytes);
    if (compares) {
      a.flagsInto(R9);
      a.to(Assembler.SUB, 4, R11, RCX);
    }
    a.to(Assembler.SUB, 8, RDI, R10);
    if (two) {
      a.from(Assembler.SUB, 8, RSI, state(SOURCE));
    }
    a.load(8, RCX, state(Workspace.SCRATCH));
    a.to(Assembler.SUB, 8, RCX, R11);
    int exhausted = a.forward(Assembler.E);
    int decided = compares ? decision(in) : 0;
    spend();
    // Not below zero: there are ticks for more.
    a.jumpIf(Assembler.NS, top);
    e.leaveBetween();
    a.land(exhausted);
    if (compares) {
      a.land(decided);
      flags.store(R9);
    }
    a.with(Assembler.SUB, 4, R11, 1);
    spend();
    a.land(nothing);
    flags.home();
  }

  /** R11 iterations have taken a tick each; the host's sign flag tells whether none is left. */
  private void spend() {
    a.to(Assembler.ADD, 4, state(Workspace.EXTRA), R11);
    a.to(Assembler.SUB, 4, Emission.BUDGET, R11);
  }

  /** REPNE ends at what is equal, REPE at what is not. */
  private int decision(Insn in) {
    a.testConstant(4, R9, FlagState.ZF);
    return a.forward(in.repne ? Assembler.NE : Assembler.E);
  }

  /** R11 gets how many iterations stay within the pages, the count, and the ticks left. */
  private void howMany(int bytes, boolean two) {
    untilPageEnd(R11, RDI, bytes);
    if (two) {
      untilPageEnd(R9, RSI, bytes);
      atMost(4, R9);
    }
    atMost(8, RCX);
    a.lea(4, R9, a.at(Emission.BUDGET, 1));
    atMost(4, R9);
  }

  private void untilPageEnd(int to, int address, int bytes) {
    a.load(4, to, address);
    a.with(Assembler.OR, 4, to, ~0xFFF);
    a.unary(Assembler.NEG, 4, to);
    if (bytes > 1) {
      a.shift(Assembler.SHR, 4, to, Integer.numberOfTrailingZeros(bytes));
    }
  }

  private void atMost(int bytes, int limit) {
    a.to(Assembler.CMP, bytes, R11, limit);
    a.moveIf(Assembler.A, 8, R11, limit);
  }

  private void host(Mnemonic mnemonic, int bytes) {
    if (bytes == 2) {
      a.byte1(0x66);
    } else if (bytes == 8) {
      a.byte1(0x48);
    }
    int opcode =
        switch (mnemonic) {
          case MOVS -> 0xA4;
          case STOS -> 0xAA;
          case CMPS -> 0xA6;
          default -> 0xAE;
        };
    a.byte1(bytes == 1 ? opcode : opcode | 1);
  }
}
