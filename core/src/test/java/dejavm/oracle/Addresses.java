package dejavm.oracle;

import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Insn;

/** The addresses that instructions access. */
final class Addresses {
  private Addresses() {}

  /** What FS or GS is based at, if an instruction of 64-bit code names it; else 0. */
  static long base(Insn insn, Image before) {
    boolean based = insn.mode == 64 && insn.segment >= Cpu.FS;
    return based ? before.field(insn.segment == Cpu.FS ? Layout.FS_BASE : Layout.GS_BASE) : 0;
  }

  /** The linear address of the memory operand that ModRM names. */
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
    return base(insn, before)
        + switch (insn.addressSize) {
          case 2 -> address & 0xFFFF;
          case 4 -> address & 0xFFFFFFFFL;
          default -> address;
        };
  }
}
