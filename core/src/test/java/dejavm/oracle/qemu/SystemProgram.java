package dejavm.oracle.qemu;

import dejavm.Assembler;
import java.util.Random;

/**
 * A random program of system instructions. Real-mode code at 0:7C00 builds the mode; then some ten
 * random instructions run at a random level, and whatever faults ends in a handler that stands
 * still.
 */
final class SystemProgram {
  static final int CODE = 0x10000;

  private static final int START = 0x7C00;
  private static final int TABLE_REGISTERS = 0x7B00;
  private static final long SMEP_AND_SMAP = 0x300000;

  /** How a program runs. */
  enum Mode {
    UNPAGED,
    PAGED,
    PAE,
    V86,
    LONG,
    COMPATIBILITY
  }

  final Mode mode;
  final Memory memory = new Memory();
  final int level;

  private final Random random;
  private final SystemTables tables;
  private final boolean wide;
  private final boolean code64;
  private long cr0 = 0x11;
  private long cr4;
  private long efer;
  private Assembler a;

  SystemProgram(long seed, Mode[] modes) {
    random = new Random(seed);
    mode = modes[random.nextInt(modes.length)];
    wide = mode == Mode.LONG || mode == Mode.COMPATIBILITY;
    code64 = mode == Mode.LONG;
    int[] levels = wide ? new int[] {0, 0, 3, 3} : new int[] {0, 0, 1, 2, 3, 3};
    level = mode == Mode.V86 ? 3 : levels[random.nextInt(levels.length)];
    tables = new SystemTables(random, memory, wide);
    tables.write();
    control();
    start();
    items();
  }

  private void control() {
    boolean guarded = level == 0 && random.nextInt(3) == 0;
    tables.user(!guarded);
    cr4 |= guarded ? SMEP_AND_SMAP & random.nextInt() : 0;
    if (random.nextBoolean()) {
      cr4 |= 0x10;
    }
    if (mode == Mode.PAE || wide) {
      cr4 |= 0x20;
      tables.pagingWide();
      efer = 0x800;
    } else {
      tables.paging32();
    }
    efer |= wide ? 0x100 : 0;
    efer |= random.nextInt(2);
    if (mode != Mode.UNPAGED && (mode != Mode.V86 || random.nextBoolean())) {
      cr0 |= 0x80000000L;
    }
    cr0 |= random.nextBoolean() ? 0x10000 : 0;
    for (long bit : new long[] {0x800, 4, 8}) {
      cr4 |= random.nextInt(4) == 0 ? bit : 0;
    }
  }

  private void start() {
    memory.put(TABLE_REGISTERS, 8 * SystemTables.GDT_ENTRIES - 1, 2);
    memory.put(TABLE_REGISTERS + 2, SystemTables.GDT, 4);
    memory.put(TABLE_REGISTERS + 8, (wide ? 16 : 8) * SystemTables.VECTORS - 1, 2);
    memory.put(TABLE_REGISTERS + 10, SystemTables.IDT, 4);
    a = new Assembler(START, 16);
    a.cli().db(0x31, 0xC0).segment(3, 0);
    a.db(0x66, 0x0F, 0x01).absolute(2, TABLE_REGISTERS);
    a.db(0x66, 0x0F, 0x01).absolute(3, TABLE_REGISTERS + 8);
    wide(0, cr4).db(0x0F, 0x22, 0xE0);
    wide(0, SystemTables.TABLES).db(0x0F, 0x22, 0xD8);
    wide(1, 0xC0000080L);
    wide(0, efer);
    wide(2, 0).db(0x0F, 0x30);
    wide(0, cr0).db(0x0F, 0x22, 0xC0);
    long flat = a.here() + 8;
    a.db(0x66, 0xEA).dd(flat).dw(0x08).bits(32);
    a.mov(0, 0x10).segment(3, 0).segment(0, 0).segment(2, 0).mov(4, SystemTables.STACK);
    a.mov(0, 0x60).db(0x0F, 0x00, 0xD8).mov(0, 0x70).db(0x0F, 0x00, 0xD0);
    a.mov(6, windowAddress()).mov(7, windowAddress()).mov(5, SystemTables.STACK - 0x40);
    a.mov(3, windowAddress()).mov(1, random.nextInt(64)).mov(2, random.nextInt());
    enter();
    memory.put(START, a.code());
  }

