package dejavm.device.pci;

import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.Scheduler;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.device.ByteWide;

/**
 * The power management function of the 82371AB (PIIX4): ACPI's fixed registers with the power
 * button, the sleep control and a timer of 24 bits at 3.579545 MHz.
 *
 * <p>The timer's status is set by both edges of its highest bit, every 2.3 seconds. What ACPI has
 * the SMI command port for, switching SCI on (0xF1) and off (0xF0), happens in the port itself and
 * needs no system management code; any other command raises an SMI, if the bit for the port is set.
 * That for all SMIs is not asked: firmware for emulated PCs does not know of it. Sleeping type 0 is
 * soft-off; the machine wakes from any other at once.
 *
 * <p>Source: 82371AB datasheet, order no. 290562, sections 7.1 and 7.2; ACPI specification 1.0b,
 * section 4.7.
 */
public final class PowerManagement implements PciFunction, Stateful<PowerManagement.State> {
  /**
   * The function.
   *
   * @param settled the moment up to which the timer's status is complete
   * @param others the registers from offset 16 on, which are stored only
   * @param command the SMI command port
   * @param smiStatus the port after it
   */
  public record State(
      ConfigSpace.State config,
      int status,
      int enable,
      int control,
      int gpeStatus,
      int gpeEnable,
      long settled,
      byte[] others,
      int command,
      int smiStatus) {}

  /** Where the registers are until the guest moves them. */
  public static final int DEFAULT_BASE = 0x600;

  /** The value to write to port 0xB2 to switch ACPI on. */
  public static final int ACPI_ENABLE = 0xF1;

  /** The value to write to port 0xB2 to switch ACPI off. */
  public static final int ACPI_DISABLE = 0xF0;

  /** The timer's frequency. */
  public static final int HERTZ = 3579545;

  private static final int LENGTH = 64;
  private static final int BASE = 0x40;
  private static final int BASE_ENABLE = 0x80;

  /** Device activity B: what of the devices raises an SMI. */
  private static final int DEVICE_ACTIVITY_B = 0x58;

  private static final int COMMAND_ENABLE = 1 << 25;

  private static final int TIMER = 0x0001;
  private static final int POWER_BUTTON = 0x0100;
  private static final int WAKE = 0x8000;
  private static final int STATUS_BITS = 0x8531;
  private static final int ENABLE_BITS = 0x0521;
  private static final int CONTROL_BITS = 0x1C03;
  private static final int SCI_ENABLE = 0x0001;
  private static final int SLEEP = 0x2000;

  private final Scheduler scheduler;
  private final Line sci;
  private final Runnable systemManagement;
  private final Runnable powerOff;
  private final Timer toggle;
  private final Mapped registers = new Registers();
  private final Mapped smi = new SmiPorts();
  private final byte[] others = new byte[LENGTH - 16];
  private final ConfigSpace config =
      new ConfigSpace(0x8086, 0x7113, 0x03, 0x068000, 0)
          .preset(0x06, 2, 0x0280)
          .preset(0x3C, 2, 0x0109)
          .preset(BASE, 4, DEFAULT_BASE | 1)
          .preset(BASE_ENABLE, 1, 1)
          .preset(0x90, 4, 1)
          .allow(BASE, 4, 0xFFC0)
          .allow(0x44, 4, 0xFFFFFFFFL)
          .allow(0x48, 8, -1)
          .allow(0x50, 8, -1)
          .allow(0x58, 8, -1)
          .allow(0x60, 8, -1)
          .allow(0x68, 8, -1)
          .allow(0x70, 8, -1)
          .allow(0x78, 8, -1)
          .allow(BASE_ENABLE, 1, 1)
          .allow(0x90, 4, 0xFFF0)
          .allow(0xD2, 4, 0xFFFFFF0FL)
          .region(Space.PORT, LENGTH, registers, this::base);
  private int status;
  private int enable;
  private int control;
  private int gpeStatus;
  private int gpeEnable;
  private long settled;
  private int command;
  private int smiStatus;

  /**
   * The function after power-on and firmware: registers at {@link #DEFAULT_BASE}, ACPI off.
   *
   * @param sci the system control interrupt, IRQ 9
   * @param systemManagement raises an SMI
   * @param powerOff switches the power off
   */
  public PowerManagement(
      Scheduler scheduler, Line sci, Runnable systemManagement, Runnable powerOff) {
    this.scheduler = scheduler;
    this.sci = sci;
    this.systemManagement = systemManagement;
    this.powerOff = powerOff;
    toggle = scheduler.timer("acpi timer", this::update);
  }

  public void reset() {
    config.reset();
    status = 0;
    enable = 0;
    control = 0;
    gpeStatus = 0;
    gpeEnable = 0;
    settled = scheduler.now();
    for (int i = 0; i < others.length; i++) {
      others[i] = 0;
    }
    command = 0;
    smiStatus = 0;
    update();
  }

