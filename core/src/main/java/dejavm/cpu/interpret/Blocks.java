package dejavm.cpu.interpret;

import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Insn;
import dejavm.memory.Mmu;

/**
 * Finds blocks of predecoded code by linear address, and knows where the one under way lies. What
 * the loops that run blocks have in common.
 */
final class Blocks {
  /** Relative jumps reach this far. */
  private static final long REACH = 1L << 32;

  /** The first address above the lower half of what is canonical. */
  private static final long EDGE = 1L << 47;

  private final Cpu cpu;
  private final Mmu mmu;
  private final CodeCache cache;
  private final Operations operations;

  /** The address in CS at which the block under way starts. */
  long start;

  /** The page that code runs in: its linear address, and its table in the cache. */
  long pageLinear;

  int pageTable;

  Blocks(Cpu cpu, CodeCache cache, Operations operations) {
    this.cpu = cpu;
    this.cache = cache;
    this.operations = operations;
    mmu = cpu.mmu;
  }

  /** The block where the CPU is; 0 where there can be none. */
  int here() {
    Cpu c = cpu;
    int block = find(c.wrap(c.codeBase + c.rip));
    return block == 0 || !c.flat && !inLimit(block) ? 0 : block;
  }

  /** The address in CS of the instruction under way. */
  long rip() {
    return cpu.wrap(start + (cache.code[cpu.cursor + 3] & 0xFFF));
  }

  /** Near the segment's limit there are no blocks: every fetch is checked. */
  boolean inLimit(int block) {
    int length = cache.code[block + cache.code[block - 1] + 3];
    return cpu.rip + length - 1 <= cpu.high[Cpu.CS] && cpu.rip >= cpu.low[Cpu.CS];
  }

  /** The block at a linear address, decoded now if need be; 0 where there can be none. */
  int find(long linear) {
    long offset = mmu.fetch(linear);
    // Where the walk reaches devices, or the code is in one, each instruction is fetched by itself.
    if (offset < 0 || !mmu.fetchCached(linear)) {
      return 0;
    }
    int page = (int) (offset >>> 12);
    CodeMode mode = mode(linear);
    int inPage = (int) linear & 0xFFF;
    pageTable = cache.table(page, mode);
    pageLinear = linear & ~0xFFFL;
    int block = cache.tables[pageTable + inPage];
    if (block == 0 && !cache.full()) {
      block = cache.build(page, inPage, mode);
    }
    return block;
  }

  private CodeMode mode(long linear) {
    return switch (cpu.codeSize) {
      case 16 -> CodeMode.CODE_16;
      case 32 -> cpu.flat ? CodeMode.FLAT_32 : CodeMode.CODE_32;
      default -> atEdge(linear) ? CodeMode.EDGE_64 : CodeMode.CODE_64;
    };
  }

  /** Whether a relative jump may lead from here to an address that is not canonical. */
  static boolean atEdge(long linear) {
    long magnitude = linear < 0 ? ~linear : linear;
    return magnitude >= EDGE - REACH;
  }

  /** Executes the instruction at {@code pc} of the arena from its decoded form. */
  boolean generic(int pc) {
    Cpu c = cpu;
    int descriptor = cache.code[pc + 3];
    Insn insn = cache.form(descriptor);
    c.rip = c.wrap(start + (descriptor & 0xFFF));
    c.nextRip = c.wrap(c.rip + insn.length);
    return operations.execute(insn);
  }
}
