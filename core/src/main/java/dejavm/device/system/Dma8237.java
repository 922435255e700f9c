package dejavm.device.system;

import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * The 8237A DMA controller: four channels with address, count and mode.
 *
 * <p>Address and count are 16 bits behind ports of 8, low byte first; one flip-flop for all
 * channels says which byte is next. Reading the status clears its terminal count bits.
 *
 * <p>Source: Intel 8237A datasheet, order no. 231466; 82371SB (PIIX3) datasheet, order no. 290550.
 */
public final class Dma8237 implements ByteWide, Stateful<Dma8237.State> {
  /**
   * The controller.
   *
   * @param base address and count of each channel as programmed, alternating
   * @param current the same as they move on
   * @param reached bits of channels that came to their end
   * @param requests bits of channels requested by software
   * @param highNext whether the next byte is a high one
   */
  public record State(
      short[] base,
      short[] current,
      byte[] modes,
      int command,
      int masks,
      int reached,
      int requests,
      int temporary,
      boolean highNext) {}

  private final int stride;
  private final short[] base = new short[8];
  private final short[] current = new short[8];
  private final byte[] modes = new byte[4];
  private int command;
  private int masks = 0xF;
  private int reached;
  private int requests;
  private int temporary;
  private boolean highNext;

  /**
   * A controller after power-on, all channels masked.
   *
   * @param stride ports from one register to the next: 1 for the first, 16 ports at 0x00, and 2 for
   *     the second, 32 ports at 0xC0
   */
  public Dma8237(int stride) {
    this.stride = stride;
  }

  public void reset() {
    for (int i = 0; i < base.length; i++) {
      base[i] = 0;
      current[i] = 0;
    }
    for (int i = 0; i < modes.length; i++) {
      modes[i] = 0;
    }
    clear();
  }

  /** Whether a channel, 0 to 3, may transfer. */
  public boolean enabled(int channel) {
    return (masks >> channel & 1) == 0 && (command & 4) == 0;
  }

  /** A channel's current address, in its own units and without the page. */
  public int address(int channel) {
    return current[2 * channel] & 0xFFFF;
  }

  /** Transfers that a channel has still to make, less one. */
  public int count(int channel) {
    return current[2 * channel + 1] & 0xFFFF;
  }

  /** A channel's mode register. */
  public int mode(int channel) {
    return modes[channel] & 0xFF;
  }

  @Override
  public int readByte(int offset) {
    if (offset < 0 || offset >= 16 * stride) {
      return FLOATING;
    }
    int register = offset / stride;
    if (register < 8) {
      int shift = highNext ? 8 : 0;
      highNext = !highNext;
      return current[register] >> shift & 0xFF;
    }
    return switch (register) {
      case 8 -> {
        int status = requests << 4 | reached;
        reached = 0;
        yield status;
      }
      case 13 -> temporary;
      case 15 -> masks | 0xF0;
      default -> FLOATING;
    };
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset < 0 || offset >= 16 * stride) {
      return;
    }
    int register = offset / stride;
    int bit = 1 << (value & 3);
    switch (register) {
      case 8 -> command = value;
      case 9 -> requests = (value & 4) != 0 ? requests | bit : requests & ~bit;
      case 10 -> masks = (value & 4) != 0 ? masks | bit : masks & ~bit;
      case 11 -> modes[value & 3] = (byte) value;
      case 12 -> highNext = false;
      case 13 -> clear();
      case 14 -> masks = 0;
      case 15 -> masks = value & 0xF;
      default -> {
        int shift = highNext ? 8 : 0;
        highNext = !highNext;
        base[register] = (short) (base[register] & 0xFF00 >> shift | value << shift);
        current[register] = base[register];
      }
    }
  }

  /** Master clear. */
  private void clear() {
    command = 0;
    masks = 0xF;
    reached = 0;
    requests = 0;
    temporary = 0;
    highNext = false;
  }

  @Override
  public State state() {
    return new State(
        base.clone(),
        current.clone(),
        modes.clone(),
        command,
        masks,
        reached,
        requests,
        temporary,
        highNext);
  }

  @Override
  public void restore(State state) {
    for (int i = 0; i < base.length; i++) {
      base[i] = state.base[i];
      current[i] = state.current[i];
    }
    for (int i = 0; i < modes.length; i++) {
      modes[i] = state.modes[i];
    }
    command = state.command;
    masks = state.masks;
    reached = state.reached;
    requests = state.requests;
    temporary = state.temporary;
    highNext = state.highNext;
  }
}
