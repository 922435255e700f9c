package dejavm.device.system;

import dejavm.bus.Line;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * The latch that turns the processor's FERR output into IRQ 13: a write to port 0xF0 ends the
 * request and has numeric errors ignored until the processor withdraws FERR.
 *
 * <p>Source: Intel 82371SB datasheet, order no. 290550, coprocessor error register; SDM volume 1,
 * appendix D.
 */
public final class NumericErrorLatch implements ByteWide, Stateful<NumericErrorLatch.State> {
  /** FERR's level, and whether errors are ignored. */
  public record State(boolean error, boolean ignoring) {}

  private final Line irq13;
  private final Line ignne;
  private boolean error;
  private boolean ignoring;

  public NumericErrorLatch(Line irq13, Line ignne) {
    this.irq13 = irq13;
    this.ignne = ignne;
  }

  public void reset() {
    error = false;
    ignore(false);
    irq13.set(false);
  }

  /** The processor drives FERR. */
  public void ferr(boolean level) {
    if (level && !error) {
      irq13.set(true);
    } else if (!level) {
      ignore(false);
    }
    error = level;
  }

  private void ignore(boolean level) {
    if (ignoring != level) {
      ignoring = level;
      ignne.set(level);
    }
  }

  @Override
  public int readByte(int offset) {
    return FLOATING;
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset == 0) {
      irq13.set(false);
      if (error) {
        ignore(true);
      }
    }
  }

  @Override
  public State state() {
    return new State(error, ignoring);
  }

  @Override
  public void restore(State state) {
    error = state.error;
    ignoring = state.ignoring;
  }
}
