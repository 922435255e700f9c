package dejavm.cpu.translate;

/**
 * What instructions the host has beyond those that every x86-64 processor has, by the names of the
 * opcode table.
 *
 * <p>Source: SDM volume 2, CPUID, leaf 1.
 */
final class HostFeatures {
  private static final int OSXSAVE = 1 << 27;
  private static final int AVX = 1 << 28;

  private final int ecx;

  /**
   * @param ecx as CPUID's leaf 1 has it
   */
  HostFeatures(int ecx) {
    this.ecx = ecx;
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
    a.ret();
    memory.append(a.bytes(), a.size());
    ask.run(workspace.base(), 0);
    ecx = workspace.int4(Workspace.SCRATCH);
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
