package dejavm.device.system;

import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * Port 0x80: firmware shows its progress there, and Linux writes to it to let time pass.
 *
 * <p>On a PC it is a spare DMA page register, so it reads back. Source: 82371SB (PIIX3) datasheet,
 * order no. 290550, DMA page registers.
 */
public final class PostPort implements ByteWide, Stateful<PostPort.State> {
  /** The last value written. */
  public record State(int code) {}

  private int code;

  public void reset() {
    code = 0;
  }

  /** The last value written. */
  public int code() {
    return code;
  }

  @Override
  public int readByte(int offset) {
    return offset == 0 ? code : FLOATING;
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset == 0) {
      code = value;
    }
  }

  @Override
  public State state() {
    return new State(code);
  }

  @Override
  public void restore(State state) {
    code = state.code;
  }
}
