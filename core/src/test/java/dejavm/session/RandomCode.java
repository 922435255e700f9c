package dejavm.session;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.EBP;
import static dejavm.Assembler.EBX;
import static dejavm.Assembler.ECX;
import static dejavm.Assembler.EDI;
import static dejavm.Assembler.EDX;
import static dejavm.Assembler.ESI;
import static dejavm.Assembler.ESP;

import dejavm.Assembler;

/**
 * The body of a random program: pieces of a few instructions each, in an endless loop. A piece
 * begins by naming the next one as the place to go on after an exception, and by setting up a
 * stack.
 */
final class RandomCode {
  private static final int PIECES = 40;

  /**
   * Small routines that do not care where they run, so that aliases of their page can be called.
   */
  private static final int ROUTINES = RandomProgram.CODE + 0x3000;

  private static final int ROUTINE_SIZE = 0x40;
  private static final int ROUTINE_COUNT = 16;

  private final Assembler a;
  private final Dice dice;
  private final RandomProgram.Mode mode;
  private int labels;

  RandomCode(Assembler assembler, Dice dice, RandomProgram.Mode mode) {
    a = assembler;
    this.dice = dice;
    this.mode = mode;
  }

  private boolean wide() {
    return mode.bits() == 32;
  }

  void generate() {
    for (int i = 0; i < PIECES; i++) {
      a.label("piece" + i);
      begin("piece" + (i + 1) % PIECES);
      for (int n = 1 + dice.below(6); n > 0; n--) {
        something();
      }
      if (dice.oneIn(4)) {
        // So that some instructions cross into the next page.
        a.jump("over" + i);
        a.idleTo(Math.min(a.here() | 0xFF, ROUTINES - 1) - dice.below(3));
        a.label("over" + i);
      }
    }
    a.jump("piece0");
    if (a.here() > ROUTINES) {
      throw new IllegalStateException("too much code");
    }
    for (int i = 0; i < ROUTINE_COUNT; i++) {
      a.idleTo(ROUTINES + i * ROUTINE_SIZE);
      simple();
      a.increment(place());
      a.ret();
    }
  }

  private void begin(String next) {
    if (wide()) {
      a.storeLabel(RandomProgram.RECOVER, next);
      a.mov(ESP, mode.user() ? RandomProgram.USER_STACK : RandomProgram.STACK);
      return;
    }
    a.db(0x2E).storeLabel(RandomProgram.RECOVER, next);
    a.mov(EAX, dice.oneIn(8) ? dice.below(0x800) : 0).segment(2, EAX);
    a.mov(ESP, RandomProgram.STACK - dice.below(2));
    a.mov(EAX, dice.pick(0x1000, 0x1000, 0x8000, 0xA000, 0xC000, 0x1080)).segment(3, EAX);
    a.mov(EAX, dice.pick(0x1000, 0x1000, 0x8000, 0xB800, 0xFFFF, 0x1003)).segment(0, EAX);
  }

  private void something() {
    switch (dice.below(24)) {
      case 0, 1, 2 -> simple();
      case 3, 4, 5 -> memory();
      case 6 -> stack();
      case 7, 8 -> strings();
      case 9, 10 -> ports();
      case 11 -> portStrings();
      case 12 -> forward();
      case 13 -> repeat();
      case 14 -> call();
      case 15, 16 -> selfModifying();
      case 17 -> interrupts();
      case 18 -> fault();
      case 19, 20 -> tables();
      case 21 -> floats();
      case 22 -> system();
      default -> segments();
    }
  }

  // ---- places ----

  /** An address that a memory operand may have. */
  private long place() {
    if (!wide()) {
      return dice.oneIn(12) ? 0xFFF0 + dice.below(16) : dice.below(0x7FF0);
    }
    return switch (dice.below(14)) {
      case 0, 1, 2, 3 -> RandomProgram.DATA + dice.below(0x7F00);
      case 4 -> RandomProgram.DATA + 0xFFD + 0x1000L * dice.below(7) + dice.below(3);
      case 5, 6 -> RandomProgram.PLAY + dice.below(0x8000);
      case 7, 8, 9 -> RandomProgram.WINDOW + dice.below(0x100000);
      case 10 -> RandomProgram.WINDOW + 0xFFE + 0x1000L * dice.below(64);
      case 11 -> RandomProgram.HIGH + dice.below(0x8000);
      case 12 -> RandomProgram.LARGE + RandomProgram.DATA + dice.below(0x8000);
      default -> dice.pick(RandomProgram.HOLE, 0xB8000) + dice.below(0x4000);
    };
  }

