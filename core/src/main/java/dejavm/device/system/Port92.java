package dejavm.device.system;

import dejavm.bus.Line;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * System control port A of the PS/2, port 0x92: the quick ways to open address line 20 and to reset
 * the CPU.
 *
 * <p>A reset comes when bit 0 rises, so a second one needs it cleared first. Source: 82371SB
 * (PIIX3) datasheet, order no. 290550.
 */
public final class Port92 implements ByteWide, Stateful<Port92.State> {
  /** The register. */
  public record State(int value) {}

  private static final int RESET = 0x01;
  private static final int A20 = 0x02;

  private final Line a20;
  private final Runnable resetCpu;
  private int value;

  /** A port after power-on, which does not open the gate. */
  public Port92(Line a20, Runnable resetCpu) {
    this.a20 = a20;
    this.resetCpu = resetCpu;
  }

  public void reset() {
    value = 0;
    a20.set(false);
  }

  @Override
  public int readByte(int offset) {
    return offset == 0 ? value : FLOATING;
  }

  @Override
  public void writeByte(int offset, int written) {
    if (offset == 0) {
      boolean rises = (written & ~value & RESET) != 0;
      value = written;
      a20.set((written & A20) != 0);
      if (rises) {
        resetCpu.run();
      }
    }
  }

  @Override
  public State state() {
    return new State(value);
  }

  @Override
  public void restore(State state) {
    value = state.value;
  }
}
