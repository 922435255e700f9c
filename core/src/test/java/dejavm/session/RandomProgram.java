package dejavm.session;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.ESP;

import dejavm.Assembler;
import dejavm.machine.InitialMemory;
import java.util.TreeMap;

/**
 * A random program with all that keeps it running: descriptor tables, page tables, a handler for
 * every vector. A handler of an exception goes on at the next piece of the program; page faults are
 * mended now and then by an edit of the page table, and the instruction tried again.
 *
 * <p>Where things lie, in bytes: tables and variables from 0x1000 on, a stack below 0x7000, 16 KiB
 * of code, start-up and handlers, 32 KiB of data, and pages where the board changes what is mapped.
 */
final class RandomProgram {
  static final int IDT = 0x1000;
  static final int GDT = 0x1800;
  static final int TSS = 0x1C00;
  static final int POINTERS = 0x1E00;
  static final int RECOVER = 0x2000;
  static final int TICKS = 0x2004;
  static final int TRAPS = 0x2008;
  static final int MANAGED = 0x200C;

  /** Zeros. */
  static final int NOTHING = 0x2010;

  static final int DIRECTORY = 0x3000;
  static final int IDENTITY = 0x4000;

  /** The page table that program and board play with. */
  static final int TABLE = 0x5000;

  /** A second address space: another directory, another such page table. */
  static final int OTHER_DIRECTORY = 0x20000;

  static final int OTHER_TABLE = 0x21000;

  static final int STACK = 0x7000;
  static final int CODE = 0x8000;
  static final int START = 0xC000;
  static final int HANDLERS = 0xD000;
  static final int DATA = 0x10000;
  static final int USER_STACK = 0x71000;

  // Where the board changes the map: RAM at first, and nothing at first.
  static final int PLAY = 0x80000;
  static final int HOLE = 0xC0000;

  /** With A20 off this is the data. */
  static final int HIGH = 0x110000;

  /** What {@link #TABLE} maps. */
  static final int WINDOW = 0x400000;

  /** A large page over the lowest memory. */
  static final int LARGE = 0x800000;

  private static final int ROM_START = 0xFF0;
  private static final int DATA_SELECTOR = 0x23;

  /** What a seed decided about the machine. */
  record Mode(int bits, boolean user, boolean pae, boolean writeProtect, boolean largePages) {}

  private final Mode mode;
  private final TreeMap<Integer, byte[]> pages = new TreeMap<>();
  private final byte[] rom = new byte[4096];

  RandomProgram(long seed) {
    Dice dice = new Dice(seed);
    mode =
        new Mode(
            dice.oneIn(4) ? 16 : 32, dice.oneIn(3), dice.oneIn(3), dice.oneIn(2), dice.oneIn(2));
    Assembler code = new Assembler(CODE, mode.bits);
    new RandomCode(code, dice, mode).generate();
    put(CODE, code.code());
    if (mode.bits == 16) {
      realMode();
    } else {
      protectedMode(dice);
    }
    for (int at : RandomManagement.HANDLERS) {
      int base = at - RandomManagement.ENTRY;
      put(at, new RandomManagement(dice, mode.bits == 16).handler(base));
    }
    for (int i = 0; i < 0x8000; i += 8) {
      quad(DATA + i, dice.next());
    }
    Assembler reset = new Assembler(ROM_START, 16).db(0xEA).dw(START).dw(0);
    System.arraycopy(reset.code(), 0, rom, ROM_START, reset.code().length);
  }

  Mode mode() {
    return mode;
  }

  InitialMemory memory() {
    return new InitialMemory(pages, rom);
  }

  /** An entry for the page table: mostly present, mostly of a page that there is. */
  static long pageEntry(Dice dice) {
    int page =
        switch (dice.below(12)) {
          case 0, 1, 2, 3 -> DATA + 0x1000 * dice.below(8);
          case 4, 5 -> PLAY + 0x1000 * dice.below(8);
          case 6 -> CODE + 0x1000 * dice.below(4);
          case 7 -> HIGH + 0x1000 * dice.below(8);
          case 8 -> HOLE + 0x1000 * dice.below(4);
          case 9 -> 0xB8000;
          case 10 -> TABLE;
          default -> 0xFEE00000;
        };
    int flags = dice.below(8) | (dice.oneIn(8) ? 0 : 1) | (dice.below(4) << 5);
    return page & 0xFFFFFFFFL | flags | (dice.oneIn(3) ? 0 : 7);
  }

  // ---- memory ----