  private int register() {
    int register = dice.below(8);
    return register == ESP ? EBP : register;
  }

  private int byteRegister() {
    return dice.pick(EAX, ECX, EDX, EBX);
  }

  /** Bytes before an opcode: operand size, segment. */
  private void prefixes() {
    if (dice.oneIn(5)) {
      a.db(0x66);
    }
    if (dice.oneIn(12)) {
      a.db(dice.pick(0x26, 0x36, 0x3E, 0x64, 0x65));
    }
  }

  private void random(int register) {
    a.mov(register, dice.oneIn(2) ? dice.next() : dice.below(300) - 20);
  }

  // ---- instructions ----

  private void simple() {
    int r = register();
    switch (dice.below(10)) {
      case 0 -> random(r);
      case 1 -> a.arithmetic(dice.below(8), r, dice.next());
      case 2 -> a.db(dice.below(8) << 3 | 3).registers(r, dice.below(8));
      case 3 -> a.db(0x40 | r);
      case 4 -> a.db(0x48 | r);
      case 5 -> a.db(0xC1).registers(dice.below(8), r).db(dice.below(40));
      case 6 -> a.db(0xD3).registers(dice.below(8), r);
      case 7 -> a.db(0x0F, 0xAF).registers(r, dice.below(8));
      case 8 -> a.db(0xF7).registers(2 + dice.below(4), r);
      default -> a.db(0x66, dice.below(8) << 3 | 1).registers(dice.below(8), r);
    }
  }

  private void memory() {
    switch (dice.below(11)) {
      case 0, 1 -> {
        prefixes();
        a.db(dice.below(8) << 3 | dice.pick(1, 3)).absolute(register(), place());
      }
      case 2 -> a.db(dice.below(8) << 3 | dice.pick(0, 2)).absolute(byteRegister(), place());
      case 3 -> a.db(0x81).absolute(dice.below(8), place()).immediate(dice.next());
      case 4 -> {
        prefixes();
        a.db(dice.pick(0x89, 0x8B)).absolute(register(), place());
      }
      case 5 -> a.db(0xFF).absolute(dice.below(2), place());
      case 6 -> a.db(0x0F, dice.pick(0xB6, 0xB7, 0xBE, 0xBF)).absolute(register(), place());
      case 7 -> a.db(0xF0, 0x0F, dice.pick(0xB1, 0xC1)).absolute(register(), place());
      case 8 -> a.db(0x87).absolute(register(), place());
      case 9 -> a.db(0x0F, dice.pick(0xA3, 0xAB, 0xB3, 0xBB)).absolute(register(), place());
      default -> {
        // Through a register: an address computed at run time.
        int base = dice.pick(EBX, ESI, EDI);
        a.mov(base, place());
        if (wide()) {
          a.db(dice.pick(0x89, 0x8B, 0x01, 0x03)).based(register(), base, dice.below(64) - 32);
        } else {
          a.db(0x01, 0x07); // ADD [BX],AX
        }
      }
    }
  }

  private void stack() {
    switch (dice.below(8)) {
      case 0 -> a.push(dice.below(8)).push(register()).pop(register());
      case 1 -> a.db(0xFF).absolute(6, place());
      case 2 -> a.push(EAX).db(0x8F).absolute(0, place());
      case 3 -> a.db(0x60, 0x61);
      case 4 -> a.db(0x9C).pop(register());
      case 5 -> a.db(0xC8).dw(dice.below(32)).db(dice.below(4)).db(0xC9);
      case 6 -> a.db(0x68).immediate(0x3002 | dice.below(0x1000) & ~0x100).db(0x9D);
      default -> a.db(0x68).immediate(0x3302).db(0x9D); // TF
    }
  }

  private void strings() {
    a.mov(ESI, place()).mov(EDI, dice.oneIn(10) ? a.here() : place());
    a.mov(ECX, dice.below(dice.oneIn(6) ? 3000 : 60));
    if (dice.oneIn(4)) {
      a.db(0xFD);
    }
    if (!dice.oneIn(5)) {
      a.db(dice.pick(0xF3, 0xF3, 0xF2));
    }
    if (dice.oneIn(4)) {
      a.db(0x66);
    }
    a.db(dice.pick(0xA4, 0xA5, 0xA5, 0xAA, 0xAB, 0xAB, 0xAC, 0xAD, 0xA6, 0xA7, 0xAE, 0xAF))
        .db(0xFC);
  }

