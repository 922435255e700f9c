package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R10;
import static dejavm.cpu.translate.Assembler.R11;
import static dejavm.cpu.translate.Assembler.R9;
import static dejavm.cpu.translate.Assembler.RAX;
import static dejavm.cpu.translate.Assembler.RDX;

import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;

/** Multiplication and division. */
final class MultiplyEmitter {
  private final Emission e;
  private final Assembler a;
  private final FlagState flags;

  MultiplyEmitter(Emission emission) {
    e = emission;
    a = emission.a;
    flags = emission.flags;
  }

  /** Whether {@link #emit} knows an instruction. */
  boolean accepts(Insn in) {
    return switch (in.mnemonic) {
      case MUL, IMUL -> true;
      case DIV, IDIV -> in.operands[0].size() >= 4;
      default -> false;
    };
  }

  void emit() {
    switch (e.in.mnemonic) {
      case MUL -> intoPair(Assembler.MUL);
      case IMUL -> {
        if (e.in.operands.length == 1) {
          intoPair(Assembler.IMUL);
        } else {
          intoRegister();
        }
      }
      default -> divide(e.in.mnemonic == Mnemonic.IDIV);
    }
  }

  /** The accumulator and RDX are where the host's own instruction wants them. */
  private void intoPair(int operation) {
    Operand by = e.in.operands[0];
    int bytes = by.size();
    if (Emission.isMemory(by)) {
      e.access(bytes, false);
      a.unary(operation, bytes, e.memory());
    } else {
      int factor = e.value(by, R11);
      flags.clobber();
      a.unary(operation, bytes, factor);
    }
    productFlags(bytes, RAX);
  }

  private void intoRegister() {
    Insn in = e.in;
    Operand to = in.operands[0];
    Operand by = in.operands[1];
    int bytes = to.size();
    boolean constant = in.operands.length == 3;
    if (Emission.isMemory(by)) {
      e.access(bytes, false);
    } else {
      flags.clobber();
    }
    int target = constant ? Emission.target(to.register(), R11) : e.use(to.register(), R11);
    int factor = Emission.isMemory(by) ? -1 : e.use(by.register(), R10);
    int rm = factor < 0 ? e.memory() : factor;
    if (constant) {
      a.multiplyConstant(bytes, target, rm, (int) in.immediate);
    } else {
      a.multiply(bytes, target, rm);
    }
    e.result(to, target);
    productFlags(bytes, target);
  }

  /** CF and OF are the host's; SF, ZF and PF describe the low half, and AF is clear. */
  private void productFlags(int bytes, int low) {
    if (flags.liveAfter() == 0) {
      flags.home();
      return;
    }
    a.set(Assembler.O, R9);
    a.test(bytes, low, low);
    a.flagsInto(R10);
    a.with(Assembler.AND, 4, R10, FlagState.SF | FlagState.ZF | FlagState.PF);
    a.zeroExtend(1, R9, R9);
    a.unary(Assembler.NEG, 4, R9);
    a.with(Assembler.AND, 4, R9, FlagState.CF | FlagState.OF);
    a.to(Assembler.OR, 4, R10, R9);
    flags.store(R10);
  }

  /** Where the host would fault, or could, the interpreter decides. The flags stay. */
  private void divide(boolean signed) {
    Operand by = e.in.operands[0];
    int bytes = by.size();
    if (Emission.isMemory(by)) {
      e.access(bytes, false);
      a.load(bytes, R11, e.memory());
    } else {
      flags.clobber();
      e.settled();
      a.load(bytes, R11, e.use(by.register(), R11));
    }
    if (signed) {
      // RDX must be the sign of the accumulator, and the divisor neither 0 nor -1.
      a.load(bytes, R9, RAX);
      a.shift(Assembler.SAR, bytes, R9, 8 * bytes - 1);
      a.to(Assembler.CMP, bytes, R9, RDX);
      e.interpretIf(Assembler.NE);
      a.lea(bytes, R10, a.at(R11, 1));
      a.with(Assembler.CMP, bytes, R10, 1);
      e.interpretIf(Assembler.BE);
      a.unary(Assembler.IDIV, bytes, R11);
    } else {
      a.to(Assembler.CMP, bytes, RDX, R11);
      e.interpretIf(Assembler.AE);
      a.unary(Assembler.DIV, bytes, R11);
    }
  }
}
