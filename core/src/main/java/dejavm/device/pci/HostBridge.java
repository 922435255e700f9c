package dejavm.device.pci;

import dejavm.bus.Stateful;

/**
 * The host bridge of the i440FX chipset, the 82441FX: for software, the registers that say what of
 * the memory below 1 MiB is RAM.
 *
 * <p>Once SMRAM is locked, its register can be written no more until a reset, and its memory is
 * closed. Source: 82441FX datasheet, order no. 290549, section 3.2.
 */
public final class HostBridge implements PciFunction, Stateful<HostBridge.State> {
  /** Its configuration space. */
  public record State(ConfigSpace.State config) {}

  private static final int PAM = 0x59;
  private static final int PAMS = 7;
  private static final int SMRAM = 0x72;
  private static final int SMRAM_OPEN = 0x40;
  private static final int SMRAM_LOCK = 0x10;

  private final Runnable remap;
  private final ConfigSpace config =
      new ConfigSpace(0x8086, 0x1237, 0x02, 0x060000, 0)
          .preset(0x04, 2, 0x0006)
          .preset(0x06, 2, 0x0280)
          .preset(0x57, 1, 0x01)
          .preset(0x58, 1, 0x10)
          .preset(SMRAM, 1, 0x02)
          .allow(0x04, 2, 0x0140)
          .allow(0x50, 2, 0xFFFF)
          .allow(0x53, 1, 0xFF)
          .allow(0x57, 2, 0xFFFF)
          .allow(PAM, 1, 0x30)
          .allow(PAM + 1, 4, 0x33333333)
          .allow(PAM + 5, 2, 0x3333)
          .allow(0x60, 8, -1)
          .allow(0x68, 1, 0xFF)
          .allow(0x70, 1, 0xFF)
          .allow(SMRAM, 1, 0x78)
          .allow(0x90, 1, 0xFF)
          .allow(0x93, 1, 0xFF);

  /**
   * A bridge after power-on: what is below 1 MiB comes from the ROM.
   *
   * @param remap is run after the guest changed {@link #pam} or {@link #smram}
   */
  public HostBridge(Runnable remap) {
    this.remap = remap;
  }

  public void reset() {
    config.reset();
  }

  /**
   * A programmable attribute map register: bits 0 and 4 send reads to RAM, bits 1 and 5 writes; see
   * the datasheet for which 16 KiB each is for.
   *
   * @param number 0 to 6
   */
  public int pam(int number) {
    return (int) config.read(PAM + number, 1);
  }

  /** The SMRAM register. */
  public int smram() {
    return (int) config.read(SMRAM, 1);
  }

  @Override
  public ConfigSpace config() {
    return config;
  }

  @Override
  public void configure(int register, int size, long value) {
    int before = smram();
    long pamsBefore = pams();
    config.write(register, size, value);
    if ((before & SMRAM_LOCK) != 0) {
      config.set(SMRAM, 1, before);
    } else if ((smram() & SMRAM_LOCK) != 0) {
      config.set(SMRAM, 1, smram() & ~SMRAM_OPEN);
    }
    if (before != smram() || pamsBefore != pams()) {
      remap.run();
    }
  }

  private long pams() {
    return config.read(PAM, PAMS);
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
