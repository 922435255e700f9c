package dejavm.device.timer;

import dejavm.bus.Clock;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * Port 0x61: the gate of the timer's counter 2 and of the loudspeaker, and what is left of the AT's
 * parity checks.
 *
 * <p>Bit 4 toggles with every refresh of the RAM, every 15 microseconds; old software counts it to
 * tell the time. Bits 6 and 7, the parity errors, never come.
 *
 * <p>Source: 82371SB (PIIX3) datasheet, order no. 290550, NMI status and control register.
 */
public final class SystemPortB implements ByteWide, Stateful<SystemPortB.State> {
  /** Bits 0 to 3 as written: gate 2, speaker, parity off, channel check off. */
  public record State(int control) {}

  private static final int GATE = 0x01;
  private static final int SPEAKER = 0x02;
  private static final int REFRESH = 0x10;
  private static final int OUT2 = 0x20;

  /** Timer clocks between two refreshes: what every BIOS programs counter 1 for. */
  private static final int REFRESH_CLOCKS = 18;

  private final Clock clock;
  private final Pit pit;
  private final Speaker speaker;
  private int control;

  public SystemPortB(Clock clock, Pit pit, Speaker speaker) {
    this.clock = clock;
    this.pit = pit;
    this.speaker = speaker;
  }

  /** All controls off. */
  public void reset() {
    writeByte(0, 0);
  }

  @Override
  public int readByte(int offset) {
    if (offset != 0) {
      return FLOATING;
    }
    boolean refresh = (clock.cycles(clock.now(), Pit.HERTZ) / REFRESH_CLOCKS & 1) != 0;
    return control | (refresh ? REFRESH : 0) | (pit.out(2) ? OUT2 : 0);
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset == 0) {
      control = value & 0x0F;
      pit.gate2((value & GATE) != 0);
      speaker.open((value & SPEAKER) != 0);
    }
  }

  @Override
  public State state() {
    return new State(control);
  }

  @Override
  public void restore(State state) {
    control = state.control;
  }
}
