package dejavm.oracle.qemu;

import java.util.Random;

/**
 * The tables of a random program: segments, gates, a task, page tables, in the first megabyte.
 *
 * <p>Selectors 08 to 78 are what start-up needs and every level's flat segments; behind them are
 * random descriptors. Gates of exceptions always lead to a handler; what random gates there are lie
 * behind vector 32. Code segments have no limit but 4 GiB, since QEMU hardly checks it.
 */
final class SystemTables {
  static final int GDT = 0x1000;
  static final int IDT = 0x2000;
  static final int LDT = 0x3000;
  static final int TSS = 0x4000;
  static final int STACK = 0x9000;
  static final int POINTERS = 0x11000;
  static final int LANDING = 0x12000;
  static final int HANDLERS = 0x18000;
  static final int TABLES = 0x20000;
  static final int TABLES_LENGTH = 0x5000;
  static final int WINDOW = 0x400000;
  static final int WINDOW_PAGES = 8;
  static final int WINDOW_RAM = 0x30000;

  static final int GDT_ENTRIES = 48;
  static final int LDT_ENTRIES = 8;
  static final int VECTORS = 48;
  static final int FIRST_RANDOM = 16;

  /** A jump to itself, which ends a program. */
  private static final int ENDLESS = 0xFEEB;

  private static final int TSS_SELECTOR = 0x60;
  private static final int LDT_SELECTOR = 0x70;

  private final Random random;
  private final Memory memory;
  private final boolean wide;
  private int low = 0x67;

  SystemTables(Random random, Memory memory, boolean wide) {
    this.random = random;
    this.memory = memory;
    this.wide = wide;
  }

  void write() {
    for (int level = 0; level < 4; level++) {
      flat(0x08 + 16 * level, 0x9B | level << 5);
      flat(0x10 + 16 * level, 0x93 | level << 5);
    }
    memory.put(GDT + 0x48, wide ? 0x00AF_9B00_0000_FFFFL : 0x00CF_9F00_0000_FFFFL, 8);
    memory.put(GDT + 0x50, wide ? 0x00AF_FB00_0000_FFFFL : 0x00CF_BB00_0000_FFFFL, 8);
    flat(0x58, 0x9F);
    system(TSS_SELECTOR, TSS, 0x67, 0x89);
    system(LDT_SELECTOR, LDT, 8 * LDT_ENTRIES - 1, 0x82);
    for (int i = FIRST_RANDOM; i < GDT_ENTRIES; i++) {
      memory.put(GDT + 8 * i, descriptor(i < GDT_ENTRIES - 1), 8);
      if (wide && isCallGate(memory.get(GDT + 8 * i, 8))) {
        memory.put(GDT + 8 * ++i, 0, 8);
      }
    }
    for (int i = 0; i < LDT_ENTRIES; i++) {
      memory.put(LDT + 8 * i, segment(), 8);
    }
    task();
    gates();
    window();
  }

  private static boolean isCallGate(long descriptor) {
    return (descriptor >> 40 & 0x1F) == 0xC;
  }

  private void flat(int selector, int rights) {
    memory.put(GDT + selector, 0x00CF_0000_0000_FFFFL | (long) rights << 40, 8);
  }

  private void system(int selector, int base, int limit, int rights) {
    memory.put(GDT + selector, limit | (long) base << 16 | (long) rights << 40, 8);
    memory.put(GDT + selector + 8, 0, 8);
  }

  /** A random descriptor: mostly a segment, else a call gate. */
  private long descriptor(boolean room) {
    return room && random.nextInt(4) == 0 ? callGate() : segment();
  }

  private long segment() {
    int rights = 0x10 | random.nextInt(16) | random.nextInt(4) << 5;
    boolean code = (rights & 8) != 0;
    if (random.nextInt(8) != 0) {
      rights |= 0x80;
    }
    // QEMU does not mark code as accessed.
    rights |= code ? 1 : 0;
    if (!code) {
      // An expand-down segment with this limit would be empty.
      rights &= ~4;
    }
    boolean long64 = wide && code && random.nextBoolean();
    return (long64 ? 0x00AF_0000_0000_FFFFL : 0x00CF_0000_0000_FFFFL) | (long) rights << 40;
  }

  private long callGate() {
    int offset = LANDING + 16 * random.nextInt(8);
    int selector = codeSelector();
    int rights = 0xC | random.nextInt(4) << 5 | (random.nextInt(8) != 0 ? 0x80 : 0);
    int parameters = wide ? 0 : random.nextInt(3);
    return offset & 0xFFFF
        | (long) selector << 16
        | (long) parameters << 32
        | (long) rights << 40
        | (offset & 0xFFFF0000L) << 32;
  }

  private int codeSelector() {
    int[] usual = wide ? new int[] {0x48, 0x48, 0x50} : new int[] {0x08, 0x18, 0x28, 0x38, 0x58};
    return random.nextInt(4) == 0 ? selector() : usual[random.nextInt(usual.length)];
  }

