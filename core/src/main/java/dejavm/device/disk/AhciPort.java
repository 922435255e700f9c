package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.MasterChannel;
import dejavm.bus.Nucleus;
import dejavm.bus.Stateful;
import java.util.Arrays;

/**
 * A port of an AHCI controller: takes commands out of a list in memory, hands them to its disk, and
 * puts what the disk says of itself into memory.
 *
 * <p>A disk on the other end of a cable is told and answers by frames, of which memory has the last
 * of each sort; what was a register of an ATA disk is a field of those. After an error the port
 * does nothing until its driver has stopped and started it. Commands are taken one after the other:
 * the disk queues none, and says so.
 *
 * <p>Source: Serial ATA AHCI specification 1.1, chapters 3 to 5; Serial ATA 2.6, section 10.3.
 */
public final class AhciPort implements MasterChannel, Stateful<AhciPort.State> {
  /**
   * The port.
   *
   * @param list where the list of commands is
   * @param received where frames go
   * @param issued a bit for each command in the list that is to be done
   * @param slot of the command under way, or -1
   * @param table where its table is
   * @param entries regions in that
   * @param entry the next of them
   * @param address the next byte of the present region
   * @param room bytes left of that
   * @param moved bytes moved by the command
   * @param failed whether it waits to be started anew
   */
  record State(
      int list,
      int received,
      int interrupts,
      int enabled,
      int command,
      int control,
      int errors,
      int issued,
      int taskFile,
      int signature,
      int slot,
      int table,
      int entries,
      int entry,
      int address,
      int room,
      int moved,
      boolean failed,
      boolean resetting) {}

  private static final int START = 0x0001;
  private static final int RECEIVE = 0x0010;
  private static final int RECEIVING = 0x4000;
  private static final int RUNNING = 0x8000;
  private static final int OVERRIDE = 0x0008;
  private static final int COMMAND_BITS = 0x17;

  private static final int REGISTERS_CAME = 0x0000_0001;
  private static final int PIO_CAME = 0x0000_0002;
  private static final int CONNECTED = 0x0000_0040;
  private static final int DISK_ERROR = 0x4000_0000;
  private static final int EXCHANGED = 1 << 26;

  private static final int NOBODY = 0x7F;
  private static final int HEAD_BYTES = 32;
  private static final int REGION_BYTES = 16;
  private static final int REGIONS = 0x80;
  private static final int PIO_FRAME = 0x20;
  private static final int REGISTER_FRAME = 0x40;
  private static final int SOFT_RESET = 0x04;

  private final Nucleus nucleus;
  private final Runnable raise;

  @Derived("wired once")
  private AtaDisk disk;

  private int list;
  private int received;
  private int interrupts;
  private int enabled;
  private int command;
  private int control;
  private int errors;
  private int issued;
  private int taskFile = NOBODY;
  private int signature = -1;
  private int slot = -1;
  private int table;
  private int entries;
  private int entry;
  private int address;
  private int room;
  private int moved;
  private boolean failed;
  private boolean resetting;

  /**
   * A port with nothing at it.
   *
   * @param raise tells the controller that an interrupt is wanted
   */
  AhciPort(Nucleus nucleus, Runnable raise) {
    this.nucleus = nucleus;
    this.raise = raise;
  }

  /** While wiring: plugs a disk in, whose channel this port is. */
  public void plug(AtaDisk newDisk) {
    disk = newDisk;
    disk.registers().attach(this::look);
  }

  /** A port is always ready to move what it can. */
  @Override
  public void attach(Runnable started) {}

  void reset() {
    list = 0;
    received = 0;
    interrupts = 0;
    enabled = 0;
    command = 0;
    control = 0;
    issued = 0;
    stop();
    connect();
  }

  private void stop() {
    slot = -1;
    failed = false;
    resetting = false;
    entries = 0;
    entry = 0;
    room = 0;
  }

  /** The link comes up, and the disk tells what it is. */
  private void connect() {
    errors = 0;
    taskFile = NOBODY;
    signature = -1;
    if (disk != null) {
      slot = -1;
      disk.reset();
      errors = EXCHANGED;
      introduce();
    }
  }

  private void introduce() {
    AtaRegisters registers = disk.registers();
    taskFile = registers.error << 8 | registers.status;
    signature = registers.high << 24 | registers.mid << 16 | registers.low << 8 | registers.count;
    receive(REGISTER_FRAME, frame(0x34));
  }

  boolean wantsInterrupt() {
    return (interrupts() & enabled) != 0;
  }

  private int interrupts() {
    return interrupts | ((errors & EXCHANGED) != 0 ? CONNECTED : 0);
  }

