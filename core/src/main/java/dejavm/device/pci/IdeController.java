package dejavm.device.pci;

import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.MasterChannel;
import dejavm.bus.Nucleus;
import dejavm.bus.Space;
import dejavm.bus.Stateful;

/**
 * The IDE function of the 82371SB (PIIX3): its two channels are at the ports and interrupts that
 * they had on the first PCs, only the bus master's registers are where the guest puts them.
 *
 * <p>The timing registers say whether a channel is decoded at all, which drivers look at; firmware
 * switches both on, and so they are here from the start. Source: 82371SB datasheet, order no.
 * 290550, sections 2.3 and 3.5.
 */
public final class IdeController implements PciFunction, Stateful<IdeController.State> {
  /** The function and its two bus masters. */
  public record State(ConfigSpace.State config, BusMaster.State first, BusMaster.State second) {}

  private static final int COMMAND = 0x04;
  private static final int BUS_MASTER = 0x04;
  private static final int TIMING = 0x40;

  private final Line[] irqs;
  private final ConfigSpace config;
  private final BusMaster first;
  private final BusMaster second;

  /**
   * The function after power-on and firmware.
   *
   * @param irq14 the interrupt request of the first channel
   * @param irq15 that of the second
   */
  public IdeController(Nucleus nucleus, Line irq14, Line irq15) {
    irqs = new Line[] {irq14, irq15};
    first = new BusMaster(nucleus, this::mayMaster);
    second = new BusMaster(nucleus, this::mayMaster);
    config =
        new ConfigSpace(0x8086, 0x7010, 0x00, 0x010180, 0)
            .preset(COMMAND, 2, 0x0001)
            .allow(COMMAND, 2, 0x0005)
            .preset(0x06, 2, 0x0280)
            .preset(TIMING, 4, 0x80008000L)
            .allow(TIMING, 4, 0xFFFFFFFFL)
            .allow(0x44, 1, 0xFF)
            .bar(4, Space.PORT, 16, new Registers());
  }

  public void reset() {
    config.reset();
    first.reset();
    second.reset();
  }

  /** The channel of the bus master, 0 or 1. */
  public MasterChannel dma(int channel) {
    return channel == 0 ? first : second;
  }

  /** The interrupt of a channel's devices, 0 or 1. */
  public Line interrupt(int channel) {
    BusMaster master = channel == 0 ? first : second;
    return level -> {
      master.interrupt(level);
      irqs[channel].set(level);
    };
  }

  private boolean mayMaster() {
    return (config.read(COMMAND, 2) & BUS_MASTER) != 0;
  }

  @Override
  public ConfigSpace config() {
    return config;
  }

  @Override
  public void configure(int register, int size, long value) {
    boolean before = mayMaster();
    config.write(register, size, value);
    if (!before && mayMaster()) {
      first.go();
      second.go();
    }
  }

  /** The bus masters' registers. */
  private final class Registers implements Mapped {
    @Override
    public long read(int offset, int size) {
      return (offset < 8 ? first : second).read(offset & 7, size);
    }

    @Override
    public void write(int offset, int size, long value) {
      (offset < 8 ? first : second).write(offset & 7, size, value);
    }
  }

  @Override
  public State state() {
    return new State(config.state(), first.state(), second.state());
  }

  @Override
  public void restore(State state) {
    config.restore(state.config);
    first.restore(state.first);
    second.restore(state.second);
  }
}
