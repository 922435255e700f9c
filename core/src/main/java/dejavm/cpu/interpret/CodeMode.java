package dejavm.cpu.interpret;

/** What code is decoded for: the same bytes are other instructions in another mode. */
enum CodeMode {
  CODE_16(16),
  CODE_32(32),
  FLAT_32(32),
  CODE_64(64),
  /** 64-bit code so near the edge of what is canonical that each jump's target is checked. */
  EDGE_64(64);

  /** Default size of operands or, for 64, the mode of that name. */
  final int bits;

  CodeMode(int bits) {
    this.bits = bits;
  }

  /** Whether specialised operations may be used: segments let all accesses pass. */
  boolean specialised() {
    return this == FLAT_32 || bits == 64;
  }
}