  private void interrupt(int bits) {
    interrupts |= bits;
    if (wantsInterrupt()) {
      raise.run();
    }
  }

  // ---- registers ----

  int read(int register) {
    return switch (register) {
      case 0x00 -> list;
      case 0x08 -> received;
      case 0x10 -> interrupts();
      case 0x14 -> enabled;
      case 0x18 -> command | Math.max(slot, 0) << 8;
      case 0x20 -> taskFile;
      case 0x24 -> signature;
      case 0x28 -> disk != null && (control & 0xF) == 0 ? 0x123 : 0;
      case 0x2C -> control;
      case 0x30 -> errors;
      case 0x38 -> issued;
      default -> 0;
    };
  }

  void write(int register, int value) {
    switch (register) {
      case 0x00 -> list = value & ~0x3FF;
      case 0x08 -> received = value & ~0xFF;
      case 0x10 -> interrupts &= ~value;
      case 0x14 -> {
        enabled = value;
        interrupt(0);
      }
      case 0x18 -> command(value);
      case 0x2C -> {
        boolean held = (control & 0xF) == 1;
        control = value & 0xFFF;
        if (held && (control & 0xF) == 0) {
          connect();
          interrupt(0);
        }
      }
      case 0x30 -> errors &= ~value;
      case 0x38 -> {
        if ((command & START) != 0) {
          issued |= value;
          next();
        }
      }
      default -> {}
    }
  }

  private void command(int value) {
    boolean starts = (value & START) != 0;
    if (!starts) {
      issued = 0;
      if (slot >= 0 && disk != null) {
        disk.softReset(); // its answer would belong to no command
      }
      stop();
    }
    if ((value & OVERRIDE) != 0) {
      taskFile &= ~(AtaRegisters.BUSY | AtaRegisters.DATA_REQUEST);
    }
    boolean received = (command & RECEIVE) != 0;
    command = value & COMMAND_BITS;
    command |= (value & RECEIVE) != 0 ? RECEIVING : 0;
    command |= starts ? RUNNING : 0;
    if (!received && (value & RECEIVE) != 0 && disk != null && slot < 0) {
      receive(REGISTER_FRAME, frame(0x34));
    }
    next();
  }

  // ---- commands ----

  /** Takes the next command, if the port is free for one. */
  private void next() {
    while (slot < 0 && !failed && issued != 0 && disk != null && (command & START) != 0) {
      slot = Integer.numberOfTrailingZeros(issued);
      byte[] head = memory(list + slot * HEAD_BYTES, HEAD_BYTES);
      table = word(head, 8) & ~0x7F;
      entries = word(head, 0) >>> 16;
      entry = 0;
      room = 0;
      moved = 0;
      take(memory(table, 20));
    }
  }

  private void take(byte[] frame) {
    AtaRegisters registers = disk.registers();
    if ((frame[1] & 0x80) == 0) {
      boolean held = (frame[15] & SOFT_RESET) != 0;
      if (held || resetting) {
        disk.softReset();
      }
      issued &= ~(1 << slot);
      slot = -1;
      if (resetting && !held) {
        introduce();
        interrupt(REGISTERS_CAME);
      }
      resetting = held;
      return;
    }
    registers.features = frame[3] & 0xFF;
    registers.low = frame[4] & 0xFF | (frame[8] & 0xFF) << 8;
    registers.mid = frame[5] & 0xFF | (frame[9] & 0xFF) << 8;
    registers.high = frame[6] & 0xFF | (frame[10] & 0xFF) << 8;
    registers.device = frame[7] & 0xFF;
    registers.count = frame[12] & 0xFF | (frame[13] & 0xFF) << 8;
    disk.command(frame[2] & 0xFF);
    taskFile = registers.error << 8 | registers.status;
    look();
  }

  /** The disk has come further: moves what goes through its data register, or ends the command. */
  private void look() {
    AtaRegisters registers = disk.registers();
    boolean told = false;
    while (slot >= 0 && registers.has(AtaRegisters.DATA_REQUEST) && !disk.movesByDma()) {
      byte[] frame = frame(0x5F);
      boolean fromDisk = disk.gives();
      int left = registers.left();
      int done = move(registers.buffer, registers.position, left, fromDisk);
      registers.position += left; // what memory has no room for is lost
      if (!fromDisk && done < left) {
        Arrays.fill(
            registers.buffer, registers.position - left + done, registers.position, (byte) 0);
      }
      disk.exchanged();
      frame[1] |= (byte) (fromDisk ? 0x20 : 0);
      frame[15] = (byte) registers.status;
      frame[16] = (byte) left;
      frame[17] = (byte) (left >> 8);
      receive(PIO_FRAME, frame);
      told = fromDisk;
    }
    boolean busy = registers.has(AtaRegisters.BUSY) || registers.has(AtaRegisters.DATA_REQUEST);
    if (slot >= 0 && !failed && !busy) {
      end(told);
    }
  }

