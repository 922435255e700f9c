package dejavm.machine;

import dejavm.bus.Backing;
import dejavm.bus.Mapped;
import dejavm.bus.Nucleus;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import dejavm.device.pci.HostBridge;
import dejavm.device.video.Vga;
import java.util.Arrays;

/**
 * The memory below 1 MiB that does not show what lies at its address in RAM. From 0xC0000 on it is
 * RAM under ROM: the host bridge's seven PAM registers decide for each of thirteen pieces where
 * reads come from and where writes go; ROM is the end of the firmware, and from 0xC0000 on that of
 * a card on the ISA bus. At 0xA0000 it is RAM under the window of the video adapter, for system
 * management mode alone or, while its register says so, for all.
 *
 * <p>Where reads come from ROM and writes go to RAM, firmware copies itself by reading and writing
 * the same address: the ROM's bytes are read here, one access at a time. Source: Intel 82441FX
 * datasheet, order no. 290549, PAM registers and SMRAM register; of the latter the bit that closes
 * the memory for data alone is not there.
 */
final class Shadow implements Mapped {
  static final long START = 0xC0000;
  static final long LENGTH = 0x40000;

  private static final long TOP = 0x100000;
  private static final long WINDOW = 0xA0000;
  private static final long WINDOW_LENGTH = 0x20000;
  private static final int SMRAM_ENABLE = 0x08;
  private static final int SMRAM_OPEN = 0x40;
  private static final long ROM_START = 0xF0000;
  private static final int PIECE = 0x4000;
  private static final int READ = 1;
  private static final int WRITE = 2;

  private final Nucleus nucleus;
  private final HostBridge bridge;
  private final byte[] bus = new byte[(int) LENGTH];
  private final long cardEnd;
  private final long firmwareStart;

  /**
   * @param bridge whose registers decide
   * @param rom the firmware
   * @param alias bytes of its end that are visible up to 1 MiB
   * @param card the ROM of a card at 0xC0000, up to 64 KiB; empty for none
   */
  Shadow(Nucleus nucleus, HostBridge bridge, byte[] rom, int alias, byte[] card) {
    this.nucleus = nucleus;
    this.bridge = bridge;
    cardEnd = START + card.length;
    firmwareStart = TOP - alias;
    Arrays.fill(bus, (byte) 0xFF);
    System.arraycopy(card, 0, bus, 0, card.length);
    System.arraycopy(rom, rom.length - alias, bus, (int) LENGTH - alias, alias);
  }

  /** Maps all pieces as the registers say. */
  void map() {
    management(bridge.smram());
    piece(ROM_START, TOP - ROM_START);
    for (long at = START; at < ROM_START; at += PIECE) {
      piece(at, PIECE);
    }
  }

  private void management(int smram) {
    boolean open = (smram & SMRAM_ENABLE) != 0 && (smram & SMRAM_OPEN) != 0;
    Backing video = new Backing.Video(Vga.WINDOW);
    Backing ram = new Backing.Ram(WINDOW);
    nucleus.map(Space.MEMORY, WINDOW, WINDOW_LENGTH, open ? ram : video, Visibility.ALWAYS);
    if ((smram & SMRAM_ENABLE) != 0) {
      nucleus.map(Space.MEMORY, WINDOW, WINDOW_LENGTH, ram, Visibility.SMM_ONLY);
    }
  }

  private void piece(long at, long length) {
    Backing backing =
        switch (attributes(at) & (READ | WRITE)) {
          case READ | WRITE -> new Backing.Ram(at);
          case READ -> new Backing.ReadOnlyRam(at);
          case WRITE -> new Backing.HiddenRam(at);
          default -> rom(at, length);
        };
    nucleus.map(Space.MEMORY, at, length, backing, Visibility.ALWAYS);
  }

  private Backing rom(long at, long length) {
    if (at >= cardEnd && at < firmwareStart) {
      return new Backing.Outside();
    }
    int from = (int) (at - START);
    return new Backing.Rom(Arrays.copyOfRange(bus, from, from + (int) length));
  }

  /** Reached only where reads do not come from RAM: a piece of ROM, or nothing. */
  @Override
  public long read(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bus[offset + i] & 0xFFL) << 8 * i;
    }
    return value;
  }

  /** Reached where RAM cannot be both read and written. */
  @Override
  public void write(int offset, int size, long value) {
    if ((attributes(START + offset) & (READ | WRITE)) == WRITE) {
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) (value >>> 8 * i);
      }
      nucleus.writeRam(START + offset, bytes, 0, size);
    }
  }

  private int attributes(long address) {
    if (address >= ROM_START) {
      return bridge.pam(0) >> 4;
    }
    int piece = (int) (address - START) / PIECE;
    return bridge.pam(1 + piece / 2) >> 4 * (piece & 1);
  }
}
