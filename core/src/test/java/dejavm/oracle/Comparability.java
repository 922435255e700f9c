package dejavm.oracle;

import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Row;

/**
 * Which instructions two processors must agree about, and which only some models have or the
 * operating system answers for.
 */
final class Comparability {
  private static final int LINE = 64;

  /** The vector by which programs enter Linux. */
  private static final int SYSTEM_CALL = 0x80;

  private static final int MANY_PREFIXES = 4;

  private Comparability() {}

  /** Whether the instructions of a row can be compared at all. */
  static boolean of(Row row) {
    return switch (row.mnemonic) {
      // tell of the processor, of time, of chance
      case CPUID, RDTSC, RDTSCP, RDPMC, RDRAND, RDSEED, XGETBV, XSETBV, XSAVE, XRSTOR -> false;
      // enter the operating system, or are emulated by it
      case SYSCALL, SYSENTER, SYSEXIT, SYSRET, SGDT, SIDT, SLDT, STR, SMSW -> false;
      // load or look at descriptors, which are the operating system's
      case CALLF, JMPF, RETF, IRET, LES, LDS, LSS, LFS, LGS, LAR, LSL, VERR, VERW -> false;
      // approximations that differ between models
      case RCPPS, RCPSS, RSQRTPS, RSQRTSS -> false;
      case F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN, FSIN, FCOS, FSINCOS -> false;
      default -> true;
    };
  }

  /** Whether an instruction can be compared. */
  static boolean of(Insn insn, byte[] code) {
    return switch (insn.mnemonic) {
      case INVALID -> insn.tooLong || isInvalid(code, insn.mode == 64);
      // TZCNT and LZCNT for who has them
      case BSF, BSR -> !insn.rep;
      // segment registers
      case MOV -> insn.operands[0].kind() != Operand.Kind.SEGMENT;
      case POP -> insn.operands[0].kind() != Operand.Kind.SEGMENT;
      case JCC, JMP, CALL, LOOP, LOOPE, LOOPNE, JCXZ -> !intoItself(insn);
      case INT -> (insn.immediate & 0xFF) != SYSTEM_CALL;
      case PUSHF, POPF -> true;
      default -> of(insn.row);
    };
  }

  /**
   * Whether two processors must agree about an instruction in a state. Not about 32-bit accesses
   * that reach the end of the address space (SDM volume 3, 6.3), and the host hangs when a locked
   * access crosses a cache line.
   */
  static boolean of(Insn insn, Image before) {
    for (Operand operand : insn.operands) {
      if (operand.kind() == Operand.Kind.MEM) {
        boolean locked = insn.lock || insn.mnemonic == Mnemonic.XCHG;
        long address = Addresses.of(insn, before);
        if (!before.is64() && address > 0xFFFFF000L) {
          return false;
        }
        if (locked) {
          int inLine = (int) (address + bitString(insn, before)) & LINE - 1;
          return inLine + operand.size() <= LINE;
        }
      }
    }
    return true;
  }

  /**
   * Whether what is no instruction of ours is none of the host's either: not where later processors
   * have instructions, nor where the operating system or a hypervisor may answer.
   */
  private static boolean isInvalid(byte[] code, boolean code64) {
    int at = 0;
    boolean repeated = false;
    while (at < Decoder.MAX_LENGTH && isPrefix(code[at] & 0xFF, code64)) {
      repeated |= (code[at] & 0xFE) == 0xF2;
      at++;
    }
    if (at > MANY_PREFIXES) {
      // What is no instruction may still be too long to be one.
      return false;
    }
    int opcode = code[at] & 0xFF;
    int second = code[at + 1] & 0xFF;
    int third = code[at + 2] & 0xFF;
    return switch (opcode) {
      // VEX and EVEX
      case 0xC4, 0xC5, 0x62 -> false;
      // XABORT and XBEGIN
      case 0xC6, 0xC7 -> second != 0xF8;
      case 0x0F ->
          switch (second) {
            // SYSCALL and its kin, VMX, SMX, all that 0F 01, 0F AE and 0F C7 have become
            case 0x01, 0x05, 0x07, 0x34, 0x35, 0x37, 0x78, 0x79, 0xAE, 0xC7 -> false;
            case 0x38 -> third < 0x80 && !repeated || third >= 0x90 && third < 0xC0;
            case 0x3A -> third < 0xC0;
            default -> true;
          };
      default -> true;
    };
  }

  private static boolean isPrefix(int code, boolean code64) {
    return switch (code) {
      case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3 -> true;
      default -> code64 && code >> 4 == 4;
    };
  }

  /** How far from its address BTS and its kin access memory. */
  private static long bitString(Insn insn, Image before) {
    Operand last = insn.operands[insn.operands.length - 1];
    boolean indexed =
        switch (insn.mnemonic) {
          case BT, BTS, BTR, BTC -> last.kind() == Operand.Kind.REG;
          default -> false;
        };
    int unused = 64 - 8 * last.size();
    return indexed ? (before.r(last.register()) << unused >> unused) >> 3 & -last.size() : 0;
  }

  /** A branch to its own bytes may never end. */
  private static boolean intoItself(Insn insn) {
    if (insn.operands[0].kind() != Operand.Kind.REL) {
      return false;
    }
    long distance = insn.immediate + insn.length;
    return distance >= 0 && distance < insn.length;
  }
}