  private int port() {
    return dice.pick(0x20, 0x60, 0x3B4, 0x3C0, 0x3C4, 0x3C5, 0x3D4, 0x3D5, 0x3DA, 0x1F0, 0xFFFF);
  }

  private void ports() {
    if (dice.oneIn(3)) {
      a.db(dice.pick(0xE4, 0xE5, 0xE6, 0xE7), dice.below(256));
    } else {
      a.mov(EDX, port());
      if (dice.oneIn(4)) {
        a.db(0x66);
      }
      a.db(dice.pick(0xEC, 0xED, 0xEE, 0xEF));
    }
  }

  private void portStrings() {
    a.mov(EDX, port()).mov(ESI, place()).mov(EDI, place()).mov(ECX, dice.below(12));
    a.db(dice.pick(0x90, 0xF3, 0xF3)).db(dice.pick(0x6C, 0x6D, 0x6E, 0x6F));
  }

  private String newLabel() {
    return "l" + labels++;
  }

  private void forward() {
    String label = newLabel();
    simple();
    a.jumpIf(dice.below(16), label);
    memory();
    simple();
    a.label(label);
  }

  private void repeat() {
    String label = newLabel();
    a.mov(ECX, 1 + dice.below(20)).push(ECX).label(label);
    a.db(0x90 | dice.pick(EAX, EBX, ESI, EDI)); // XCHG with EAX
    a.increment(place());
    if (dice.oneIn(2)) {
      a.db(0xF3, 0x90); // PAUSE
    }
    a.pop(ECX).db(0x48 | ECX).push(ECX).jumpIf(Assembler.NOT_EQUAL, label).pop(ECX);
  }

  private void call() {
    long routine = ROUTINES + (long) ROUTINE_SIZE * dice.below(ROUTINE_COUNT);
    if (wide()) {
      long page = RandomProgram.WINDOW + 0x1000L * dice.below(64);
      long alias = dice.pick(0, 1) == 0 ? page | routine & 0xFFF : RandomProgram.LARGE + routine;
      a.mov(EAX, dice.oneIn(3) ? alias : routine).db(0xFF, 0xD0);
    } else {
      a.mov(EAX, routine).db(0xFF, 0xD0);
    }
  }

  /** Changes an instruction that is about to be executed, near or far, here or through an alias. */
  private void selfModifying() {
    String label = newLabel();
    int kind = dice.below(3);
    if (wide() && kind == 2) {
      // MOV byte [label + alias],opcode
      a.mov(EBX, label).db(0xC6, 0x83).dd(RandomProgram.LARGE).db(0x40 | register());
    } else {
      a.db(wide() ? new int[] {0xC6, 0x05} : new int[] {0x2E, 0xC6, 0x06}).reference(label);
      a.db(0x40 | register());
    }
    for (int n = dice.below(4); n > 0; n--) {
      a.db(0x90);
    }
    if (dice.oneIn(3)) {
      simple();
    }
    a.label(label).db(0x40);
  }

  private void interrupts() {
    switch (dice.below(8)) {
      case 0, 1 -> a.cli();
      case 2 -> a.sti();
      case 3 -> a.sti().hlt();
      case 4 -> a.hlt();
      case 5 -> a.cli().db(0x40).sti().db(0x40).cli();
      case 6 -> a.db(0x8C).registers(2, EAX).segment(2, EAX).db(0x43);
      default -> a.db(0xCD, 32 + dice.below(224));
    }
  }

  private void fault() {
    switch (dice.below(9)) {
      case 0 -> a.db(0x0F, 0x0B);
      case 1 -> a.mov(ECX, 0).db(0xF7, 0xF1); // DIV ECX
      case 2 -> a.db(0xCC);
      case 3 -> a.db(0xCE);
      case 4 -> a.db(0x62).absolute(EAX, place()); // BOUND
      case 5 -> a.mov(EAX, dice.next() & 0xFFFF).segment(dice.pick(0, 3, 4, 5), EAX);
      case 6 -> a.load(EAX, wide() ? 0xC0000000L + dice.below(1 << 20) : 0xFFFF);
      case 7 -> a.mov(EBX, wide() ? 0x50000000L : 0xFFFD).db(0xFF, 0xE3); // JMP EBX
      default -> {
        // Anything at all; what it breaks the next reset mends.
        for (int n = 1 + dice.below(5); n > 0 && dice.oneIn(3); n--) {
          a.db(dice.below(256));
        }
      }
    }
  }

