package dejavm.device.pci;

import dejavm.bus.Backing;
import dejavm.bus.Stateful;

/**
 * The video adapter as the PCI bus sees it: QEMU's standard VGA, 1234:1111, with its memory at base
 * address 0, its registers at base address 2 and its BIOS as expansion ROM.
 *
 * <p>The adapter itself is inside the cpu boundary; here is only where it appears. Its ports and
 * the window at 0xA0000 are there whatever the command register says. Source: QEMU documentation,
 * docs/specs/standard-vga.
 */
public final class VideoFunction implements PciFunction, Stateful<VideoFunction.State> {
  /** Its configuration space. */
  public record State(ConfigSpace.State config) {}

  private static final int REGISTERS = 4096;
  private static final int SMALLEST_ROM = 4096;

  private final ConfigSpace config;

  /**
   * The function after power-on.
   *
   * @param memory the memory of the adapter, {@code length} bytes, a power of two
   * @param registers a page with its registers
   * @param rom its BIOS, empty for none
   */
  public VideoFunction(Backing memory, long length, Backing registers, byte[] rom) {
    config =
        new ConfigSpace(0x1234, 0x1111, 0x02, 0x030000, 0)
            .bar(0, length, true, memory)
            .bar(2, REGISTERS, false, registers)
            .expansionRom(padded(rom));
  }

  /** Filled up to a power of two, as an address register can say. */
  private static byte[] padded(byte[] rom) {
    if (rom.length == 0) {
      return rom;
    }
    byte[] padded = new byte[Math.max(SMALLEST_ROM, Integer.highestOneBit(2 * rom.length - 1))];
    System.arraycopy(rom, 0, padded, 0, rom.length);
    return padded;
  }

  public void reset() {
    config.reset();
  }

  @Override
  public ConfigSpace config() {
    return config;
  }

  @Override
  public State state() {
    return new State(config.state());
  }

  @Override
  public void restore(State state) {
    config.restore(state.config);
  }
}
