package dejavm.cpu.translate;

import dejavm.memory.CodeWatcher;
import dejavm.memory.Mmu;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Finds translated blocks by page of memory, mode and offset in the page. Only jumps within a page
 * are direct: a write to a stretch of 64 bytes that holds code drops all blocks of the page, and
 * with the jump caches nothing leads to them any more. A block never leaves its page, but for one
 * that is a single instruction that does; it asks the jump caches about the other page.
 */
final class TranslationCache implements CodeWatcher {
  private static final int PAGE = 4096;

  /** Bytes of an instruction. */
  private static final int LONGEST = 15;

  /** The blocks of a page. */
  private static final class Page {
    /** By mode and offset: the block, or 0. */
    final int[][] tables = new int[Mode.COUNT][];

    /** Which stretches of 64 bytes hold code. */
    long stretches;
  }

  private final Mmu mmu;
  private final MemorySegment memory;
  private final Page[] pages;
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
    for (int stretch = offset >>> 6; stretch <= Math.min(end, PAGE) - 1 >>> 6; stretch++) {
      p.stretches |= 1L << stretch;
    }
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
    long touched = -1L << (offset >>> 6) & -1L >>> 63 - (offset + length - 1 >>> 6);
    if ((p.stretches & touched) == 0) {
      return true;
    }
    drop(page);
    mmu.disturbed = true;
    return false;
  }
}
