package dejavm.device.pci;

import dejavm.bus.Derived;
import dejavm.bus.Mapped;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The 256 bytes of configuration space of a PCI function: values, a mask of writable bits, a mask
 * of bits that writing 1 clears, and the regions of ports and memory that they place.
 *
 * <p>A base address register tells its size by which bits can be written; there is nothing else to
 * sizing. Source: PCI local bus specification 2.1, chapter 6.
 */
public final class ConfigSpace implements Stateful<ConfigSpace.State> {
  /** All registers. */
  public record State(byte[] values) {}

  private static final int COMMAND = 0x04;
  private static final int STATUS = 0x06;
  private static final int BARS = 0x10;

  private final byte[] values = new byte[256];

  @Derived("wired once; what can be written does not change")
  private final byte[] writable = new byte[256];

  @Derived("wired once")
  private final byte[] clearing = new byte[256];

  @Derived("wired once")
  private final byte[] initial = new byte[256];

  @Derived("wired once; the addresses follow from the registers")
  private final List<Region> regions = new ArrayList<>();

  private static final class Region {
    private final Space space;
    private final long length;
    private final Mapped device;
    private final LongSupplier address;
    private long mapped = Decoder.NOWHERE;

    private Region(Space space, long length, Mapped device, LongSupplier address) {
      this.space = space;
      this.length = length;
      this.device = device;
      this.address = address;
    }
  }

  /**
   * A function's header.
   *
   * @param classCode class, subclass and programming interface, 24 bits
   * @param header header type; bit 7 where the device has several functions
   */
  public ConfigSpace(int vendor, int device, int revision, int classCode, int header) {
    preset(0x00, 2, vendor);
    preset(0x02, 2, device);
    preset(0x08, 1, revision);
    preset(0x09, 3, classCode);
    preset(0x0E, 1, header);
    allow(COMMAND, 2, 0x0147);
    allow(0x0C, 1, 0xFF);
    allow(0x0D, 1, 0xF8);
    allow(0x3C, 1, 0xFF);
    put(clearing, STATUS, 2, 0xF900);
  }

  /** While wiring: the value that registers have after a reset. */
  public ConfigSpace preset(int register, int size, long value) {
    put(initial, register, size, value);
    put(values, register, size, value);
    return this;
  }

  /** While wiring: the bits that can be written. */
  public ConfigSpace allow(int register, int size, long bits) {
    put(writable, register, size, bits);
    return this;
  }

  /**
   * While wiring: a base address register and what answers there.
   *
   * @param number 0 to 5
   * @param length a power of two
   */
  public ConfigSpace bar(int number, Space space, long length, Mapped device) {
    int register = BARS + 4 * number;
    preset(register, 4, space == Space.PORT ? 1 : 0);
    allow(register, 4, -length);
    int enable = space == Space.PORT ? 1 : 2;
    long fixed = space == Space.PORT ? 3 : 0xF;
    return region(
        space,
        length,
        device,
        () ->
            (values[COMMAND] & enable) != 0
                ? read(register, 4) & 0xFFFFFFFFL & ~fixed
                : Decoder.NOWHERE);
  }

  /**
   * While wiring: a region placed by other registers.
   *
   * @param address where it is at present, or {@link Decoder#NOWHERE}
   */
  public ConfigSpace region(Space space, long length, Mapped device, LongSupplier address) {
    regions.add(new Region(space, length, device, address));
    return this;
  }

  /** Everything as after a reset. */
  public void reset() {
    for (int i = 0; i < values.length; i++) {
      values[i] = initial[i];
    }
  }

  /** Reads registers, without effect; zero-extended. */
  public long read(int register, int size) {
    long value = 0;
    for (int i = 0; i < size && register + i < values.length; i++) {
      value |= (values[register + i] & 0xFFL) << 8 * i;
    }
    return value;
  }

  /** Writes registers: what is writable of them. */
  public void write(int register, int size, long value) {
    for (int i = 0; i < size && register + i < values.length; i++) {
      int at = register + i;
      int written = (int) (value >>> 8 * i);
      int kept = values[at] & ~(written & clearing[at]);
      values[at] = (byte) (kept & ~writable[at] | written & writable[at]);
    }
  }

  /** The function itself changes registers, writable or not. */
  public void set(int register, int size, long value) {
    put(values, register, size, value);
  }

  /** Tells the decoder of regions that are no longer where they were. */
  void decode(Decoder decoder) {
    for (Region region : regions) {
      long to = address(region);
      if (to != region.mapped) {
        long from = region.mapped;
        region.mapped = to;
        decoder.moved(region.space, from, to, region.length, region.device);
      }
    }
  }

  /** Address 0 and the top of the space are where sizing leaves registers: nothing is there. */
  private static long address(Region region) {
    long address = region.address.getAsLong();
    long limit = region.space == Space.PORT ? 0x10000 : 0x1_0000_0000L;
    return address <= 0 || address + region.length >= limit ? Decoder.NOWHERE : address;
  }

  private static void put(byte[] into, int register, int size, long value) {
    for (int i = 0; i < size; i++) {
      into[register + i] = (byte) (value >>> 8 * i);
    }
  }

  @Override
  public State state() {
    return new State(values.clone());
  }

  @Override
  public void restore(State state) {
    for (int i = 0; i < values.length; i++) {
      values[i] = state.values[i];
    }
  }
}
