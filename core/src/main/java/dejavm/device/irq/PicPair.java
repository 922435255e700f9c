package dejavm.device.irq;

import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * The two 8259As of a PC: IRQ 0 to 7 on the master, 8 to 15 on the slave, whose output is the
 * master's input 2.
 *
 * <p>The cascade is soldered, so unlike in a bare 8259A the ICW3 of either has no say in it. Where
 * the slave has withdrawn its request when the acknowledge cycle comes, the vector is that of IRQ
 * 15, and the master still has its input 2 in service.
 *
 * <p>Source: Intel 8259A datasheet, order no. 231468; 82371SB (PIIX3) datasheet, order no. 290550.
 */
public final class PicPair implements Stateful<PicPair.State> {
  /** Both controllers. */
  public record State(Pic.State master, Pic.State slave) {}

  private static final int CASCADE = 2;

  /** IRQ 0, 1, 2, 8 and 13 are edge-triggered for good. */
  private static final int MASTER_ELCR = 0xF8;

  private static final int SLAVE_ELCR = 0xDE;

  private final Pic master;
  private final Pic slave;
  private final Mapped elcr = new Elcr();

  /**
   * The pair after power-on.
   *
   * @param intr the output to the CPU
   */
  public PicPair(Line intr) {
    master = new Pic(intr);
    slave = new Pic(master.input(CASCADE));
  }

  /** Both as after power-on; the inputs keep their levels. */
  public void reset() {
    slave.reset();
    master.reset();
  }

  /** An interrupt request line, 0 to 15 without 2. */
  public Line irq(int number) {
    if (number == CASCADE) {
      throw new IllegalArgumentException("IRQ 2 is the cascade");
    }
    return number < 8 ? master.input(number) : slave.input(number - 8);
  }

  /** The acknowledge cycle: the vector of the most urgent request. */
  public int acknowledge() {
    int input = master.acknowledge();
    if (input != CASCADE) {
      return master.vector(input < 0 ? 7 : input);
    }
    int second = slave.acknowledge();
    return slave.vector(second < 0 ? 7 : second);
  }

  /** The master: 2 ports at 0x20. */
  public Pic master() {
    return master;
  }

  /** The slave: 2 ports at 0xA0. */
  public Pic slave() {
    return slave;
  }

  /** The edge/level control registers: 2 ports at 0x4D0. */
  public Mapped elcr() {
    return elcr;
  }

  private final class Elcr implements ByteWide {
    @Override
    public int readByte(int offset) {
      return switch (offset) {
        case 0 -> master.elcr();
        case 1 -> slave.elcr();
        default -> FLOATING;
      };
    }

    @Override
    public void writeByte(int offset, int value) {
      if (offset == 0) {
        master.elcr(value & MASTER_ELCR);
      } else if (offset == 1) {
        slave.elcr(value & SLAVE_ELCR);
      }
    }
  }

  @Override
  public State state() {
    return new State(master.state(), slave.state());
  }

  @Override
  public void restore(State state) {
    master.restore(state.master);
    slave.restore(state.slave);
  }
}
