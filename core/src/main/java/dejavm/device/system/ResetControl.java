package dejavm.device.system;

import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * The reset control register at 0xCF9: bit 2 resets when it rises, everything if bit 1 is set, else
 * the CPU alone.
 *
 * <p>Source: 82371SB (PIIX3) datasheet, order no. 290550.
 */
public final class ResetControl implements ByteWide, Stateful<ResetControl.State> {
  /** The register. */
  public record State(int value) {}

  private static final int HARD = 0x02;
  private static final int RESET = 0x04;

  private final Runnable resetCpu;
  private final Runnable resetAll;
  private int value;

  public ResetControl(Runnable resetCpu, Runnable resetAll) {
    this.resetCpu = resetCpu;
    this.resetAll = resetAll;
  }

  public void reset() {
    value = 0;
  }

  @Override
  public int readByte(int offset) {
    return offset == 0 ? value : FLOATING;
  }

  @Override
  public void writeByte(int offset, int written) {
    if (offset == 0) {
      boolean rises = (written & ~value & RESET) != 0;
      value = written & (HARD | RESET);
      if (rises && (written & HARD) != 0) {
        resetAll.run();
      } else if (rises) {
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