  private void put(int address, byte... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      int at = address + i;
      pages.computeIfAbsent(at >>> 12, page -> new byte[4096])[at & 0xFFF] = bytes[i];
    }
  }

  private void number(int address, long value, int size) {
    for (int i = 0; i < size; i++) {
      put(address + i, (byte) (value >>> 8 * i));
    }
  }

  private void quad(int address, long value) {
    number(address, value, 8);
  }

  // ---- real mode ----

  private void realMode() {
    Assembler a = new Assembler(HANDLERS, 16);
    a.label("recover").push(EAX).push(5).db(0x89, 0xE5); // MOV BP,SP
    a.db(0x2E, 0xA1).dw(RECOVER).db(0x89, 0x46, 4); // MOV AX,CS:[recover]; MOV [BP+4],AX
    a.db(0xC7, 0x46, 6).dw(0).db(0x80, 0x66, 9, 0xFE); // CS 0; TF off
    a.pop(5).pop(EAX).iret();
    a.label("irq").push(EAX).db(0x2E).increment(TICKS).db(0xE4, 0x20);
    a.db(0x2E, 0xF6).absolute(0, TICKS).db(31).pop(EAX).jumpIf(4, "recover").iret();
    a.label("trap").push(5).db(0x89, 0xE5, 0x2E).increment(TRAPS);
    a.db(0x2E, 0xF6).absolute(0, TRAPS).db(3, 0x75, 4, 0x80, 0x66, 7, 0xFE).pop(5).iret();
    put(HANDLERS, a.code());
    for (int vector = 0; vector < 256; vector++) {
      boolean trap = vector == 1 || vector == 3 || vector == 4;
      String handler = trap ? "trap" : vector < 32 && vector != 2 ? "recover" : "irq";
      number(4 * vector, a.address(handler), 4);
    }
    Assembler start = new Assembler(START, 16).cli();
    put(START, start.db(0x31, 0xC0).segment(2, EAX).mov(ESP, STACK).sti().jump(CODE).code());
  }

  // ---- protected mode ----

  private void protectedMode(Dice dice) {
    segments();
    tables(dice);
    start();
    handlers();
  }

  private void segments() {
    quad(GDT + 0x08, 0x00CF9B000000FFFFL);
    quad(GDT + 0x10, 0x00CF93000000FFFFL);
    quad(GDT + 0x18, 0x00CFFB000000FFFFL);
    quad(GDT + 0x20, 0x00CFF3000000FFFFL);
    // A busy TSS when it is loaded; then odd segments: small, expanding down, read-only, absent.
    quad(GDT + 0x28, 0x0000890000000067L | (long) TSS << 16);
    quad(GDT + 0x30, 0x0040F30101231FFFL);
    quad(GDT + 0x38, 0x00C0F70000000010L);
    quad(GDT + 0x40, 0x00CFF1000000FFFFL);
    quad(GDT + 0x48, 0x00CF73000000FFFFL);
    number(TSS + 4, STACK, 4);
    number(TSS + 8, 0x10, 4);
    number(POINTERS, 0x4F, 2);
    number(POINTERS + 2, GDT, 4);
    number(POINTERS + 8, 0x7FF, 2);
    number(POINTERS + 10, IDT, 4);
  }

  private int entrySize() {
    return mode.pae ? 8 : 4;
  }

  private void tables(Dice dice) {
    int size = entrySize();
    for (int i = 0; i < 4096 / size; i++) {
      number(IDENTITY + size * i, (long) i << 12 | 7, size);
      number(TABLE + size * i, pageEntry(dice), size);
      number(OTHER_TABLE + size * i, pageEntry(dice), size);
    }
    directory(DIRECTORY, TABLE, POINTERS + 0x20);
    directory(OTHER_DIRECTORY, OTHER_TABLE, POINTERS + 0x40);
  }

  private void directory(int at, int table, int pointers) {
    int size = entrySize();
    long reach = 4096L / size << 12;
    number(at, IDENTITY | 7, size);
    number(at + size * (int) (WINDOW / reach), table | 7, size);
    number(at + size * (int) (LARGE / reach), 0x87, size);
    if (mode.pae) {
      quad(pointers, at | 1);
    }
  }

  /** The bits in which what CR3 holds in the one and the other address space differ. */
  static long otherSpace(Mode mode) {
    return mode.pae ? POINTERS + 0x20 ^ POINTERS + 0x40 : DIRECTORY ^ OTHER_DIRECTORY;
  }

  private void start() {
    Assembler a = new Assembler(START, 16).cli().db(0x31, 0xC0).segment(3, EAX);
    a.db(0x66, 0x0F, 0x01).absolute(2, POINTERS).db(0x66, 0x0F, 0x01).absolute(3, POINTERS + 8);
    a.mov(EAX, 1).db(0x0F, 0x22, 0xC0);
    a.bits(32).db(0x66, 0xEA).reference("flat").dw(8).label("flat");
    a.mov(EAX, 0x10).segment(2, EAX).mov(EAX, DATA_SELECTOR).segment(0, EAX).segment(3, EAX);
    a.segment(4, EAX).segment(5, EAX).mov(ESP, STACK);
    a.mov(EAX, (mode.pae ? 0x20 : 0) | (mode.largePages ? 0x10 : 0)).db(0x0F, 0x22, 0xE0);
    a.mov(EAX, mode.pae ? POINTERS + 0x20 : DIRECTORY).db(0x0F, 0x22, 0xD8);
    a.mov(EAX, mode.writeProtect ? 0x80010001L : 0x80000001L).db(0x0F, 0x22, 0xC0);
    a.mov(EAX, 0x28).db(0x0F, 0x00).registers(3, EAX);
    if (mode.user) {
      a.db(0x68).dd(DATA_SELECTOR).db(0x68).dd(USER_STACK).db(0x68).dd(0x3202);
      a.db(0x68).dd(0x1B).db(0x68).dd(CODE).iret();
    } else {
      a.sti().mov(EAX, CODE).db(0xFF, 0xE0);
    }
    put(START, a.code());
  }

  private static boolean hasErrorCode(int vector) {
    return vector == 8 || vector >= 10 && vector <= 14 || vector == 17;
  }

  private void handlers() {
    Assembler a = new Assembler(HANDLERS, 32);
    for (int vector = 0; vector < 256; vector++) {
      quad(IDT + 8 * vector, a.here() & 0xFFFF | 0x0000EE0000080000L | a.here() >> 16 << 48);
      if (!hasErrorCode(vector)) {
        a.db(0x6A, 0);
      }
      a.db(0x68).dd(vector).jump("common");
    }
    // On the stack: eight registers, 32: vector, 36: error code, 40: EIP, 44: CS, 48: EFLAGS.
    a.label("common").db(0x60).mov(EAX, DATA_SELECTOR).segment(3, EAX).segment(0, EAX);
    a.db(0x8B).based(EAX, ESP, 32);
    a.db(0x3D).dd(32).jumpIf(3, "irq");
    a.db(0x3D).dd(2).jumpIf(4, "irq").db(0x3D).dd(14).jumpIf(4, "fault");
    a.db(0x3D).dd(1).jumpIf(4, "trap").db(0x3D).dd(3).jumpIf(4, "done");
    a.db(0x3D).dd(4).jumpIf(4, "done");
    a.label("recover").load(EAX, RECOVER).db(0x89).based(EAX, ESP, 40);
    a.db(0x81).based(4, ESP, 48).dd(~0x100);
    a.label("done").db(0x61, 0x83, 0xC4, 8).iret();
    a.label("irq").increment(TICKS).db(0xE4, 0x20).db(0xF6).absolute(0, TICKS).db(31);
    a.jumpIf(4, "recover").jump("done");
    a.label("trap").increment(TRAPS).db(0xF6).absolute(0, TRAPS).db(3).jumpIf(5, "done");
    a.db(0x81).based(4, ESP, 48).dd(~0x100).jump("done");
    mend(a);
    put(HANDLERS, a.code());
  }

  /** Three page faults of four in the window: maps a page of data there. */
  private void mend(Assembler a) {
    int shift = mode.pae ? 21 : 22;
    a.label("fault").increment(TRAPS).db(0xF6).absolute(0, TRAPS).db(3).jumpIf(4, "recover");
    a.db(0x0F, 0x20, 0xD1).copy(2, 1).db(0xC1, 0xEA, shift); // MOV ECX,CR2; EDX: which table
    a.arithmetic(Assembler.CMP, 2, WINDOW >> shift).jumpIf(5, "recover");
    a.db(0xC1, 0xE9, 12).arithmetic(Assembler.AND, 1, mode.pae ? 0x1FF : 0x3FF).copy(2, 1);
    a.arithmetic(Assembler.AND, 2, 7).db(0xC1, 0xE2, 12).arithmetic(Assembler.ADD, 2, DATA | 7);
    a.db(0x89, 0x14, mode.pae ? 0xCD : 0x8D).dd(TABLE); // MOV [TABLE + ECX * size],EDX
    if (mode.pae) {
      a.db(0xC7, 0x04, 0xCD).dd(TABLE + 4).dd(0);
    }
    a.jump("done");
  }
}