  private Assembler wide(int register, long value) {
    return a.db(0x66, 0xB8 | register).dd(value);
  }

  /** The way to the level: an IRET. */
  private void enter() {
    int iopl = random.nextInt(4) << 12;
    if (mode == Mode.V86) {
      for (int i = 0; i < 4; i++) {
        push(random.nextInt(0x1000));
      }
      push(0x900);
      push(0x2000);
      push(0x20002 | iopl);
      push(CODE >> 4);
      push(0);
    } else {
      int data = 0x10 + 16 * level | level;
      int code = code64 ? level == 0 ? 0x48 : 0x53 : 0x08 + 16 * level | level;
      if (level != 0 || code64) {
        // A return to 64-bit code pops no stack where the level stays.
        if (level != 0) {
          push(data);
          push(SystemTables.STACK + 0x1000 * level);
        }
      }
      push(2 | iopl);
      push(code);
      push(CODE);
    }
    a.db(0xCF);
  }

  private void push(long value) {
    a.db(0x68).immediate(value);
  }

  private long windowAddress() {
    return SystemTables.WINDOW + 4096L * random.nextInt(SystemTables.WINDOW_PAGES) + 8 * pick(4);
  }

  private int pick(int bound) {
    return random.nextInt(bound);
  }

  // ---- the random part ----

  private void items() {
    int bits = mode == Mode.V86 ? 16 : 32;
    a = new Assembler(mode == Mode.V86 ? 0 : CODE, bits);
    if (level > 0 && mode != Mode.V86) {
      int data = 0x10 + 16 * level | level;
      a.mov(0, data).segment(3, 0).segment(0, 0);
    }
    int count = 4 + pick(12);
    for (int i = 0; i < count; i++) {
      item();
    }
    a.db(0xEB, 0xFE);
    memory.put(CODE, a.code());
  }

  private void item() {
    switch (pick(19)) {
      case 0, 1 -> memory(0x8B);
      case 2, 3 -> memory(0x89);
      case 4 -> loadSegment();
      case 5 -> pushPopSegment();
      case 6 -> farTransfer();
      case 7 -> interrupt();
      case 8 -> iret();
      case 9 -> flags();
      case 10 -> loadControl();
      case 11 -> storeControl();
      case 12 -> modelSpecific();
      case 13 -> query();
      case 14 -> tableRegisters();
      case 15 -> privileged();
      case 16 -> fetch();
      case 17 -> long64();
      default -> pointers();
    }
  }

  private int mask(long value, int bits) {
    return (int) value & (1 << bits) - 1;
  }

  /** Memory at an absolute address, whatever the mode. */
  private Assembler at(int reg, long address) {
    if (code64) {
      return a.db(reg << 3 | 4, 0x25).dd(address);
    }
    return a.db(reg << 3 | 5).dd(address);
  }

  /** The prefix that gives absolute addresses of 32 bits. */
  private Assembler prefixed() {
    return mode == Mode.V86 ? a.db(0x67) : a;
  }

  /** A load or a store. No read-modify-write: QEMU reads first, and so its page faults lack W/R. */
  private void memory(int opcode) {
    if (mode == Mode.V86) {
      // Below 64 KiB: QEMU checks no limits.
      a.db(0x8B).absolute(1, pick(0x8000));
      return;
    }
    if (code64) {
      a.db(new int[] {0x3E, 0x3E, 0x64, 0x65}[pick(4)]);
    }
    if (code64 && random.nextBoolean()) {
      a.db(0x48);
    }
    a.db(opcode);
    long page = SystemTables.WINDOW + 4096L * pick(SystemTables.WINDOW_PAGES + 1);
    int crossing = pick(8) == 0 ? -2 : 8 * pick(4);
    at(new int[] {0, 1, 2}[pick(3)], page + crossing);
  }

  private void loadSegment() {
    a.mov(0, mode == Mode.V86 ? pick(0x1000) : tables.selector());
    a.segment(new int[] {0, 2, 3, 4, 5}[pick(5)], 0);
  }

