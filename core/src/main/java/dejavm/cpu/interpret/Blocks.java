package dejavm.cpu.interpret;

import dejavm.cpu.Cpu;
import dejavm.cpu.Transfers;
import dejavm.cpu.decode.Insn;
import dejavm.memory.Mmu;

/**
 * Finds blocks of predecoded code by linear address, runs them one after the other, and knows where
 * the one under way lies.
 */
final class Blocks {
  private final Cpu cpu;
  private final Mmu mmu;
  private final CodeCache cache;
  private final Operations operations;

  private final Runner runner;
  private final Runner longRunner;

  /** Set by an instruction after which the outer loop is to look around. */
  boolean leave;

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
    runner = new BlockRunner(cpu, cache, this);
    longRunner = new LongBlockRunner(cpu, cache, this);
  }

  /**
   * Runs this block and those that follow it, until something needs the outer loop.
   *
   * <p>Time is exact everywhere: a block counts its instructions by where it is in the arena, and
   * is cut short where the slice ends.
   */
  void run(int first) {
    Cpu c = cpu;
    Runner code = c.code64() ? longRunner : runner;
    int budget = (int) Math.min(c.until - c.nowBase, Integer.MAX_VALUE >> 3) * CodeCache.WORDS;
    int spent = 0;
    int block = first;
    leave = false;
    do {
      start = c.rip;
      // So that the cursor counts all instructions since the bases were taken.
      c.cursorStart = block - spent;
      int end = block + Math.min(cache.code[block - 1], budget - spent);
      spent += code.execute(block, end) - block;
      block = leave || mmu.disturbed || spent >= budget ? 0 : next();
    } while (block != 0);
    c.nowBase += spent >> 2;
    c.retiredBase += spent >> 2;
    c.cursor = 0;
    c.cursorStart = 0;
  }

  /** The block to go on with; 0 where the outer loop has to. */
  private int next() {
    Cpu c = cpu;
    long linear = c.codeBase + c.rip;
    long inPage = linear - pageLinear;
    int block = Long.compareUnsigned(inPage, 4096) < 0 ? cache.tables[pageTable + (int) inPage] : 0;
    if (!c.flat) {
      return block == 0 || !inLimit(block) ? 0 : block;
    }
    // A walk may reach devices, and is made where an instruction is sure to follow.
    return block == 0 && mmu.fetchCached(linear) ? find(linear) : block;
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
      default -> Transfers.atEdge(linear) ? CodeMode.EDGE_64 : CodeMode.CODE_64;
    };
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

  /** Executes the instructions of a block. */
  interface Runner {
    /**
     * Executes instructions of one block, up to where its instructions, its budget or a reason to
     * look around end it; leaves {@code rip} at the next.
     *
     * @param first where the first one lies in the arena
     * @param end where not to go on
     * @return where the first one not executed lies
     */
    int execute(int first, int end);
  }
}
