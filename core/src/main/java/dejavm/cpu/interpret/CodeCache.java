package dejavm.cpu.interpret;

import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.memory.CodeBytes;
import dejavm.memory.CodeWatcher;
import dejavm.memory.Mmu;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Predecoded code. All of it lies in one int array; a block is the index of its first instruction
 * there, its word at -1 is the number of its words. An instruction takes four ints (see {@link
 * Lowering}); the fourth holds its offset from the block's start (bits 0 to 11) and the index of
 * its decoded form (bits 12 to 31). Behind the last instruction stands the offset of the block's
 * end.
 *
 * <p>Blocks are found by page of memory and mode: a table of 4096 ints, one for each offset in the
 * page. A block never crosses a page, and holds no instruction that does: these are stepped. A
 * write to a byte that holds code drops all code of the page.
 */
final class CodeCache implements CodeWatcher {
  /** Words in an instruction. */
  static final int WORDS = 4;

  private static final int PAGE = 4096;
  private static final int MODES = CodeMode.values().length;
  private static final int LONGEST_BLOCK = 64;
  private static final int CAPACITY = 1 << 24;
  private static final int FORMS = 1 << 20;

  private final Mmu mmu;
  private final MemorySegment memory;
  private final int pages;
  private final Decoder decoder = new Decoder();
  private final Lowering lowering = new Lowering();
  private final byte[] bytes = new byte[PAGE];

  /**
   * Where the table of a page and mode starts in {@link #tables}, plus 1; 0 where there is none.
   */
  private final int[] tableOf;

  /** By page; null where no byte holds code. */
  private final CodeBytes[] held;

  private int[] freeTables = new int[64];
  private int free;
  private int usedTables;

  // The pages of an instruction that is executed from no block.
  private int steppedFirst = -1;
  private int steppedLast = -1;

  int[] tables = new int[64 * PAGE];
  int[] code = new int[1 << 16];
  private int end = 1;
  private final List<Insn> forms = new ArrayList<>();

  CodeCache(Mmu mmu) {
    this.mmu = mmu;
    memory = mmu.memory().segment();
    pages = (int) (memory.byteSize() / PAGE);
    tableOf = new int[pages * MODES];
    held = new CodeBytes[pages];
    forget();
  }

  /** Drops everything. */
  void forget() {
    Arrays.fill(tableOf, 0);
    Arrays.fill(tables, 0, usedTables * PAGE, 0);
    Arrays.fill(held, null);
    free = 0;
    usedTables = 0;
    end = 1;
    forms.clear();
  }

  /** Whether there may be no room for another block. */
  boolean full() {
    return end > CAPACITY - (LONGEST_BLOCK + 2) * WORDS || forms.size() > FORMS - LONGEST_BLOCK - 1;
  }

  Insn form(int descriptor) {
    return forms.get(descriptor >>> 12);
  }

  /** The table for a page: the index in {@link #tables} of the entry for its first byte. */
  int table(int page, CodeMode mode) {
    int at = mode.ordinal() * pages + page;
    int known = tableOf[at];
    return known != 0 ? known - 1 : newTable(at);
  }

  private int newTable(int at) {
    int table;
    if (free > 0) {
      table = freeTables[--free];
    } else {
      table = usedTables++;
      if (usedTables * PAGE > tables.length) {
        tables = Arrays.copyOf(tables, tables.length * 2);
        freeTables = Arrays.copyOf(freeTables, freeTables.length * 2);
      }
    }
    tableOf[at] = table * PAGE + 1;
    return table * PAGE;
  }

  /**
   * Decodes a block.
   *
   * @param page of the memory segment
   * @param offset of the first byte in the page
   * @return the block, or 0 where its first instruction does not end in this page
   */
  int build(int page, int offset, CodeMode mode) {
    int wanted = Math.min(PAGE - offset, LONGEST_BLOCK * Decoder.MAX_LENGTH);
    MemorySegment.copy(
        memory, ValueLayout.JAVA_BYTE, (long) page * PAGE + offset, bytes, offset, wanted);
    int table = table(page, mode);
    int count = 0;
    int at = offset;
    if (code.length < end + (LONGEST_BLOCK + 2) * WORDS) {
      code = Arrays.copyOf(code, code.length * 2);
    }
    int block = end + 1;
    boolean open = true;
    while (open && count < LONGEST_BLOCK && at < PAGE) {
      Insn insn = decoder.decode(bytes, at, PAGE, mode.bits);
      if (insn == null) {
        break;
      }
      lowering.lower(insn, mode, at - offset);
      int word = block + count * WORDS;
      code[word] = lowering.word;
      code[word + 1] = lowering.immediate;
      code[word + 2] = lowering.displacement;
      code[word + 3] = at - offset;
      if ((lowering.word & Lowering.OP_MASK) <= Op.GENERIC_END) {
        code[word + 3] |= forms.size() << 12;
        forms.add(insn);
      }
      count++;
      at += insn.length;
      open = !Lowering.endsBlock(insn);
    }
    if (count == 0) {
      return 0;
    }
    code[block - 1] = count * WORDS;
    code[block + count * WORDS + 3] = at - offset;
    end = block + (count + 1) * WORDS;
    if (held[page] == null) {
      held[page] = new CodeBytes();
    }
    held[page].mark(offset, at);
    tables[table + offset] = block;
    watch(page);
    return block;
  }

  /** Watches the pages of an instruction that is not in a block: -1 where there is none. */
  void stepping(int first, int last) {
    steppedFirst = first;
    steppedLast = last;
    watch(first);
    watch(last);
  }

  private void watch(int page) {
    if (page >= 0 && mmu.memory().inRam((long) page * PAGE)) {
      mmu.watchCode(page);
    }
  }

  @Override
  public boolean written(int page, int offset, int length) {
    if (held[page] != null && held[page].any(offset, offset + length)) {
      drop(page);
    }
    boolean stepped = page == steppedFirst || page == steppedLast;
    mmu.disturbed |= stepped;
    return stepped || held[page] != null;
  }

  private void drop(int page) {
    mmu.disturbed = true;
    held[page] = null;
    for (int mode = 0; mode < MODES; mode++) {
      int known = tableOf[mode * pages + page];
      if (known != 0) {
        Arrays.fill(tables, known - 1, known - 1 + PAGE, 0);
        tableOf[mode * pages + page] = 0;
        freeTables[free++] = (known - 1) / PAGE;
      }
    }
  }
}
