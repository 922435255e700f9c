package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.MasterChannel;
import dejavm.bus.Stateful;

/**
 * A channel for two ATA devices: the command block of 8 ports, and the device control register.
 *
 * <p>Both devices hear every write and only the selected one answers, so a driver finds a device by
 * whether it remembers. Reading the status register takes the interrupt back; the alternate status
 * beside the control register does not. The data register is 16 bits wide; two of its words make an
 * access of 32 bits. Where there is no device, registers read as zeros; but where there is another,
 * that one says who is selected.
 *
 * <p>Source: ATA/ATAPI-6 (T13/1410D), chapters 7 and 9.
 */
public final class IdeChannel implements Stateful<IdeChannel.State> {
  /**
   * The channel.
   *
   * @param selected 0 or 1
   * @param control the device control register
   */
  public record State(int selected, int control) {}

  private static final int NO_INTERRUPT = 0x02;
  private static final int SOFT_RESET = 0x04;
  private static final int PREVIOUS = 0x80;

  private static final int DATA = 0;
  private static final int DEVICE = 6;
  private static final int STATUS = 7;
  private static final int DEVICE_RESET = 0x08;
  private static final int DIAGNOSTIC = 0x90;

  private final Line irq;

  @Derived("wired once")
  private final AtaDevice[] devices;

  private final Mapped commandBlock = new CommandBlock();
  private final Mapped controlBlock = new ControlBlock();
  private int selected;
  private int control;

  /**
   * A channel.
   *
   * @param master the first device, or null
   * @param slave the second device, or null
   */
  public IdeChannel(Line irq, MasterChannel dma, AtaDevice master, AtaDevice slave) {
    this.irq = irq;
    devices = new AtaDevice[] {master, slave};
    for (AtaDevice device : devices) {
      if (device != null) {
        device.registers().attach(this::drive);
        dma.attach(device::dmaStarted);
      }
    }
  }

  /** Eight ports at 1F0 or 170. */
  public Mapped commandBlock() {
    return commandBlock;
  }

  /** The port at 3F6 or 376. */
  public Mapped controlBlock() {
    return controlBlock;
  }

  public void reset() {
    selected = 0;
    control = 0;
    for (AtaDevice device : devices) {
      if (device != null) {
        device.reset();
      }
    }
    drive();
  }

  private void drive() {
    AtaDevice device = devices[selected];
    boolean pending = device != null && device.registers().interrupting();
    irq.set(pending && (control & NO_INTERRUPT) == 0);
  }

  private void writeAll(int register, int value) {
    for (AtaDevice device : devices) {
      if (device != null) {
        device.registers().write(register, value);
      }
    }
    if (register == DEVICE) {
      AtaDevice current = devices[selected];
      if (current == null || !current.registers().has(AtaRegisters.BUSY)) {
        selected = value >> 4 & 1;
        drive();
      }
    }
  }

  private void command(int opcode) {
    AtaDevice device = devices[selected];
    if (opcode == DIAGNOSTIC) {
      selected = 0;
      resetDevices();
      if (devices[0] != null) {
        devices[0].registers().interrupt(true);
      }
    } else if (device != null
        && (opcode == DEVICE_RESET || !device.registers().has(AtaRegisters.BUSY))) {
      device.command(opcode);
    }
  }

  private void resetDevices() {
    for (AtaDevice device : devices) {
      if (device != null) {
        device.softReset();
      }
    }
  }

  private void control(int value) {
    boolean before = (control & SOFT_RESET) != 0;
    control = value;
    boolean held = (control & SOFT_RESET) != 0;
    if (held && !before) {
      selected = 0;
      resetDevices();
      for (AtaDevice device : devices) {
        if (device != null) {
          device.registers().busy();
        }
      }
    } else if (before && !held) {
      resetDevices();
    }
    drive();
  }

  private long readData(AtaDevice device, int size) {
    AtaRegisters registers = device.registers();
    if (!registers.has(AtaRegisters.DATA_REQUEST) || registers.left() == 0) {
      return 0;
    }
    long value = 0;
    for (int i = 0; i < size && registers.left() > 0; i++) {
      value |= (registers.buffer[registers.position++] & 0xFFL) << 8 * i;
    }
    if (registers.left() == 0) {
      device.exchanged();
    }
    return value;
  }

  private void writeData(AtaDevice device, int size, long value) {
    AtaRegisters registers = device.registers();
    if (!registers.has(AtaRegisters.DATA_REQUEST) || registers.left() == 0) {
      return;
    }
    for (int i = 0; i < size && registers.left() > 0; i++) {
      registers.buffer[registers.position++] = (byte) (value >>> 8 * i);
    }
    if (registers.left() == 0) {
      device.exchanged();
    }
  }

  private final class CommandBlock implements Mapped {
    @Override
    public long read(int offset, int size) {
      AtaDevice device = devices[selected];
      if (device == null && offset == DEVICE && devices[1 - selected] != null) {
        return devices[1 - selected].registers().read(DEVICE, false);
      } else if (offset < DATA || offset > STATUS || device == null) {
        return 0;
      } else if (offset == DATA) {
        return readData(device, size);
      }
      long value = 0;
      for (int i = 0; i < size && offset + i <= STATUS; i++) {
        value |= (long) register(device.registers(), offset + i) << 8 * i;
      }
      return value;
    }

    private int register(AtaRegisters registers, int number) {
      if (number < STATUS) {
        return registers.read(number, (control & PREVIOUS) != 0);
      }
      int status = registers.status;
      registers.interrupt(false);
      return status;
    }

    @Override
    public void write(int offset, int size, long value) {
      if (offset == DATA) {
        if (devices[selected] != null) {
          writeData(devices[selected], size, value);
        }
        return;
      }
      for (int i = 0; i < size; i++) {
        int register = offset + i;
        int one = (int) (value >>> 8 * i) & 0xFF;
        if (register > DATA && register < STATUS) {
          control &= ~PREVIOUS;
          writeAll(register, one);
        } else if (register == STATUS) {
          control &= ~PREVIOUS;
          command(one);
        }
      }
    }
  }

  private final class ControlBlock implements Mapped {
    @Override
    public long read(int offset, int size) {
      AtaDevice device = devices[selected];
      return offset == 0 && device != null ? device.registers().status : 0;
    }

    @Override
    public void write(int offset, int size, long value) {
      if (offset == 0) {
        control((int) value & 0xFF);
      }
    }
  }

  @Override
  public State state() {
    return new State(selected, control);
  }

  @Override
  public void restore(State state) {
    selected = state.selected;
    control = state.control;
  }
}
