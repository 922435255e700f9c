package dejavm.device.pci;

import dejavm.bus.Backing;
import dejavm.bus.Derived;
import dejavm.bus.Mapped;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;
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
  private static final int EXPANSION_ROM = 0x30;
  private static final int PREFETCHABLE = 0x8;

  /** By which SeaBIOS, and drivers of QEMU's devices, know on whose model of a board they are. */
  private static final int SUBSYSTEM_VENDOR = 0x1AF4;

  private static final int SUBSYSTEM = 0x1100;

  /** Stands on the board for what answers inside the cpu boundary, and is never asked. */
  private static final ByteWide NOBODY =
      new ByteWide() {
        @Override
        public int readByte(int offset) {
          return FLOATING;
        }

        @Override
        public void writeByte(int offset, int value) {}
      };

  private final byte[] values = new byte[256];

  @Derived("wired once; what can be written does not change")
  private final byte[] writable = new byte[256];

  @Derived("wired once")
  private final byte[] clearing = new byte[256];

  @Derived("wired once")
  private final byte[] initial = new byte[256];

  @Derived("wired once; the addresses follow from the registers")
  private final List<Region> regions = new ArrayList<>();

  private record Region(
      Space space, long length, Mapped device, Backing backing, LongSupplier address) {
    /** Where it is, or null. Address 0 and the top of the space are where sizing leaves it. */
    private Placement placement() {
      long at = address.getAsLong();
      long limit = space == Space.PORT ? 0x10000 : 0x1_0000_0000L;
      return at <= 0 || at + length >= limit
          ? null
          : new Placement(space, at, length, device, backing);
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
    preset(0x2C, 2, SUBSYSTEM_VENDOR);
    preset(0x2E, 2, SUBSYSTEM);
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
    return region(space, length, device, () -> base(register, space));
  }

  /**
   * While wiring: a base address register of memory that lies inside the cpu boundary.
   *
   * @param number 0 to 5
   * @param length a power of two, at least a page
   */
  public ConfigSpace bar(int number, long length, boolean prefetchable, Backing backing) {
    int register = BARS + 4 * number;
    preset(register, 4, prefetchable ? PREFETCHABLE : 0);
    allow(register, 4, -length);
    regions.add(
        new Region(Space.MEMORY, length, NOBODY, backing, () -> base(register, Space.MEMORY)));
    return this;
  }

  /**
   * While wiring: the expansion ROM.
   *
   * @param bytes a power of two of them, at least a page; none for no ROM
   */
  public ConfigSpace expansionRom(byte[] bytes) {
    if (bytes.length > 0) {
      allow(EXPANSION_ROM, 4, -bytes.length | 1);
      regions.add(
          new Region(
              Space.MEMORY, bytes.length, NOBODY, new Backing.Rom(bytes), this::expansionRom));
    }
    return this;
  }

  private long expansionRom() {
    boolean decoded = (values[COMMAND] & 2) != 0 && (values[EXPANSION_ROM] & 1) != 0;
    return decoded ? read(EXPANSION_ROM, 4) & ~0x7FFL : Placement.NOWHERE;
  }

  private long base(int register, Space space) {
    boolean ports = space == Space.PORT;
    boolean decoded = (values[COMMAND] & (ports ? 1 : 2)) != 0;
    return decoded ? read(register, 4) & (ports ? ~3L : ~0xFL) : Placement.NOWHERE;
  }

  /**
   * While wiring: a region placed by other registers.
   *
   * @param address where it is at present, or {@link Placement#NOWHERE}
   */
  public ConfigSpace region(Space space, long length, Mapped device, LongSupplier address) {
    regions.add(new Region(space, length, device, new Backing.Outside(), address));
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

  /** Adds the regions that are decoded now. */
  void placements(List<Placement> all) {
    for (Region region : regions) {
      Placement placement = region.placement();
      if (placement != null) {
        all.add(placement);
      }
    }
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
