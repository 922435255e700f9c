package dejavm.device.pci;

import dejavm.bus.Line;
import dejavm.bus.Stateful;
import java.util.stream.IntStream;

/**
 * The PCI-to-ISA bridge of the 82371SB (PIIX3): routes the four PCI interrupt lines to interrupt
 * requests of the PICs.
 *
 * <p>Several lines may share a request, which is high while any of them is; PCI's lines are low
 * when active, here a high level means active. Source: 82371SB datasheet, order no. 290550.
 */
public final class IsaBridge implements PciFunction, Stateful<IsaBridge.State> {
  /**
   * The bridge.
   *
   * @param active a bit for each interrupt line that is active, A in bit 0
   */
  public record State(ConfigSpace.State config, int active) {}

  private static final int PIRQ_ROUTE = 0x60;
  private static final int LINES = 4;

  /** Requests 3 to 7, 9 to 12, 14 and 15: the others belong to the mainboard. */
  private static final int ROUTABLE = 0xDEF8;

  private final Line[] irqs;
  private final Line[] pirqs =
      IntStream.range(0, LINES)
          .<Line>mapToObj(i -> level -> drive(1 << i, level))
          .toArray(Line[]::new);
  private final ConfigSpace config =
      new ConfigSpace(0x8086, 0x7000, 0x00, 0x060100, 0x80)
          .preset(0x04, 2, 0x0007)
          .preset(0x06, 2, 0x0200)
          .preset(0x4C, 1, 0x4D)
          .preset(0x4E, 2, 0x0003)
          .preset(PIRQ_ROUTE, 4, 0x80808080L)
          .preset(0x69, 1, 0x02)
          .preset(0x70, 2, 0x8080)
          .preset(0x76, 2, 0x0C0C)
          .preset(0x78, 2, 0x0002)
          .preset(0xA0, 1, 0x08)
          .allow(0x04, 2, 0x0108)
          .allow(0x4C, 1, 0xFF)
          .allow(0x4E, 2, 0xFFFF)
          .allow(PIRQ_ROUTE, 4, 0x8F8F8F8FL)
          .allow(0x69, 2, 0xFFFF)
          .allow(0x70, 2, 0xFFFF)
          .allow(0x76, 4, 0xFFFFFFFFL)
          .allow(0x80, 3, 0xFFFFFF)
          .allow(0xA0, 8, -1)
          .allow(0xA8, 8, -1);
  private int active;

  /**
   * A bridge after power-on, with no line routed.
   *
   * @param irqs a source for each request 0 to 15; those not routable are not used
   */
  public IsaBridge(Line[] irqs) {
    this.irqs = irqs.clone();
  }

  public void reset() {
    config.reset();
    route();
  }

  /** An interrupt line of the bus, 0 for A to 3 for D, seen from the bridge. */
  public Line pirq(int number) {
    return pirqs[number];
  }

  /** The bridge's line that a slot's pin is wired to: pins 0 for INTA to 3 for INTD. */
  public static int pirqOf(int slot, int pin) {
    return slot - 1 + pin & 3;
  }

  private void drive(int bit, boolean level) {
    active = level ? active | bit : active & ~bit;
    route();
  }

  private void route() {
    int requests = 0;
    for (int line = 0; line < LINES; line++) {
      int route = (int) config.read(PIRQ_ROUTE + line, 1);
      if ((active >> line & 1) != 0 && (route & 0x80) == 0) {
        requests |= 1 << (route & 0xF);
      }
    }
    for (int irq = 0; irq < irqs.length; irq++) {
      if ((ROUTABLE >> irq & 1) != 0) {
        irqs[irq].set((requests >> irq & 1) != 0);
      }
    }
  }

  @Override
  public ConfigSpace config() {
    return config;
  }

  @Override
  public void configure(int register, int size, long value) {
    config.write(register, size, value);
    route();
  }

  @Override
  public State state() {
    return new State(config.state(), active);
  }

  @Override
  public void restore(State state) {
    config.restore(state.config);
    active = state.active;
  }
}
