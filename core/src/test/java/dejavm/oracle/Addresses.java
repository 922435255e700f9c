package dejavm.oracle;

import dejavm.cpu.decode.Insn;

/** Effective addresses. */
final class Addresses {
  private Addresses() {}

  /** The effective address of the memory operand that ModRM names. */
  static long of(Insn insn, Image before) {
    long address = insn.displacement;
    if (insn.base == Insn.RIP) {
      address += before.field(Layout.RIP) + insn.length;
    } else if (insn.base != Insn.NO_REGISTER) {
      address += before.r(insn.base);
    }
    if (insn.index != Insn.NO_REGISTER) {
      address += before.r(insn.index) << insn.scale;
    }
    return switch (insn.addressSize) {
      case 2 -> address & 0xFFFF;
      case 4 -> address & 0xFFFFFFFFL;
      default -> address;
    };
  }
}
