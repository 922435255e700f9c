package dejavm.device.system;

import dejavm.bus.Derived;
import dejavm.bus.DmaChannel;
import dejavm.bus.Nucleus;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * The 8237A DMA controller: four channels with address, count and mode.
 *
 * <p>Address and count are 16 bits behind ports of 8, low byte first; one flip-flop for all
 * channels says which byte is next. Reading the status clears its terminal count bits. An address
 * never leaves its 64 KiB, or 128 KiB where a transfer moves words: the page registers do not count
 * along. At the end of its count a channel masks itself, unless it starts anew by itself.
 *
 * <p>A device's transfer is over at once, and not held up by the channel that ties the two
 * controllers together. Transfers from memory to memory are not there: on a PC channel 0 is not
 * free for them.
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

  private static final int DISABLED = 0x04;
  private static final int DECREMENT = 0x20;
  private static final int AGAIN = 0x10;
  private static final int TO_MEMORY = 1;
  private static final int FROM_MEMORY = 2;
  private static final int VERIFY = 0;
  private static final int PIECE = 512;

  private final Nucleus nucleus;
  private final DmaPages pages;
  private final int first;
  private final int stride;

  /** Bytes in a transfer. */
  private final int width;

  @Derived("on its way between two loops")
  private final byte[] piece = new byte[PIECE];

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
   * @param pages where the high bits of addresses are
   * @param first the number of its first channel: 0, for the controller that moves bytes and has 16
   *     ports at 0x00, or 4, for that which moves words and has 32 ports at 0xC0
   */
  public Dma8237(Nucleus nucleus, DmaPages pages, int first) {
    this.nucleus = nucleus;
    this.pages = pages;
    this.first = first;
    width = first == 0 ? 1 : 2;
    stride = width;
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

  /** A channel, 0 to 3 of this controller, for its device. */
  public DmaChannel channel(int number) {
    return new DmaChannel() {
      @Override
      public Moved store(byte[] from, int offset, int length) {
        return move(number, TO_MEMORY, from, offset, length);
      }

      @Override
      public Moved load(byte[] into, int offset, int length) {
        return move(number, FROM_MEMORY, into, offset, length);
      }
    };
  }

  private DmaChannel.Moved move(int channel, int type, byte[] bytes, int offset, int length) {
    int set = modes[channel] >> 2 & 3;
    boolean enabled = (masks >> channel & 1) == 0 && (command & DISABLED) == 0;
    if (!enabled || set != type && set != VERIFY) {
      return DmaChannel.Moved.NOTHING;
    }
    int done = 0;
    boolean last = false;
    while (done + width <= length && !last) {
      int part = straight(channel, Math.min(length - done, PIECE));
      if (set == TO_MEMORY) {
        nucleus.writeRam(
            address(channel, part), inOrder(channel, bytes, offset + done, part), 0, part);
      } else if (set == FROM_MEMORY) {
        nucleus.readRam(address(channel, part), piece, 0, part);
        byte[] read = inOrder(channel, piece, 0, part);
        for (int i = 0; i < part; i++) {
          bytes[offset + done + i] = read[i];
        }
      }
      done += part;
      last = advance(channel, part / width);
    }
    return new DmaChannel.Moved(done, last);
  }

  /** How many bytes a channel moves before its count ends or its address comes round. */
  private int straight(int channel, int bytes) {
    int address = current[2 * channel] & 0xFFFF;
    int count = (current[2 * channel + 1] & 0xFFFF) + 1;
    int round = downwards(channel) ? address + 1 : 0x10000 - address;
    return Math.min(bytes / width, Math.min(count, round)) * width;
  }

  private boolean downwards(int channel) {
    return (modes[channel] & DECREMENT) != 0;
  }

  /** The lowest address of the next bytes of a channel. */
  private long address(int channel, int bytes) {
    int address = current[2 * channel] & 0xFFFF;
    int lowest = downwards(channel) ? address - bytes / width + 1 : address;
    long page = pages.page(first + channel) & -width;
    return page << 16 | (long) lowest * width;
  }

  /** Bytes as they lie in memory: the last transfer comes first where addresses count down. */
  private byte[] inOrder(int channel, byte[] bytes, int offset, int length) {
    byte[] ordered = new byte[length];
    for (int i = 0; i < length; i++) {
      int transfer = i / width;
      int from = downwards(channel) ? length / width - 1 - transfer : transfer;
      ordered[i] = bytes[offset + from * width + i % width];
    }
    return ordered;
  }

  /** Counts transfers; answers whether these were the last. */
  private boolean advance(int channel, int transfers) {
    int count = current[2 * channel + 1] & 0xFFFF;
    int step = downwards(channel) ? -transfers : transfers;
    current[2 * channel] += (short) step;
    current[2 * channel + 1] = (short) (count - transfers);
    if (transfers <= count) {
      return false;
    }
    reached |= 1 << channel;
    if ((modes[channel] & AGAIN) != 0) {
      current[2 * channel] = base[2 * channel];
      current[2 * channel + 1] = base[2 * channel + 1];
    } else {
      masks |= 1 << channel;
    }
    return true;
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
