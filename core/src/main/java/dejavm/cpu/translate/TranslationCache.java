package dejavm.cpu.translate;

import dejavm.memory.CodeBytes;
import dejavm.memory.CodeWatcher;
import dejavm.memory.Mmu;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Finds translated blocks by page of memory, mode and offset in the page. Only jumps within a page
 * are direct: a write to a byte that holds code drops all blocks of the page, and once the jump
 * caches are empty nothing leads to them any more. A block never leaves its page, but for one that
 * is a single instruction that does; it asks the jump caches about the other page.
 */
final class TranslationCache implements CodeWatcher {
  private static final int PAGE = 4096;

  /** Bytes of an instruction. */
  private static final int LONGEST = 15;

  /** The blocks of a page. */
  private static final class Page {
    /** By mode and offset: the block, or 0. */
    final int[][] tables = new int[Mode.COUNT][];

    final CodeBytes held = new CodeBytes();
  }

  /** A page that lost its blocks so many times may be one that modifies its code all the time. */
  private static final int RESTLESS = 4;

  /**
   * So many instructions of a restless page are executed one by one before it is translated again.
   */
  private static final int PATIENCE = 1000;

  private final Mmu mmu;
  private final MemorySegment memory;
  private final Page[] pages;

  /** By page: how often it lost its blocks for a write, up to {@link #RESTLESS}. */
  private final byte[] losses;

  /** By page: the instructions that were asked for since. */
  private final short[] visits;

  private final byte[] bytes = new byte[PAGE];

  private long[] code = new long[1 << 12];
  private int[] length = new int[1 << 12];
  private int[] step = new int[1 << 12];
  private int blocks = 1;

  /** Set where blocks were dropped, so that jump caches must be emptied. */
  boolean dropped;

  /** How often the blocks of a page were dropped for a write. */
  long drops;

  TranslationCache(Mmu mmu) {
    this.mmu = mmu;
    memory = mmu.memory().segment();
    pages = new Page[(int) (memory.byteSize() / PAGE)];
    losses = new byte[pages.length];
    visits = new short[pages.length];
  }

  void forget() {
    Arrays.fill(pages, null);
    blocks = 1;
    dropped = true;
  }

  /** The block at an offset of a page, or 0. */
  int find(int page, int mode, int offset) {
    Page p = pages[page];
    int[] table = p == null ? null : p.tables[mode];
    return table == null ? 0 : table[offset];
  }

  /** The code of a block. */
  long code(int block) {
    return code[block];
  }

  /** How many instructions a block counts. */
  int length(int block) {
    return length[block];
  }

  /** The site of a block that is nothing but an instruction for the interpreter; else 0. */
  int step(int block) {
    return step[block];
  }

  /** The bytes of a page, valid until the next call. */
  byte[] bytes(int page) {
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, (long) page * PAGE, bytes, 0, PAGE);
    return bytes;
  }

  /** The bytes of a page, and those at the start of another that an instruction may reach to. */
  byte[] bytes(int page, int next) {
    byte[] both = Arrays.copyOf(bytes(page), PAGE + LONGEST - 1);
    MemorySegment.copy(
        memory, ValueLayout.JAVA_BYTE, (long) next * PAGE, both, PAGE, both.length - PAGE);
    return both;
  }

  /** Notes that the first bytes of a page, which has blocks, belong to one in another page. */
  void holdsTail(int page, int length) {
    pages[page].held.mark(0, length);
  }

  /** The first bytes of a page. */
  byte[] start(int page, int length) {
    return memory.asSlice((long) page * PAGE, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Forgets the blocks of a page. */
  void drop(int page) {
    pages[page] = null;
    dropped = true;
    drops++;
  }

  /**
   * Whether to translate code of a page, where a block is missing. Code that modifies itself again
   * and again, as that which goes to real mode and back does, would cost more than it gains.
   */
  boolean isWorthwhile(int page) {
    if (losses[page] < RESTLESS) {
      return true;
    }
    visits[page] = (short) Math.min(visits[page] + 1, PATIENCE);
    return visits[page] == PATIENCE;
  }

  /**
   * Adds a block.
   *
   * @param end the offset behind its last byte
   */
  int add(int page, int mode, int offset, int end, long address, int instructions, int stepSite) {
    if (blocks == code.length) {
      code = Arrays.copyOf(code, 2 * blocks);
      length = Arrays.copyOf(length, 2 * blocks);
      step = Arrays.copyOf(step, 2 * blocks);
    }
    code[blocks] = address;
    length[blocks] = instructions;
    step[blocks] = stepSite;
    Page p = pages[page];
    if (p == null) {
      p = new Page();
      pages[page] = p;
    }
    if (p.tables[mode] == null) {
      p.tables[mode] = new int[PAGE];
    }
    p.tables[mode][offset] = blocks;
    p.held.mark(offset, Math.min(end, PAGE));
    if (mmu.memory().inRam((long) page * PAGE)) {
      mmu.watchCode(page);
    }
    return blocks++;
  }

  @Override
  public boolean written(int page, int offset, int length) {
    Page p = pages[page];
    if (p == null) {
      return false;
    }
    if (!p.held.any(offset, offset + length)) {
      return true;
    }
    drop(page);
    losses[page] = (byte) Math.min(losses[page] + 1, RESTLESS);
    visits[page] = 0;
    mmu.disturbed = true;
    return false;
  }
}
