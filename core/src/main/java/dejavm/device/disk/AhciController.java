package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.Nucleus;
import dejavm.bus.Stateful;
import java.util.ArrayList;
import java.util.List;

/**
 * An AHCI controller with six SATA ports: in front the registers that all ports share, behind them
 * each {@link AhciPort}'s.
 *
 * <p>The controller knows only its own way of working, so a driver never has to switch it on.
 * Source: Serial ATA AHCI specification 1.1, chapter 3; Intel ICH9 datasheet, order no. 316972.
 */
public final class AhciController implements Mapped, Stateful<AhciController.State> {
  /**
   * The controller.
   *
   * @param global the global control register
   * @param pending a bit for each port that wants an interrupt
   */
  public record State(int global, int pending, List<AhciPort.State> ports) {}

  /** Ports that there are. */
  public static final int PORTS = 6;

  /** Bytes of its registers. */
  public static final int LENGTH = 0x1000;

  private static final int FIRST_PORT = 0x100;
  private static final int PORT_BYTES = 0x80;

  /** Six ports, 32 commands each, no other mode, links of 3 Gbit/s. */
  private static final int CAPABILITIES = 0x00241F05;

  private static final int VERSION = 0x00010100;
  private static final int ENABLED = 0x80000000;
  private static final int INTERRUPTS = 0x02;
  private static final int RESET = 0x01;

  private final Line irq;

  @Derived("wired once")
  private final List<AhciPort> ports = new ArrayList<>();

  private int global = ENABLED;
  private int pending;

  /** A controller with nothing at its ports. */
  public AhciController(Nucleus nucleus, Line irq) {
    this.irq = irq;
    for (int i = 0; i < PORTS; i++) {
      int bit = 1 << i;
      ports.add(new AhciPort(nucleus, () -> raise(bit)));
    }
  }

  /** A port, which a disk's data goes through. */
  public AhciPort port(int number) {
    return ports.get(number);
  }

  public void reset() {
    global = ENABLED;
    pending = 0;
    ports.forEach(AhciPort::reset);
    drive();
  }

  private void raise(int bit) {
    pending |= bit;
    drive();
  }

  private void drive() {
    irq.set((global & INTERRUPTS) != 0 && pending != 0);
  }

  private int read(int register) {
    if (register >= FIRST_PORT) {
      int port = (register - FIRST_PORT) / PORT_BYTES;
      return port < PORTS ? ports.get(port).read((register - FIRST_PORT) % PORT_BYTES) : 0;
    }
    return switch (register) {
      case 0x00 -> CAPABILITIES;
      case 0x04 -> global;
      case 0x08 -> pending;
      case 0x0C -> (1 << PORTS) - 1;
      case 0x10 -> VERSION;
      default -> 0;
    };
  }

  private void write(int register, int value) {
    if (register >= FIRST_PORT) {
      int port = (register - FIRST_PORT) / PORT_BYTES;
      if (port < PORTS) {
        ports.get(port).write((register - FIRST_PORT) % PORT_BYTES, value);
      }
    } else if (register == 0x04) {
      if ((value & RESET) != 0) {
        reset();
      } else {
        global = ENABLED | value & INTERRUPTS;
      }
    } else if (register == 0x08) {
      pending &= ~value;
      for (int i = 0; i < PORTS; i++) {
        // what a port still wants comes again
        pending |= ports.get(i).wantsInterrupt() ? 1 << i : 0;
      }
    }
    drive();
  }

  /** Registers are 32 bits wide; a part of one is read out of the whole. */
  @Override
  public long read(int offset, int size) {
    if (offset < 0 || offset + size > LENGTH) {
      return -1L >>> 64 - 8 * size;
    }
    long low = read(offset & ~3) & 0xFFFF_FFFFL;
    long whole = low | (long) read((offset & ~3) + 4 & LENGTH - 1) << 32;
    return whole >>> 8 * (offset & 3) & -1L >>> 64 - 8 * size;
  }

  /** Only whole registers are written. */
  @Override
  public void write(int offset, int size, long value) {
    for (int i = 0; i + 4 <= size && offset >= 0 && offset + i + 4 <= LENGTH; i += 4) {
      if ((offset & 3) == 0) {
        write(offset + i, (int) (value >>> 8 * i));
      }
    }
  }

  @Override
  public State state() {
    return new State(global, pending, ports.stream().map(AhciPort::state).toList());
  }

  @Override
  public void restore(State state) {
    global = state.global;
    pending = state.pending;
    for (int i = 0; i < PORTS; i++) {
      ports.get(i).restore(state.ports.get(i));
    }
  }
}