  private void pushPopSegment() {
    int[][] pushes = {{0x06}, {0x0E}, {0x16}, {0x1E}, {0x0F, 0xA0}, {0x0F, 0xA8}};
    int[][] pops = {{0x07}, {0x17}, {0x1F}, {0x0F, 0xA1}, {0x0F, 0xA9}};
    if (random.nextBoolean()) {
      // A selector is pushed by a move of 16 bits, in QEMU by one of 32: over zeros that is the
      // same.
      a.db(0x6A, 0, 0x58).db(pushes[pick(6)]).db(0x58);
    } else {
      push(mode == Mode.V86 ? pick(0x1000) : tables.selector());
      a.db(pops[pick(5)]);
    }
  }

  private void farTransfer() {
    int pointer = SystemTables.POINTERS + 16 * pick(8);
    if (mode == Mode.V86) {
      return;
    }
    if (!code64 && random.nextBoolean()) {
      long target = a.here() + 7;
      a.db(random.nextBoolean() ? 0xEA : 0x9A).dd(target).dw(tables.selector());
    } else {
      a.db(0xFF);
      at(random.nextBoolean() ? 3 : 5, pointer);
    }
  }

  private void interrupt() {
    switch (pick(4)) {
      case 0 -> a.db(0xCC);
      case 1 -> a.db(0xCE);
      default -> a.db(0xCD, 32 + pick(16));
    }
  }

  /** IRET or RETF to what is right, or not. */
  private void iret() {
    boolean far = random.nextBoolean();
    int to = pick(4) == 0 ? pick(4) : Math.max(level, pick(4));
    int code = pick(4) == 0 ? tables.selector() : 0x08 + 16 * to | to;
    int data = pick(4) == 0 ? tables.selector() : 0x10 + 16 * to | to;
    if (code64) {
      code = pick(4) == 0 ? code : to < 2 ? 0x48 : 0x53;
      // IRET in 64-bit mode always pops a stack.
      a.db(0x6A, data & 0x7F & -8 | data & 3);
      a.db(0x68).dd(SystemTables.STACK + 0x1000L * (to & 3) - 0x80);
    } else if (mode == Mode.V86) {
      code = CODE >> 4;
    } else {
      push(data);
      push(SystemTables.STACK + 0x1000L * to - 0x80);
    }
    if (!far) {
      push(flagImage());
    }
    push(code);
    int tail = code64 ? 7 : mode == Mode.V86 ? 4 : 6;
    push(a.here() + tail);
    if (code64) {
      a.db(0x48);
    }
    a.db(far ? 0xCB : 0xCF);
  }

  /** Without TF, whose traps step differently, and AC, which QEMU does not know. */
  private int flagImage() {
    int image = random.nextInt() & 0x200ED5 | 2 | pick(4) << 12;
    return image;
  }

  private void flags() {
    if (random.nextBoolean()) {
      push(flagImage());
      a.db(0x9D);
    } else {
      a.db(0x9C, 0x58);
    }
  }

  private void loadControl() {
    switch (pick(4)) {
      case 0, 1 -> {
        // Neither PG without PE nor NW without CD is among them, nor an end of paging in long mode:
        // QEMU takes all.
        long[] bits = {0x10000, 8, 2, 0x20, 0x40000, 0x40000000L, 0x60000000L, 0x80000000L};
        a32(cr0 ^ bits[pick(wide ? 7 : 8)]).db(0x0F, 0x22, 0xC0);
      }
      case 2 -> {
        // QEMU lets PAE be cleared in long mode.
        long[] bits = {0x10, 0x80, 4, 8, 0x800, 0x100000, 0x200000, 0x20};
        a32(cr4 ^ bits[pick(wide ? 7 : 8)]).db(0x0F, 0x22, 0xE0);
      }
      default -> a32(SystemTables.TABLES | 8 * pick(4)).db(0x0F, 0x22, 0xD8);
    }
  }

  /** EAX gets 32 bits in all modes. */
  private Assembler a32(long value) {
    return mode == Mode.V86 ? wide(0, value) : a.mov(0, value);
  }

  private void storeControl() {
    switch (pick(6)) {
      case 0 -> a.db(0x0F, 0x20, 0xC0);
      case 1 -> a.db(0x0F, 0x20, 0xD8);
      case 2 -> a.db(0x0F, 0x20, 0xE0);
      case 3 -> a.db(0x0F, 0x01, 0xE0);
      case 4 -> a.db(0x0F, 0x06);
      default -> a.mov(0, mask(random.nextInt(), 4)).db(0x0F, 0x01, 0xF0);
    }
  }