  /**
   * The command is over.
   *
   * @param told whether the frame that announced its last data said so too; then no other comes
   */
  private void end(boolean told) {
    AtaRegisters registers = disk.registers();
    taskFile = registers.error << 8 | registers.status;
    byte[] count = new byte[4];
    put(count, 0, moved);
    nucleus.writeRam((list + slot * HEAD_BYTES + 4) & 0xFFFF_FFFFL, count, 0, 4);
    if (!told) {
      receive(REGISTER_FRAME, frame(0x34));
    }
    if (registers.has(AtaRegisters.ERROR)) {
      failed = true;
      interrupt(DISK_ERROR | REGISTERS_CAME);
    } else {
      issued &= ~(1 << slot);
      slot = -1;
      interrupt(told ? PIO_CAME : REGISTERS_CAME);
      next();
    }
  }

  // ---- memory ----

  private byte[] memory(int at, int length) {
    byte[] bytes = new byte[length];
    nucleus.readRam(at & 0xFFFF_FFFFL, bytes, 0, length);
    return bytes;
  }

  private static int word(byte[] bytes, int offset) {
    return bytes[offset] & 0xFF
        | (bytes[offset + 1] & 0xFF) << 8
        | (bytes[offset + 2] & 0xFF) << 16
        | bytes[offset + 3] << 24;
  }

  private static void put(byte[] bytes, int offset, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[offset + i] = (byte) (value >> 8 * i);
    }
  }

  /** What the disk's registers hold, as a frame. */
  private byte[] frame(int type) {
    AtaRegisters registers = disk.registers();
    byte[] frame = new byte[20];
    put(frame, 0, type | 0x4000 | registers.status << 16 | registers.error << 24);
    for (int i = 0; i < 3; i++) {
      int register = i == 0 ? registers.low : i == 1 ? registers.mid : registers.high;
      frame[4 + i] = (byte) register;
      frame[8 + i] = (byte) (register >> 8);
    }
    frame[7] = (byte) registers.device;
    frame[12] = (byte) registers.count;
    frame[13] = (byte) (registers.count >> 8);
    return frame;
  }

  private void receive(int offset, byte[] frame) {
    if ((command & RECEIVE) != 0) {
      nucleus.writeRam((received + offset) & 0xFFFF_FFFFL, frame, 0, frame.length);
    }
  }

  @Override
  public int store(byte[] from, int offset, int length) {
    return slot < 0 ? 0 : move(from, offset, length, true);
  }

  @Override
  public int load(byte[] into, int offset, int length) {
    return slot < 0 ? 0 : move(into, offset, length, false);
  }

  private int move(byte[] bytes, int offset, int length, boolean toMemory) {
    int done = 0;
    while (done < length && region()) {
      int part = Math.min(room, length - done);
      if (toMemory) {
        nucleus.writeRam(address & 0xFFFF_FFFFL, bytes, offset + done, part);
      } else {
        nucleus.readRam(address & 0xFFFF_FFFFL, bytes, offset + done, part);
      }
      address += part;
      room -= part;
      done += part;
    }
    moved += done;
    return done;
  }

  /** Whether there is a region with room. */
  private boolean region() {
    if (room == 0 && entry < entries) {
      byte[] region = memory(table + REGIONS + entry * REGION_BYTES, REGION_BYTES);
      address = word(region, 0) & ~1;
      room = (word(region, 12) & 0x3FFFFF | 1) + 1;
      entry++;
    }
    return room > 0;
  }

  @Override
  public State state() {
    return new State(
        list,
        received,
        interrupts,
        enabled,
        command,
        control,
        errors,
        issued,
        taskFile,
        signature,
        slot,
        table,
        entries,
        entry,
        address,
        room,
        moved,
        failed,
        resetting);
  }

  @Override
  public void restore(State state) {
    list = state.list;
    received = state.received;
    interrupts = state.interrupts;
    enabled = state.enabled;
    command = state.command;
    control = state.control;
    errors = state.errors;
    issued = state.issued;
    taskFile = state.taskFile;
    signature = state.signature;
    slot = state.slot;
    table = state.table;
    entries = state.entries;
    entry = state.entry;
    address = state.address;
    room = state.room;
    moved = state.moved;
    failed = state.failed;
    resetting = state.resetting;
  }
}
