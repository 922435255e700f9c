package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R10;
import static dejavm.cpu.translate.Assembler.R11;
import static dejavm.cpu.translate.Assembler.R9;
import static dejavm.cpu.translate.Assembler.RCX;

import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Operand.Kind;

/** Shifts, rotates, and the instructions on single bits. */
final class ShiftEmitter {
  private final Emission e;
  private final Assembler a;
  private final FlagState flags;

  ShiftEmitter(Emission emission) {
    e = emission;
    a = emission.a;
    flags = emission.flags;
  }

  /**
   * Whether {@link #emit} knows an instruction. Counts beyond the operand's width, which leave much
   * undefined, are the interpreter's.
   */
  boolean accepts(Insn in) {
    return switch (in.mnemonic) {
      case SHL, SHR, SAR -> !Emission.isHigh(in.operands[0]) && (isConstant(in) || isWide(in));
      case ROL, ROR -> !Emission.isHigh(in.operands[0]) && isConstant(in);
      case SHLD, SHRD -> in.operands[0].size() >= 4;
      case BT, BTS, BTR, BTC -> true;
      case BSF, BSR -> true;
      default -> false;
    };
  }

  private static boolean isConstant(Insn in) {
    return in.operands[1].kind() == Kind.IMM && count(in) < 8 * in.operands[0].size();
  }

  private static boolean isWide(Insn in) {
    return in.operands[0].size() >= 4 && in.operands[1].kind() != Kind.IMM;
  }

  private static int count(Insn in) {
    return (int) in.immediate & (in.operands[0].size() == 8 ? 63 : 31);
  }

  void emit() {
    Insn in = e.in;
    switch (in.mnemonic) {
      case SHL -> shift(Assembler.SHL);
      case SHR -> shift(Assembler.SHR);
      case SAR -> shift(Assembler.SAR);
      case ROL -> rotate(Assembler.ROL);
      case ROR -> rotate(Assembler.ROR);
      case SHLD -> doubleShift(0xA4);
      case SHRD -> doubleShift(0xAC);
      case BT -> bit(4);
      case BTS -> bit(5);
      case BTR -> bit(6);
      case BTC -> bit(7);
      default -> scan(in.mnemonic == Mnemonic.BSF ? 0xBC : 0xBD);
    }
  }

  // ---- shifts ----

  private void shift(int operation) {
    if (e.in.operands[1].kind() != Kind.IMM) {
      shiftByCl(operation);
      return;
    }
    int count = count(e.in);
    if (count == 0) {
      nothing();
      return;
    }
    Operand to = e.in.operands[0];
    int place = begin(to);
    a.shift(operation, to.size(), place < 0 ? e.memory() : place, count);
    finish(to, place);
    flags.produced(
        count == 1
            ? FlagState.Kind.NO_AF
            : operation == Assembler.SHL ? FlagState.Kind.LEFT : FlagState.Kind.NO_OF);
  }

  /** Makes the access, or loads the register; -1 where it is memory. The old flags end here. */
  private int begin(Operand to) {
    if (Emission.isMemory(to)) {
      e.access(to.size(), true);
      return -1;
    }
    flags.clobber();
    return e.use(to.register(), R11);
  }

  private void finish(Operand to, int place) {
    if (place >= 0) {
      e.result(to, place);
    }
  }

  /** A count of zero changes nothing but the upper half of a register of 32 bits. */
  private void nothing() {
    Operand to = e.in.operands[0];
    if (Emission.isMemory(to)) {
      e.access(to.size(), true);
    } else if (to.size() == 4) {
      int target = Emission.target(to.register(), R11);
      a.load(4, target, e.use(to.register(), R11));
      e.commit(to.register(), target);
    }
  }

  /** By CL: where that is zero, the flags stay. */
  private void shiftByCl(int operation) {
    Operand to = e.in.operands[0];
    int bytes = to.size();
    int place = begin(to);
    if (place < 0) {
      a.shiftByCl(operation, bytes, e.memory());
      a.load(4, R9, RCX);
    } else {
      // The count may itself be what is shifted.
      a.load(4, R9, RCX);
      a.shiftByCl(operation, bytes, place);
      e.result(to, place);
    }
    if (flags.liveAfter() == 0) {
      return;
    }
    a.flagsInto(R10);
    a.with(Assembler.AND, 4, R9, bytes == 8 ? 63 : 31);
    int unchanged = a.forward(Assembler.E);
    if (operation == Assembler.SHL) {
      flags.overflowFromSign(R10);
    } else {
      overflowOfOne();
    }
    flags.store(R10);
    a.land(unchanged);
    flags.home();
  }

