package dejavm.device.system;

import dejavm.bus.Derived;
import dejavm.bus.Mapped;
import dejavm.bus.Nucleus;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * QEMU's firmware configuration: what firmware cannot find out by looking, as items with a number.
 * A number written at port 0x510 selects an item, and each read at 0x511 gives its next byte.
 *
 * <p>All numbers of the transfer by DMA are big-endian, unlike all else on a PC: an address written
 * at 0x514 points to a control word, a length and an address, and writing its low half, at 0x518,
 * starts the transfer, which is over at once. Reading behind the end of an item gives zeros.
 *
 * <p>Source: QEMU documentation, docs/specs/fw_cfg.
 */
public final class FirmwareConfig implements Stateful<FirmwareConfig.State> {
  /** The item selected, the next byte of it, and the address for a transfer. */
  public record State(int selected, int position, long address) {}

  private static final int WRITABLE = 0x4000;

  private static final int FAILED = 0x01;
  private static final int READ = 0x02;
  private static final int SKIP = 0x04;
  private static final int SELECT = 0x08;
  private static final int WRITE = 0x10;

  private static final int DESCRIPTOR = 16;
  private static final int PIECE = 4096;
  private static final long LONGEST = 16 << 20;

  /** What the address register reads as: {@code "QEMU CFG"}. */
  private static final long SIGNATURE = 0x51454D5520434647L;

  private final Nucleus nucleus;

  @Derived("wired once")
  private final SortedMap<Integer, byte[]> items;

  private final Mapped selector = new Selector();
  private final Mapped dma = new Dma();
  private int selected;
  private int position;
  private long address;

  /**
   * A configuration with item 0 selected.
   *
   * @param items bytes by number
   */
  public FirmwareConfig(Nucleus nucleus, SortedMap<Integer, byte[]> items) {
    this.nucleus = nucleus;
    this.items = new TreeMap<>(items);
  }

  public void reset() {
    select(0);
    address = 0;
  }

  /** Number and data: 2 ports at 0x510. */
  public Mapped selector() {
    return selector;
  }

  /** The address of a transfer: 8 ports at 0x514. */
  public Mapped dma() {
    return dma;
  }

  private void select(int number) {
    selected = number & ~WRITABLE & 0xFFFF;
    position = 0;
  }

  private int next() {
    byte[] item = items.get(selected);
    return item != null && position < item.length ? item[position++] & 0xFF : 0;
  }

  private void skip(long count) {
    byte[] item = items.get(selected);
    int length = item == null ? 0 : item.length;
    position = (int) Math.min(position + count, Math.max(length, position));
  }

  private void transfer() {
    byte[] descriptor = new byte[DESCRIPTOR];
    nucleus.readRam(address, descriptor, 0, DESCRIPTOR);
    int control = (int) bigEndian(descriptor, 0, 4);
    long length = bigEndian(descriptor, 4, 4);
    long target = bigEndian(descriptor, 8, 8);
    if ((control & SELECT) != 0) {
      select(control >>> 16);
    }
    boolean failed = false;
    if ((control & READ) != 0) {
      read(target, length);
    } else if ((control & SKIP) != 0) {
      skip(length);
    } else {
      // no item can be written
      failed = (control & WRITE) != 0;
    }
    byte[] status = {0, 0, 0, (byte) (failed ? FAILED : 0)};
    nucleus.writeRam(address, status, 0, status.length);
    address = 0;
  }

  /** No item is as long as the longest transfer; of a longer one the rest does not happen. */
  private void read(long target, long length) {
    byte[] piece = new byte[PIECE];
    long end = target + Math.min(length, LONGEST);
    for (long at = target; at >= 0 && at < end; at += PIECE) {
      int part = (int) Math.min(PIECE, end - at);
      for (int i = 0; i < part; i++) {
        piece[i] = (byte) next();
      }
      nucleus.writeRam(at, piece, 0, part);
    }
  }

  private static long bigEndian(byte[] bytes, int at, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | bytes[at + i] & 0xFF;
    }
    return value;
  }

  private final class Selector implements Mapped {
    @Override
    public long read(int offset, int size) {
      return offset == 1 && size == 1 ? next() : -1L >>> 64 - 8 * size;
    }

    @Override
    public void write(int offset, int size, long value) {
      if (offset == 0 && size == 2) {
        select((int) value);
      }
    }
  }

  private final class Dma implements ByteWide {
    @Override
    public int readByte(int offset) {
      return (int) (SIGNATURE >>> 56 - 8 * offset) & 0xFF;
    }

    @Override
    public void writeByte(int offset, int value) {
      int shift = 56 - 8 * offset;
      address = address & ~(0xFFL << shift) | (long) value << shift;
      if (offset == 7) {
        transfer();
      }
    }
  }

  @Override
  public State state() {
    return new State(selected, position, address);
  }

  @Override
  public void restore(State state) {
    selected = state.selected;
    position = state.position;
    address = state.address;
  }
}
