package dejavm.device.system;

import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * The DMA page registers, 15 ports at 0x81: bits 16 to 23 of the channels' addresses.
 *
 * <p>Their order follows no rule, and every second one belongs to no channel; software keeps bytes
 * there. Source: 82371SB (PIIX3) datasheet, order no. 290550.
 */
public final class DmaPages implements ByteWide, Stateful<DmaPages.State> {
  /** All registers, that of port 0x81 first. */
  public record State(byte[] pages) {}

  /** Offsets of the pages of channels 0 to 7; that of 4 is for refresh. */
  private static final int[] OFFSETS = {6, 2, 0, 1, 14, 10, 8, 9};

  private final byte[] pages = new byte[15];

  public void reset() {
    for (int i = 0; i < pages.length; i++) {
      pages[i] = 0;
    }
  }

  /** The page of a channel, 0 to 7. */
  public int page(int channel) {
    return pages[OFFSETS[channel]] & 0xFF;
  }

  @Override
  public int readByte(int offset) {
    return offset >= 0 && offset < pages.length ? pages[offset] & 0xFF : FLOATING;
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset >= 0 && offset < pages.length) {
      pages[offset] = (byte) value;
    }
  }

  @Override
  public State state() {
    return new State(pages.clone());
  }

  @Override
  public void restore(State state) {
    for (int i = 0; i < pages.length; i++) {
      pages[i] = state.pages[i];
    }
  }
}
