package dejavm.session;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.ECX;
import static dejavm.session.RandomProgram.DATA;
import static dejavm.session.RandomProgram.HIGH;
import static dejavm.session.RandomProgram.HOLE;
import static dejavm.session.RandomProgram.MANAGED;
import static dejavm.session.RandomProgram.PLAY;

import dejavm.Assembler;

/**
 * A random handler of system management interrupts: reads and writes where the board changes what
 * is mapped, tells the board what it found, changes the state that RSM loads and where it lies.
 */
final class RandomManagement {
  /**
   * Where handlers lie: for SMBASE 0x30000, for SMBASE 0x40000, and one that only can be mapped.
   */
  static final int[] HANDLERS = {0x38000, 0x48000, 0x58000};

  static final int ENTRY = 0x8000;

  // Places in the save map, from SMBASE on.
  private static final int BASE_SLOT = 0xFEF8;
  private static final int HALT_SLOT = 0xFF02;
  private static final int REGISTERS = 0xFFD0;

  private static final int[] CHANGED_REGISTERS = {0, 1, 2, 3, 6, 7};

  private final Assembler a = new Assembler(ENTRY, 16);
  private final Dice dice;
  private final boolean realMode;

  /**
   * @param realMode there is a vector table that a handler of NMIs can be found with
   */
  RandomManagement(Dice dice, boolean realMode) {
    this.dice = dice;
    this.realMode = realMode;
  }

  byte[] handler(int base) {
    a.increment(MANAGED);
    a.db(0x66, 0xB8).dd(dice.next());
    for (int n = 2 + dice.below(4); n > 0; n--) {
      a.db(0x66, 0x67, dice.pick(0x03, 0x33, 0x03)).dwordAt(EAX, place());
      if (dice.oneIn(3)) {
        a.db(0x66, 0x67, 0x89).dwordAt(EAX, place());
      }
    }
    a.db(0x66, 0xE7, 0x20); // OUT 20h,EAX
    if (dice.oneIn(2)) {
      a.mov(ECX, 1 + dice.below(dice.oneIn(3) ? 400 : 30)).label("wait").loop("wait");
    }
    if (dice.oneIn(2)) {
      a.db(0xE4, 0x60); // IN AL,60h
    }
    state(base);
    if (realMode && dice.oneIn(2)) {
      // NMIs may come from here on.
      a.db(0x9C, 0x0E, 0x68).reference("on").iret().label("on").nop();
      a.db(0xE4, 0x60);
    }
    return a.db(0x0F, 0xAA).code();
  }

  private long place() {
    return dice.pick(PLAY, PLAY, HOLE, HIGH, DATA) + 4L * dice.below(0x1400);
  }

  /** Changes what RSM loads. */
  private void state(int base) {
    if (dice.oneIn(2)) {
      slot(0xC7, 0, BASE_SLOT).dd(base == 0x30000 ? 0x40000 : 0x30000);
    }
    if (dice.oneIn(2)) {
      slot(0x81, 0, REGISTERS + 4 * dice.pick(CHANGED_REGISTERS)).dd(dice.next());
    }
    if (dice.oneIn(3)) {
      a.db(0x2E, 0xC7, 0x06).dw(HALT_SLOT).dw(0);
    }
  }

  private Assembler slot(int opcode, int operation, int offset) {
    return a.db(0x2E, 0x66, 0x67, opcode).dwordAt(operation, offset);
  }
}
