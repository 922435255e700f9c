package dejavm.device.irq;

import dejavm.bus.Line;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;
import java.util.stream.IntStream;

/**
 * The 8259A programmable interrupt controller: eight inputs in an order of priority, one output.
 *
 * <p>An edge-triggered request counts only while its input stays high: withdrawn before the
 * acknowledge cycle, it is gone, and an acknowledge cycle that finds no request is answered with
 * input 7, without a bit in the in-service register. As in the chipsets of PCs, whether an input
 * wants edges or levels is told by the ELCR, and bit 3 of ICW1 is ignored.
 *
 * <p>Source: Intel 8259A datasheet, order no. 231468; 82371SB (PIIX3) datasheet, order no. 290550,
 * for the ELCR.
 */
public final class Pic implements ByteWide, Stateful<Pic.State> {
  /**
   * The registers.
   *
   * @param lines levels of the inputs
   * @param latch rising edges not yet acknowledged
   * @param lowest the input with the lowest priority
   * @param awaited the initialization word that comes next, 0 if none
   */
  public record State(
      int lines,
      int latch,
      int imr,
      int isr,
      int elcr,
      int lowest,
      int base,
      int icw1,
      int icw3,
      int icw4,
      int awaited,
      boolean readIsr,
      boolean poll,
      boolean specialMask,
      boolean rotateOnAutoEoi) {}

  private static final int ICW1 = 0x10;
  private static final int ICW1_NEEDS_ICW4 = 0x01;
  private static final int ICW1_SINGLE = 0x02;
  private static final int ICW4_AUTO_EOI = 0x02;
  private static final int ICW4_SPECIAL_FULLY_NESTED = 0x10;
  private static final int OCW3 = 0x08;

  private final Line output;
  private final Line[] inputs;
  private int lines;
  private int latch;
  private int imr;
  private int isr;
  private int elcr;
  private int lowest;
  private int base;
  private int icw1;
  private int icw3;
  private int icw4;
  private int awaited;
  private boolean readIsr;
  private boolean poll;
  private boolean specialMask;
  private boolean rotateOnAutoEoi;

  /**
   * A controller after power-on.
   *
   * @param output INT, towards the CPU or the master's input
   */
  public Pic(Line output) {
    this.output = output;
    inputs =
        IntStream.range(0, 8)
            .<Line>mapToObj(i -> level -> drive(1 << i, level))
            .toArray(Line[]::new);
    initialize(0);
  }

  /** Everything as after power-on, but the inputs keep their levels. */
  public void reset() {
    initialize(0);
    base = 0;
    icw3 = 0;
    elcr = 0;
    awaited = 0;
    update();
  }

  /** An input, IR0 to IR7. */
  public Line input(int number) {
    return inputs[number];
  }

  /** The edge/level control register: a bit set makes that input level-triggered. */
  public int elcr() {
    return elcr;
  }

  public void elcr(int value) {
    elcr = value;
    update();
  }

  /** The request register: what waits to be acknowledged. */
  public int requests() {
    return lines & (latch | elcr);
  }

  /** The mask register. */
  public int mask() {
    return imr;
  }

  /** The in-service register. */
  public int inService() {
    return isr;
  }

  /** The vector of an input. */
  public int vector(int input) {
    return base + input;
  }

  /**
   * The acknowledge cycle.
   *
   * @return the input that is served, or -1 where no request is left; the vector is then that of
   *     input 7
   */
  public int acknowledge() {
    int input = pending();
    if (input >= 0) {
      int bit = 1 << input;
      latch &= ~bit;
      if ((icw4 & ICW4_AUTO_EOI) == 0) {
        isr |= bit;
      } else if (rotateOnAutoEoi) {
        lowest = input;
      }
      update();
    }
    return input;
  }