  /** OF is what the host says where the count, in R9, is one, and clear where it is more. */
  private void overflowOfOne() {
    a.with(Assembler.AND, 4, R10, ~FlagState.AF);
    a.with(Assembler.CMP, 4, R9, 1);
    int one = a.forward(Assembler.E);
    a.with(Assembler.AND, 4, R10, ~FlagState.OF);
    a.land(one);
  }

  private void rotate(int operation) {
    int count = count(e.in);
    if (count == 0) {
      nothing();
      return;
    }
    Operand to = e.in.operands[0];
    int bytes = to.size();
    int place = begin(to);
    if (place < 0) {
      a.lea(8, R9, e.memory());
      a.shift(operation, bytes, a.at(R9, 0), count);
      if (flags.liveAfter() != 0) {
        a.load(bytes, R11, a.at(R9, 0));
        place = R11;
      }
    } else {
      a.shift(operation, bytes, place, count);
      e.result(to, place);
    }
    if (flags.liveAfter() != 0) {
      rotationFlags(operation, bytes, place);
    }
  }

  /** CF and OF follow from the result; the others are at home and stay. */
  private void rotationFlags(int operation, int bytes, int result) {
    a.copy(R11, result);
    int top = 8 * bytes - 1;
    // R10 gets the bit that is CF, R11 the one that CF is compared with for OF.
    a.copy(R10, R11);
    if (operation == Assembler.ROL) {
      a.shift(Assembler.SHR, 8, R11, top);
    } else {
      a.shift(Assembler.SHR, 8, R10, top);
      a.shift(Assembler.SHR, 8, R11, top - 1);
    }
    a.with(Assembler.AND, 4, R10, 1);
    a.to(Assembler.XOR, 4, R11, R10);
    a.with(Assembler.AND, 4, R11, 1);
    a.shift(Assembler.SHL, 4, R11, 11);
    a.to(Assembler.OR, 4, R11, R10);
    flags.load(R10);
    a.with(Assembler.AND, 4, R10, ~(FlagState.CF | FlagState.OF));
    a.to(Assembler.OR, 4, R10, R11);
    flags.store(R10);
  }

  private void doubleShift(int opcode) {
    Operand to = e.in.operands[0];
    Operand from = e.in.operands[1];
    if (e.in.operands[2].kind() != Kind.IMM) {
      doubleShiftByCl(opcode | 1, to, from);
      return;
    }
    int count = count(e.in);
    if (count == 0) {
      nothing();
      return;
    }
    int place = begin(to);
    if (place < 0) {
      a.lea(8, R9, e.memory());
      int source = e.use(from.register(), R10);
      a.modrm(Assembler.MAP_0F | opcode, to.size(), source, a.at(R9, 0), 0);
    } else {
      int source = e.use(from.register(), R10);
      a.modrm(Assembler.MAP_0F | opcode, to.size(), source, place, 0);
    }
    a.byte1(count);
    finish(to, place);
    if (flags.liveAfter() == 0) {
      return;
    }
    if (opcode == 0xA4) {
      flags.produced(FlagState.Kind.LEFT);
      return;
    }
    a.flagsInto(R10);
    if (place < 0) {
      a.load(to.size(), R11, a.at(R9, 0));
    } else {
      a.copy(R11, place);
    }
    overflowOfRight(to.size());
    flags.store(R10);
  }

  /** OF, in R10, tells whether the last step changed the sign of what R11 holds. R9 is lost. */
  private void overflowOfRight(int bytes) {
    a.load(8, R9, R11);
    a.shift(Assembler.SHL, bytes, R9, 1);
    a.to(Assembler.XOR, bytes, R9, R11);
    a.shift(Assembler.SHR, bytes, R9, 8 * bytes - 1);
    a.shift(Assembler.SHL, 4, R9, 11);
    a.with(Assembler.AND, 4, R10, ~(FlagState.OF | FlagState.AF));
    a.to(Assembler.OR, 4, R10, R9);
  }

