package dejavm.device.pci;

import dejavm.bus.Derived;
import dejavm.bus.MasterChannel;
import dejavm.bus.Nucleus;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One channel of a bus-master IDE controller: moves data between a device and the regions of memory
 * that a table of descriptors lists.
 *
 * <p>A table shorter than the data stops the channel without an interrupt, and the device waits; a
 * longer one leaves it active when the device interrupts. Drivers tell from both bits together how
 * a transfer went.
 *
 * <p>Source: Programming Interface for Bus Master IDE Controller, revision 1.0 (Intel, 1994).
 */
final class BusMaster implements ByteWide, MasterChannel, Stateful<BusMaster.State> {
  /**
   * A channel.
   *
   * @param table where the descriptors begin
   * @param next where the next descriptor is
   * @param address the next byte of the present region
   * @param left bytes left of it
   * @param last whether it is the last
   * @param interrupt the level of the device's interrupt
   */
  record State(
      int command,
      int status,
      int table,
      int next,
      int address,
      int left,
      boolean last,
      boolean interrupt) {}

  private static final int START = 0x01;
  private static final int TO_MEMORY = 0x08;
  private static final int ACTIVE = 0x01;
  private static final int ERROR = 0x02;
  private static final int INTERRUPT = 0x04;
  private static final int CAPABLE = 0x60;
  private static final int DESCRIPTOR = 8;

  private final Nucleus nucleus;
  private final BooleanSupplier enabled;

  @Derived("wired once")
  private final List<Runnable> devices = new ArrayList<>();

  private int command;
  private int status;
  private int table;
  private int next;
  private int address;
  private int left;
  private boolean last;
  private boolean interrupt;

  /**
   * A channel at rest.
   *
   * @param enabled whether the function may be master of the bus
   */
  BusMaster(Nucleus nucleus, BooleanSupplier enabled) {
    this.nucleus = nucleus;
    this.enabled = enabled;
  }

  void reset() {
    command = 0;
    status = 0;
    table = 0;
    next = 0;
    address = 0;
    left = 0;
    last = false;
  }

  /** The device's interrupt: its rise is remembered. */
  void interrupt(boolean level) {
    if (level && !interrupt) {
      status |= INTERRUPT;
    }
    interrupt = level;
  }

  /** Lets the device move what it can. */
  void go() {
    if ((status & ACTIVE) != 0) {
      devices.forEach(Runnable::run);
    }
  }

  // ---- registers ----

  @Override
  public int readByte(int offset) {
    return switch (offset) {
      case 0 -> command;
      case 2 -> status;
      case 4, 5, 6, 7 -> table >>> 8 * (offset - 4) & 0xFF;
      default -> 0;
    };
  }

  @Override
  public void writeByte(int offset, int value) {
    switch (offset) {
      case 0 -> command(value & (START | TO_MEMORY));
      case 2 -> status = status & ~CAPABLE & ~(value & (ERROR | INTERRUPT)) | value & CAPABLE;
      case 4, 5, 6, 7 -> {
        int shift = 8 * (offset - 4);
        table = (table & ~(0xFF << shift) | value << shift) & ~3;
      }
      default -> {}
    }
  }

  private void command(int value) {
    boolean starts = (value & START) != 0 && (command & START) == 0;
    command = value;
    if (starts) {
      status |= ACTIVE;
      next = table;
      left = 0;
      last = false;
      go();
    } else if ((value & START) == 0) {
      status &= ~ACTIVE;
    }
  }

  // ---- transfer ----

  @Override
  public void attach(Runnable started) {
    devices.add(started);
  }

  @Override
  public int store(byte[] from, int offset, int length) {
    return (command & TO_MEMORY) == 0 ? 0 : move(from, offset, length, true);
  }

  @Override
  public int load(byte[] into, int offset, int length) {
    return (command & TO_MEMORY) != 0 ? 0 : move(into, offset, length, false);
  }

  private int move(byte[] bytes, int offset, int length, boolean toMemory) {
    int done = 0;
    while (done < length && region()) {
      int part = Math.min(left, length - done);
      long at = address & 0xFFFF_FFFFL;
      if (toMemory) {
        nucleus.writeRam(at, bytes, offset + done, part);
      } else {
        nucleus.readRam(at, bytes, offset + done, part);
      }
      address += part;
      left -= part;
      done += part;
      if (left == 0 && last) {
        status &= ~ACTIVE;
      }
    }
    return done;
  }

  /** Whether there is a region with room, the next descriptor's where one was used up. */
  private boolean region() {
    if ((status & ACTIVE) == 0 || !enabled.getAsBoolean()) {
      return false;
    }
    if (left == 0) {
      byte[] descriptor = new byte[DESCRIPTOR];
      nucleus.readRam(next & 0xFFFF_FFFFL, descriptor, 0, DESCRIPTOR);
      next += DESCRIPTOR;
      address = word(descriptor, 0) | word(descriptor, 2) << 16;
      address &= ~1;
      left = word(descriptor, 4) & 0xFFFE;
      left = left == 0 ? 0x10000 : left;
      last = (descriptor[7] & 0x80) != 0;
    }
    return true;
  }

  private static int word(byte[] bytes, int offset) {
    return bytes[offset] & 0xFF | (bytes[offset + 1] & 0xFF) << 8;
  }

  @Override
  public State state() {
    return new State(command, status, table, next, address, left, last, interrupt);
  }

  @Override
  public void restore(State state) {
    command = state.command;
    status = state.status;
    table = state.table;
    next = state.next;
    address = state.address;
    left = state.left;
    last = state.last;
    interrupt = state.interrupt;
  }
}