  private void tables() {
    if (!wide()) {
      memory();
      return;
    }
    int size = mode.pae() ? 8 : 4;
    int edited = dice.oneIn(3) ? RandomProgram.OTHER_TABLE : RandomProgram.TABLE;
    long entry = edited + (long) size * dice.below(70);
    long directory =
        RandomProgram.DIRECTORY + RandomProgram.WINDOW / (mode.pae() ? 0x40000 : 0x100000);
    switch (dice.below(6)) {
      case 0, 1 -> a.storeValue(entry, RandomProgram.pageEntry(dice));
      case 2 -> a.db(0x81).absolute(Assembler.AND, entry).dd(~(1L << dice.below(7)));
      case 3 -> a.db(0x81).absolute(Assembler.XOR, entry).dd(1L << dice.pick(0, 1, 2, 5, 6, 12));
      case 4 -> {
        // Tables in whatever the board maps there: RAM, ROM, a device.
        int table = dice.pick(RandomProgram.PLAY, RandomProgram.HOLE, RandomProgram.HIGH);
        a.storeValue(directory, table | 7).increment(place());
        call();
        a.storeValue(directory, RandomProgram.TABLE | 7);
      }
      default -> {
        a.db(0x81).absolute(Assembler.XOR, directory).dd(dice.pick(0x20, 2, 4));
        a.increment(place());
        a.storeByte(directory, 0x07);
      }
    }
    a.db(dice.pick(0x8B, 0x89)).absolute(register(), place());
  }

  private void floats() {
    if (dice.oneIn(3)) {
      a.db(0xDB, 0xE3); // FNINIT
    }
    long at = wide() ? RandomProgram.DATA + 8L * dice.below(0xE00) : 8L * dice.below(0xE00);
    switch (dice.below(9)) {
      case 0 -> a.db(0xD9, 0xE8, 0xDE, dice.pick(0xC1, 0xC9, 0xE9, 0xF9));
      case 1 -> a.db(0xDD).absolute(0, at);
      case 2 -> a.db(0xDD).absolute(3, place());
      case 3 -> a.db(0xD9).absolute(5, at).db(0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9).db(0x9B);
      case 4 -> a.db(0xDF, 0xE0);
      case 5 -> a.db(0xDB).absolute(3, place());
      default -> {
        for (int n = 1 + dice.below(6); n > 0; n--) {
          if (dice.oneIn(3)) {
            a.db(0xD8 + dice.below(8)).absolute(dice.below(8), dice.oneIn(3) ? place() : at);
          } else {
            a.db(0xD8 + dice.below(8), 0xC0 + dice.below(0x40));
          }
        }
      }
    }
  }

  private void system() {
    switch (dice.below(14)) {
      case 10, 11, 12, 13 -> {
        if (wide()) {
          a.db(0x0F, 0x20, 0xD8).db(0x35).dd(RandomProgram.otherSpace(mode)).db(0x0F, 0x22, 0xD8);
          a.increment(place());
        }
      }
      case 0 -> a.db(0x0F, 0x31); // RDTSC
      case 1 -> a.mov(EAX, dice.below(3)).db(0x0F, 0xA2); // CPUID
      case 2, 3 -> a.mov(ECX, dice.pick(0x1B, 0x80B, 0x830)).db(0x0F, dice.pick(0x30, 0x32));
      case 4 -> a.db(0x0F, 0x20, 0xD8).db(0x0F, 0x22, 0xD8); // CR3 as it is
      case 5 -> a.db(0x0F, 0x01).absolute(7, place()); // INVLPG
      case 6 -> {
        if (wide()) {
          a.db(0x0F, 0x20, 0xC0).db(0x35).dd(0x10000).db(0x0F, 0x22, 0xC0); // CR0.WP
        }
      }
      case 7 -> a.db(0xF3, 0x90);
      case 8 -> a.db(0x0F, 0x20, 0xD0); // CR2
      default -> {
        // No vectors, and an exception: a triple fault, where the program may do this at all.
        if (wide() && dice.oneIn(6)) {
          a.db(0x0F, 0x01).absolute(3, RandomProgram.NOTHING).db(0x0F, 0x0B);
        }
      }
    }
  }

  private void segments() {
    int selector = wide() ? dice.pick(0x33, 0x33, 0x3B, 0x43, 0x4B, 0x23, 0) : dice.below(0x10000);
    int segment = dice.pick(4, 5);
    a.mov(EAX, selector).segment(segment, EAX);
    int prefix = segment == 4 ? 0x64 : 0x65;
    long offset = dice.oneIn(3) ? place() : 0x1FF0 + dice.below(24);
    a.db(prefix, dice.pick(0x8B, 0x89, 0x01)).absolute(register(), offset);
  }
}