  @Override
  public int readByte(int offset) {
    if (offset < 0 || offset > 1) {
      return FLOATING;
    }
    if (poll) {
      poll = false;
      int input = acknowledge();
      return input < 0 ? 0 : 0x80 | input;
    }
    return offset == 1 ? imr : readIsr ? isr : requests();
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset == 0) {
      if ((value & ICW1) != 0) {
        initialize(value);
        awaited = 2;
      } else if ((value & OCW3) != 0) {
        ocw3(value);
      } else {
        ocw2(value);
      }
    } else if (offset == 1) {
      writeData(value);
    }
    update();
  }

  private void initialize(int word) {
    icw1 = word;
    icw4 = 0;
    latch = 0;
    imr = 0;
    isr = 0;
    lowest = 7;
    readIsr = false;
    poll = false;
    specialMask = false;
    rotateOnAutoEoi = false;
  }

  private void writeData(int value) {
    switch (awaited) {
      case 2 -> {
        base = value & 0xF8;
        awaited = (icw1 & ICW1_SINGLE) == 0 ? 3 : (icw1 & ICW1_NEEDS_ICW4) != 0 ? 4 : 0;
      }
      case 3 -> {
        icw3 = value;
        awaited = (icw1 & ICW1_NEEDS_ICW4) != 0 ? 4 : 0;
      }
      case 4 -> {
        icw4 = value;
        awaited = 0;
      }
      default -> imr = value;
    }
  }

  private void ocw2(int value) {
    int input = value & 7;
    switch (value >> 5) {
      case 0 -> rotateOnAutoEoi = false;
      case 1 -> endHighest();
      case 3 -> isr &= ~(1 << input);
      case 4 -> rotateOnAutoEoi = true;
      case 5 -> {
        int ended = endHighest();
        if (ended >= 0) {
          lowest = ended;
        }
      }
      case 6 -> lowest = input;
      case 7 -> {
        isr &= ~(1 << input);
        lowest = input;
      }
      default -> {
        // 2 is "no operation"
      }
    }
  }

  private void ocw3(int value) {
    if ((value & 0x40) != 0) {
      specialMask = (value & 0x20) != 0;
    }
    if ((value & 0x04) != 0) {
      poll = true;
    } else if ((value & 0x02) != 0) {
      readIsr = (value & 0x01) != 0;
    }
  }

  /** Non-specific end of interrupt; bits hidden by the special mask mode stay. */
  private int endHighest() {
    int ended = highest(specialMask ? isr & ~imr : isr);
    if (ended >= 0) {
      isr &= ~(1 << ended);
    }
    return ended;
  }

  /** Of these inputs the one with the highest priority, -1 if there is none. */
  private int highest(int bits) {
    for (int i = 1; i <= 8; i++) {
      int input = lowest + i & 7;
      if ((bits >> input & 1) != 0) {
        return input;
      }
    }
    return -1;
  }

  private int rank(int input) {
    return input - lowest - 1 & 7;
  }

  /** The input that the output stands for, -1 if the output is low. */
  private int pending() {
    int input = highest(requests() & ~imr);
    if (input < 0) {
      return -1;
    }
    int blocking = isr;
    if (specialMask) {
      blocking &= ~imr;
    }
    if ((icw4 & ICW4_SPECIAL_FULLY_NESTED) != 0) {
      // a slave in service does not keep out a more urgent request from the same slave
      blocking &= ~(icw3 & 1 << input);
    }
    int serving = highest(blocking);
    return serving < 0 || rank(input) < rank(serving) ? input : -1;
  }

  private void drive(int bit, boolean level) {
    if (level) {
      latch |= bit & ~lines;
      lines |= bit;
    } else {
      lines &= ~bit;
      latch &= ~bit;
    }
    update();
  }

  private void update() {
    output.set(pending() >= 0);
  }

  @Override
  public State state() {
    return new State(
        lines,
        latch,
        imr,
        isr,
        elcr,
        lowest,
        base,
        icw1,
        icw3,
        icw4,
        awaited,
        readIsr,
        poll,
        specialMask,
        rotateOnAutoEoi);
  }

  @Override
  public void restore(State state) {
    lines = state.lines;
    latch = state.latch;
    imr = state.imr;
    isr = state.isr;
    elcr = state.elcr;
    lowest = state.lowest;
    base = state.base;
    icw1 = state.icw1;
    icw3 = state.icw3;
    icw4 = state.icw4;
    awaited = state.awaited;
    readIsr = state.readIsr;
    poll = state.poll;
    specialMask = state.specialMask;
    rotateOnAutoEoi = state.rotateOnAutoEoi;
  }
}
