package dejavm.bus;

/**
 * A channel of the ISA DMA controllers, as a device sees it that asks for transfers. Where to, how
 * much and in which direction is up to the controller's registers, so it may move less than a
 * device has, or nothing at all.
 */
public interface DmaChannel {
  /**
   * What a transfer came to.
   *
   * @param bytes moved
   * @param last whether the last of them was the last of the channel's count (terminal count)
   */
  record Moved(int bytes, boolean last) {
    /** Nothing was moved: the channel is masked, or set up for the other direction. */
    public static final Moved NOTHING = new Moved(0, false);
  }

  /** Moves bytes into memory, up to the end of the channel's count. */
  Moved store(byte[] from, int offset, int length);

  /** Moves bytes out of memory, up to the end of the channel's count. */
  Moved load(byte[] into, int offset, int length);
}
