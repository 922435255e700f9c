package dejavm.device.pci;

import dejavm.bus.Mapped;
import dejavm.bus.Space;
import dejavm.bus.Stateful;

/**
 * The SATA function of the 82801IB (ICH9) in AHCI mode: a configuration space in front of a
 * controller's registers, which are in memory at its last base address. Its interrupt is pin A.
 *
 * <p>Source: Intel ICH9 datasheet, order no. 316972, chapter 15.
 */
public final class AhciFunction implements PciFunction, Stateful<AhciFunction.State> {
  /** Its configuration space. */
  public record State(ConfigSpace.State config) {}

  private final ConfigSpace config;

  /**
   * A function.
   *
   * @param length bytes of the controller's registers
   */
  public AhciFunction(Mapped registers, int length) {
    config =
        new ConfigSpace(0x8086, 0x2922, 0x02, 0x010601, 0)
            .allow(0x04, 2, 0x0007)
            .preset(0x3D, 1, 1)
            .bar(5, Space.MEMORY, length, registers);
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