  /**
   * The power button is pushed.
   *
   * @return whether the guest is told: it has ACPI on and the button's event enabled
   */
  public boolean pushPowerButton() {
    status |= POWER_BUTTON;
    update();
    return (control & SCI_ENABLE) != 0 && (enable & POWER_BUTTON) != 0;
  }

  /** A general purpose event, 0 to 15, on its rising edge. */
  public Line gpe(int number) {
    return level -> {
      if (level) {
        gpeStatus |= 1 << number;
        update();
      }
    };
  }

  /** The ACPI registers, 64 ports; the configuration space has them mapped by itself. */
  public Mapped registers() {
    return registers;
  }

  /** The SMI command and status ports, 2 ports at 0xB2. */
  public Mapped smiPorts() {
    return smi;
  }

  /** Whether the guest has switched ACPI on. */
  public boolean acpiEnabled() {
    return (control & SCI_ENABLE) != 0;
  }

  @Override
  public ConfigSpace config() {
    return config;
  }

  private long base() {
    return (config.read(BASE_ENABLE, 1) & 1) != 0
        ? config.read(BASE, 2) & 0xFFC0
        : Placement.NOWHERE;
  }

  private long ticks() {
    return scheduler.cycles(scheduler.now(), HERTZ);
  }

  /** Completes the timer's status up to now. */
  private void settle() {
    long now = scheduler.now();
    if (scheduler.cycles(settled, HERTZ) >> 23 != scheduler.cycles(now, HERTZ) >> 23) {
      status |= TIMER;
    }
    settled = now;
  }

  private void update() {
    settle();
    boolean requested = (status & enable & ENABLE_BITS) != 0 || (gpeStatus & gpeEnable) != 0;
    sci.set(acpiEnabled() && requested);
    if (acpiEnabled() && (enable & TIMER) != 0 && (status & TIMER) == 0) {
      toggle.arm(scheduler.ticks((ticks() >> 23) + 1 << 23, HERTZ));
    } else {
      toggle.cancel();
    }
  }

  private void sleep() {
    if ((control >> 10 & 7) == 0) {
      powerOff.run();
    } else {
      status |= WAKE;
    }
  }

  private static int insert(int register, int offset, int value) {
    int shift = 8 * (offset & 1);
    return register & ~(0xFF << shift) | value << shift;
  }

  private final class Registers implements ByteWide {
    @Override
    public int readByte(int offset) {
      settle();
      int shift = 8 * (offset & 1);
      return switch (offset >> 1) {
        case 0 -> status >> shift & 0xFF;
        case 1 -> enable >> shift & 0xFF;
        case 2 -> control >> shift & 0xFF;
        case 4, 5 -> offset == 11 ? 0 : (int) (ticks() >> 8 * (offset - 8)) & 0xFF;
        case 6 -> gpeStatus >> shift & 0xFF;
        case 7 -> gpeEnable >> shift & 0xFF;
        default -> offset >= 16 && offset < LENGTH ? others[offset - 16] & 0xFF : 0;
      };
    }

    @Override
    public void writeByte(int offset, int value) {
      settle();
      int shift = 8 * (offset & 1);
      switch (offset >> 1) {
        case 0 -> status &= ~(value << shift & STATUS_BITS);
        case 1 -> enable = insert(enable, offset, value) & ENABLE_BITS;
        case 2 -> {
          control = insert(control, offset, value) & CONTROL_BITS;
          if ((value << shift & SLEEP) != 0) {
            sleep();
          }
        }
        case 6 -> gpeStatus &= ~(value << shift);
        case 7 -> gpeEnable = insert(gpeEnable, offset, value) & 0xFFFF;
        default -> {
          if (offset >= 16 && offset < LENGTH) {
            others[offset - 16] = (byte) value;
          }
        }
      }
      update();
    }
  }

  private final class SmiPorts implements ByteWide {
    @Override
    public int readByte(int offset) {
      return offset == 0 ? command : offset == 1 ? smiStatus : FLOATING;
    }

    @Override
    public void writeByte(int offset, int value) {
      if (offset == 1) {
        smiStatus = value;
      } else if (offset == 0) {
        command = value;
        if (value == ACPI_ENABLE) {
          control |= SCI_ENABLE;
        } else if (value == ACPI_DISABLE) {
          control &= ~SCI_ENABLE;
        } else if ((config.read(DEVICE_ACTIVITY_B, 4) & COMMAND_ENABLE) != 0) {
          systemManagement.run();
        }
        update();
      }
    }
  }

  @Override
  public State state() {
    return new State(
        config.state(),
        status,
        enable,
        control,
        gpeStatus,
        gpeEnable,
        settled,
        others.clone(),
        command,
        smiStatus);
  }

  @Override
  public void restore(State state) {
    config.restore(state.config);
    status = state.status;
    enable = state.enable;
    control = state.control;
    gpeStatus = state.gpeStatus;
    gpeEnable = state.gpeEnable;
    settled = state.settled;
    for (int i = 0; i < others.length; i++) {
      others[i] = state.others[i];
    }
    command = state.command;
    smiStatus = state.smiStatus;
  }
}
