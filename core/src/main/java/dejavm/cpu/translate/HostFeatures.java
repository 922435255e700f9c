package dejavm.cpu.translate;

/**
 * What instructions the host has beyond those that every x86-64 processor has, by the names of the
 * opcode table.
 *
 * <p>Source: SDM volume 2, CPUID, leaf 1.
 */
final class HostFeatures {
  private static final int TEST = -1;
  private static final int OSXSAVE = 1 << 27;
  private static final int AVX = 1 << 28;

  private final int ecx;
  private static final int X87_CONDITIONS = 0x4500;

  private final boolean logicClearsAf;
  private final boolean x87KeepsConditions;

  /**
   * @param ecx as CPUID's leaf 1 has it
   */
  HostFeatures(int ecx) {
    this.ecx = ecx;
    logicClearsAf = true;
    x87KeepsConditions = true;
  }

  /** Asks the host. */
  HostFeatures(Assembler a, CodeMemory memory, Workspace workspace) {
    a.begin(memory.here());
    NativeCode ask = new NativeCode(memory.here());
    a.push(Assembler.RBX);
    a.constant(Assembler.RAX, 1);
    a.byte1(0x0F);
    a.byte1(0xA2);
    a.store(4, a.at(Assembler.RDI, Workspace.SCRATCH), Assembler.RCX);
    a.pop(Assembler.RBX);
    a.constant(Assembler.RCX, 0);
    for (int operation : new int[] {Assembler.AND, Assembler.OR, Assembler.XOR, TEST}) {
      // A carry out of bit 3 sets AF.
      a.constant(Assembler.RAX, 15);
      a.with(Assembler.ADD, 1, Assembler.RAX, 1);
      if (operation == TEST) {
        a.test(4, Assembler.RAX, Assembler.RAX);
      } else {
        a.to(operation, 4, Assembler.RAX, Assembler.RAX);
      }
      a.flagsInto(Assembler.RDX);
      a.to(Assembler.OR, 4, Assembler.RCX, Assembler.RDX);
    }
    a.store(4, a.at(Assembler.RDI, Workspace.SCRATCH + 4), Assembler.RCX);
    askX87(a);
    a.ret();
    memory.append(a.bytes(), a.size());
    ask.run(workspace.base(), 0);
    ecx = workspace.int4(Workspace.SCRATCH);
    logicClearsAf = (workspace.int4(Workspace.SCRATCH + 4) & FlagState.AF) == 0;
    x87KeepsConditions = (workspace.int4(Workspace.SCRATCH + 8) & X87_CONDITIONS) == 0;
  }

  /** Whether C0, C2 and C3 change while the x87 calculates: the changes, at SCRATCH + 8. */
  private static void askX87(Assembler a) {
    a.constant(Assembler.RDX, 0);
    // FNINIT; FLD1; FLDZ; FDIVP: an infinity, of which FXAM makes C2 and C0; of 0 it makes C3.
    bytes(a, 0xDB, 0xE3, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9);
    for (int examined = 0; examined < 2; examined++) {
      // FXAM; FNSTSW AX.
      bytes(a, 0xD9, 0xE5, 0xDF, 0xE0);
      a.load(4, Assembler.RCX, Assembler.RAX);
      // FLD1; FLDPI; FADD, FMUL, FSUB, FDIV ST(0), ST(1); FXCH; FCHS; FABS; FSQRT; FRNDINT.
      bytes(a, 0xD9, 0xE8, 0xD9, 0xEB, 0xD8, 0xC1, 0xD8, 0xC9, 0xD8, 0xE1, 0xD8, 0xF1, 0xD9, 0xC9);
      bytes(a, 0xD9, 0xE0, 0xD9, 0xE1, 0xD9, 0xFA, 0xD9, 0xFC);
      // FISTP and FILD of 8 bytes, FST and FLD of 4; FSTP ST(1), three times.
      a.modrm(0xDF, 4, 7, a.at(Assembler.RDI, Workspace.SCRATCH + 8), 0);
      a.modrm(0xDF, 4, 5, a.at(Assembler.RDI, Workspace.SCRATCH + 8), 0);
      a.modrm(0xD9, 4, 2, a.at(Assembler.RDI, Workspace.SCRATCH + 8), 0);
      a.modrm(0xD9, 4, 0, a.at(Assembler.RDI, Workspace.SCRATCH + 8), 0);
      bytes(a, 0xDD, 0xD9, 0xDD, 0xD9, 0xDD, 0xD9, 0xDF, 0xE0);
      a.to(Assembler.XOR, 4, Assembler.RCX, Assembler.RAX);
      a.to(Assembler.OR, 4, Assembler.RDX, Assembler.RCX);
      // FLDZ.
      bytes(a, 0xD9, 0xEE);
    }
    a.store(4, a.at(Assembler.RDI, Workspace.SCRATCH + 8), Assembler.RDX);
    // FNINIT: as the calling convention wants the unit.
    bytes(a, 0xDB, 0xE3);
  }

  private static void bytes(Assembler a, int... bytes) {
    for (int b : bytes) {
      a.byte1(b);
    }
  }

  /**
   * Whether AND, OR, XOR and TEST clear AF, which the SDM leaves undefined and all are known to.
   */
  boolean logicClearsAf() {
    return logicClearsAf;
  }

  /**
   * Whether the x87's C0, C2 and C3 stay where the SDM leaves them undefined: after arithmetic,
   * loads and stores.
   */
  boolean x87KeepsConditions() {
    return x87KeepsConditions;
  }

  /** Whether registers wider than XMM registers can be in use. */
  boolean hasAvx() {
    return (ecx & (OSXSAVE | AVX)) == (OSXSAVE | AVX);
  }

  /** Whether the host has what a row of the table came with. */
  boolean has(String feature) {
    return switch (feature) {
      case "SSE", "SSE2" -> true;
      case "SSE3" -> bit(0);
      case "PCLMULQDQ" -> bit(1);
      case "SSSE3" -> bit(9);
      case "CX16" -> bit(13);
      case "SSE4.1" -> bit(19);
      case "SSE4.2" -> bit(20);
      case "POPCNT" -> bit(23);
      case "AES" -> bit(25);
      default -> false;
    };
  }

  private boolean bit(int number) {
    return (ecx >> number & 1) != 0;
  }
}