  private void modelSpecific() {
    long[] numbers = {
      0xC0000080L,
      0x174,
      0x175,
      0x176,
      0xC0000081L,
      0xC0000082L,
      0xC0000083L,
      0xC0000084L,
      0xC0000100L,
      0xC0000101L,
      0xC0000102L
    };
    long number = numbers[pick(numbers.length)];
    if (mode == Mode.V86) {
      wide(1, number);
    } else {
      a.mov(1, number);
    }
    if (random.nextBoolean()) {
      a.db(0x0F, 0x32);
      return;
    }
    long value = number == 0xC0000080L ? efer ^ pick(2) : pick(0x10000);
    a32(value);
    // All canonical: QEMU does not check.
    long upper = number == 0xC0000082L ? 0x7000 : 0;
    if (mode == Mode.V86) {
      wide(2, upper);
    } else {
      a.mov(2, upper);
    }
    a.db(0x0F, 0x30);
  }

  private void query() {
    a.mov(1, tables.selector());
    switch (pick(5)) {
      case 0 -> a.db(0x0F, 0x02, 0xC1);
      case 1 -> a.db(0x0F, 0x03, 0xC1);
      case 2 -> a.db(0x0F, 0x00, 0xE1);
      case 3 -> a.db(0x0F, 0x00, 0xE9);
      default -> {
        if (!code64) {
          a.db(0x63, 0xC8);
        }
      }
    }
  }

  private void tableRegisters() {
    switch (pick(5)) {
      case 0 -> a.db(0x0F, 0x00, 0xC0);
      case 1 -> a.db(0x0F, 0x00, 0xC8);
      case 2 -> a.mov(0, tables.selector()).db(0x0F, 0x00, 0xD0);
      case 3 -> tableStore(0);
      default -> tableStore(1);
    }
  }

  /** SGDT or SIDT. */
  private void tableStore(int digit) {
    if (mode != Mode.V86) {
      a.db(0x0F, 0x01);
      at(digit, SystemTables.WINDOW + 4096L * pick(SystemTables.WINDOW_PAGES));
    }
  }

  private void privileged() {
    switch (pick(7)) {
      case 0 -> a.cli();
      case 1 -> a.db(0x0F, 0x09);
      case 2 -> {
        prefixed().db(0x0F, 0x01);
        at(7, SystemTables.WINDOW);
      }
      case 3 -> a.db(0x0F, 0x01, 0xF8);
      case 4 -> a.db(0x0F, 0x34 + pick(2));
      case 5 -> fastCall();
      default -> a.db(0x0F, 0x01, 0xCA + pick(2));
    }
  }

  /** SYSCALL, SYSRET: outside of 64-bit mode QEMU has them, whoever made the processor. */
  private void fastCall() {
    if (code64) {
      a.db(0x0F, random.nextBoolean() ? 0x05 : 0x07);
    }
  }

  /** A call into the window, where there is a RET, if one may execute it. */
  private void fetch() {
    if (mode != Mode.V86) {
      a.mov(0, SystemTables.WINDOW + 4096L * pick(SystemTables.WINDOW_PAGES) + 0x20).db(0xFF, 0xD0);
    }
  }

  /**
   * What there is in 64-bit mode only. QEMU does not follow the SDM where a jump or the stack
   * pointer is not canonical, nor in the reserved bits of CR8.
   */
  private void long64() {
    if (!code64) {
      return;
    }
    switch (pick(4)) {
      // A store through RAX, whose bits 63 to 47 are alike or not.
      case 0, 1 -> a.db(0x48, 0xB8).dd(pick(64) * 8L).dd(address()).db(0x48, 0x89, 0x08);
      case 2 -> a.db(0x44, 0x0F, 0x20, 0xC0);
      default -> a.mov(0, pick(16)).db(0x44, 0x0F, 0x22, 0xC0);
    }
  }

  /** The upper half of an address. */
  private long address() {
    return new long[] {0, 0x8000, 0x7FFF, 0xFFFF8000L, 0x12345678}[pick(5)];
  }

  private void pointers() {
    int[][] opcodes = {{0x0F, 0xB2}, {0x0F, 0xB4}, {0x0F, 0xB5}, {0xC4}, {0xC5}};
    if (mode == Mode.V86) {
      return;
    }
    a.db(opcodes[pick(code64 ? 3 : 5)]);
    at(0, SystemTables.POINTERS + 16L * pick(8));
  }
}