  /** By CL: where that is zero, the flags stay. */
  private void doubleShiftByCl(int opcode, Operand to, Operand from) {
    int bytes = to.size();
    int place = begin(to);
    if (place < 0) {
      a.lea(8, R9, e.memory());
      a.modrm(Assembler.MAP_0F | opcode, bytes, e.use(from.register(), R10), a.at(R9, 0), 0);
      if (flags.liveAfter() != 0) {
        a.load(bytes, R11, a.at(R9, 0));
      }
      a.load(4, R9, RCX);
    } else {
      // The count may itself be what is shifted.
      a.load(4, R9, RCX);
      a.modrm(Assembler.MAP_0F | opcode, bytes, e.use(from.register(), R10), place, 0);
      e.result(to, place);
      if (flags.liveAfter() != 0) {
        a.copy(R11, place);
      }
    }
    if (flags.liveAfter() == 0) {
      return;
    }
    a.flagsInto(R10);
    a.with(Assembler.AND, 4, R9, bytes == 8 ? 63 : 31);
    int unchanged = a.forward(Assembler.E);
    if (opcode == 0xA5) {
      flags.overflowFromSign(R10);
    } else {
      overflowOfRight(bytes);
    }
    flags.store(R10);
    a.land(unchanged);
    flags.home();
  }

  // ---- bits ----

  private void bit(int operation) {
    Operand to = e.in.operands[0];
    int bytes = to.size();
    boolean changes = operation != 4;
    if (e.in.operands[1].kind() == Kind.IMM) {
      int number = (int) e.in.immediate & 8 * bytes - 1;
      if (Emission.isMemory(to)) {
        e.access(bytes, changes);
        a.bit(operation, bytes, e.memory(), number);
      } else {
        flags.clobber();
        int place = e.use(to.register(), R11);
        a.bit(operation, bytes, place, number);
        if (changes) {
          e.result(to, place);
        }
      }
    } else {
      bitByRegister(to, operation, bytes);
    }
    if (flags.liveAfter() != 0) {
      flags.storeCarry();
    }
  }

  private void bitByRegister(Operand to, int operation, int bytes) {
    boolean changes = operation != 4;
    int opcode = Assembler.MAP_0F | 0x83 | operation << 3;
    int index = e.in.operands[1].register();
    if (!Emission.isMemory(to)) {
      flags.clobber();
      int place = e.use(to.register(), R11);
      a.modrm(opcode, bytes, e.use(index, R10), place, 0);
      if (changes) {
        e.result(to, place);
      }
      return;
    }
    flags.clobber();
    e.settled();
    // The word that holds the bit, which may be any distance away.
    a.copy(R9, e.offsetOfOperand());
    int from = e.use(index, R10);
    if (bytes == 8) {
      a.copy(R11, from);
    } else {
      a.signExtend(bytes, 8, R11, from);
    }
    a.shift(Assembler.SAR, 8, R11, bytes == 2 ? 4 : bytes == 4 ? 5 : 6);
    a.lea(e.in.addressSize == 8 ? 8 : 4, R9, a.at(R9, R11, bytes == 2 ? 1 : bytes == 4 ? 2 : 3, 0));
    if (e.in.addressSize == 2) {
      a.zeroExtend(2, R9, R9);
    }
    e.check(e.in.segment, R9, bytes, changes);
    a.lea(8, R9, e.memory());
    a.copy(R11, e.use(index, R11));
    a.with(Assembler.AND, 4, R11, 8 * bytes - 1);
    a.load(bytes, R10, a.at(R9, 0));
    a.modrm(opcode, bytes, R11, R10, 0);
    if (changes) {
      a.store(bytes, a.at(R9, 0), R10);
    }
  }

  /** Without a bit that is set the destination stays as it is. */
  private void scan(int opcode) {
    Operand to = e.in.operands[0];
    Operand from = e.in.operands[1];
    int bytes = to.size();
    if (Emission.isMemory(from)) {
      e.access(bytes, false);
      a.load(bytes, R11, e.memory());
    } else {
      flags.clobber();
      a.copy(R11, e.use(from.register(), R11));
    }
    a.test(bytes, R11, R11);
    flags.produced(flags.logic());
    if (flags.held() != FlagState.Kind.NONE) {
      flags.settle();
      a.test(bytes, R11, R11);
    }
    int none = a.forward(Assembler.E);
    int target = Emission.target(to.register(), R9);
    a.modrm(Assembler.MAP_0F | opcode, bytes, target, R11, 0);
    e.result(to, target);
    a.land(none);
  }
}