  /** Any selector but those of the TSS: a task switch is compared elsewhere. */
  int selector() {
    int index = random.nextInt(GDT_ENTRIES);
    if (index == TSS_SELECTOR >> 3) {
      index = 0;
    }
    int local = random.nextInt(8) == 0 ? 4 : 0;
    return index << 3 | local | random.nextInt(4);
  }

  private void task() {
    for (int level = 0; level < 3; level++) {
      if (wide) {
        memory.put(TSS + 4 + 8 * level, STACK + 0x1000 * level, 8);
      } else {
        memory.put(TSS + 4 + 8 * level, STACK + 0x1000 * level, 4);
        memory.put(TSS + 8 + 8 * level, 0x10 + 16 * level | level, 4);
      }
    }
    memory.put(TSS + 0x66, 0x68, 2);
  }

  private void gates() {
    for (int vector = 0; vector < VECTORS; vector++) {
      boolean exception = vector < 32;
      long offset = exception ? HANDLERS + 16 * vector : LANDING + 0x80 + 16 * random.nextInt(8);
      int selector = exception ? wide ? 0x48 : 0x08 : codeSelector();
      int rights = 0x8E;
      if (vector == 3 || vector == 4) {
        rights |= 0x60;
      } else if (!exception) {
        rights =
            0xE | random.nextInt(2) | random.nextInt(4) << 5 | (random.nextInt(8) != 0 ? 0x80 : 0);
        // In long mode all can be used: QEMU's error codes have the vector times 16, not 8.
        rights |= wide ? 0xE0 : 0;
      }
      int size = wide ? 16 : 8;
      long gate =
          offset & 0xFFFF
              | (long) selector << 16
              | (long) rights << 40
              | (offset & 0xFFFF0000L) << 32;
      memory.put(IDT + size * vector, gate, 8);
    }
    for (int vector = 0; vector < 32; vector++) {
      memory.put(HANDLERS + 16 * vector, ENDLESS, 2);
    }
    // Where SYSCALL and SYSRET lead to.
    for (int address = 0; address < 0x400; address += 2) {
      memory.put(address, ENDLESS, 2);
    }
    for (int i = 0; i < 8; i++) {
      memory.put(LANDING + 16 * i, wide ? 0xCB48 : 0xCB, 2);
      memory.put(LANDING + 0x80 + 16 * i, wide ? 0xCF48 : 0xCF, 2);
    }
  }

  /** Data behind the window's pages: a RET for those who jump there. */
  private void window() {
    for (int page = 0; page < WINDOW_PAGES; page++) {
      memory.put(WINDOW_RAM + 4096 * page, random.nextLong(), 8);
      memory.put(WINDOW_RAM + 4096 * page + 0x20, 0xC3, 1);
    }
    for (int i = 0; i < 8; i++) {
      memory.put(POINTERS + 16 * i, LANDING, 4);
      memory.put(POINTERS + 16 * i + 4, selector(), 2);
    }
  }

  /** Whether the lower megabyte is for all levels. */
  void user(boolean all) {
    low = all ? 0x67 : 0x63;
  }

  /** 32-bit paging. */
  void paging32() {
    memory.put(TABLES, TABLES + 0x1000 | 0x67, 4);
    memory.put(TABLES + 4, TABLES + 0x2000 | 0x21 | rights(), 4);
    for (int page = 0; page < 256; page++) {
      memory.put(TABLES + 0x1000 + 4 * page, page << 12 | low, 4);
    }
    for (int page = 0; page < WINDOW_PAGES; page++) {
      memory.put(TABLES + 0x2000 + 4 * page, WINDOW_RAM + 4096 * page | entry(), 4);
    }
  }

  /** PAE, or the four levels of long mode, whose upper ones lie behind the others. */
  void pagingWide() {
    int directory = TABLES + 0x1000;
    if (wide) {
      memory.put(TABLES, TABLES + 0x4000 | 0x67, 8);
      memory.put(TABLES + 0x4000, directory | 0x67, 8);
    } else {
      memory.put(TABLES, directory | 1, 8);
    }
    memory.put(directory, TABLES + 0x2000 | 0x67, 8);
    memory.put(directory + 16, TABLES + 0x3000 | 0x21 | rights(), 8);
    for (int page = 0; page < 256; page++) {
      memory.put(TABLES + 0x2000 + 8 * page, page << 12 | low, 8);
    }
    for (int page = 0; page < WINDOW_PAGES; page++) {
      long execute = random.nextInt(3) == 0 ? 1L << 63 : 0;
      memory.put(TABLES + 0x3000 + 8 * page, WINDOW_RAM + 4096 * page | entry() | execute, 8);
    }
  }

  private int rights() {
    return random.nextInt(4) == 0 ? random.nextInt(4) << 1 : 6;
  }

  /** Present mostly, any rights, A and D set or not. */
  private int entry() {
    return (random.nextInt(8) != 0 ? 1 : 0) | random.nextInt(4) << 1 | random.nextInt(4) << 5;
  }
}
