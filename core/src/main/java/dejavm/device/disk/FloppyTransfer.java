package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.Disk;
import dejavm.bus.DmaChannel;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * What the floppy controller does while it executes a command that looks at sectors: it waits for
 * the next one to pass under the head, moves its bytes, and goes on until the DMA controller says
 * that this was the last (terminal count) or the track ends.
 *
 * <p>To reach the end of the track is an error, if nobody said that it is the end: so it always is
 * without DMA. A sector takes 500 µs, whatever the rate: on a real disk it is 11 ms, and nothing
 * but patience depends on it. Without DMA a sector waits until it was taken, and is asked for by
 * one interrupt.
 *
 * <p>Source: Intel 82077AA datasheet, order no. 290166, sections 5.1 and 6.
 */
final class FloppyTransfer implements Stateful<FloppyTransfer.State> {
  /** What it is at. */
  enum Step {
    IDLE,
    /** Waits for a sector to pass. */
    SEARCHING,
    /** Waits until the host has taken the buffer. */
    GIVING,
    /** Waits until the host has filled the buffer. */
    TAKING,
    /** Has written a sector. */
    STORING
  }

  /**
   * A command under way.
   *
   * @param command its bytes
   * @param rate the data rate selected when it began
   * @param direct whether data goes through the port
   * @param gated whether the DMA controller can be reached
   * @param side the head that is used
   * @param cylinder C, of the sector that is looked at, as the command counts
   * @param head H
   * @param sector R
   * @param left sectors yet to be formatted or verified
   * @param ended whether this sector is the last
   * @param status0 what is known of status register 0
   * @param buffer a sector, or what to format one with
   * @param position in the buffer, up to where it was taken or filled
   * @param limit how far it is to be taken or filled
   */
  record State(
      Step step,
      byte[] command,
      int rate,
      boolean direct,
      boolean gated,
      int side,
      int cylinder,
      int head,
      int sector,
      int left,
      boolean ended,
      int status0,
      int status1,
      int status2,
      byte[] buffer,
      int position,
      int limit) {}

  // Commands, without the bits that modify them.
  static final int READ_TRACK = 0x02;
  static final int WRITE = 0x05;
  static final int READ = 0x06;
  static final int WRITE_DELETED = 0x09;
  static final int READ_ID = 0x0A;
  static final int READ_DELETED = 0x0C;
  static final int FORMAT = 0x0D;
  static final int VERIFY = 0x16;

  private static final int MULTI_TRACK = 0x80;
  private static final int MFM = 0x40;
  private static final int SKIP = 0x20;

  /** In the second byte of VERIFY: the number of sectors is told. */
  private static final int COUNTED = 0x80;

  // Status register 0.
  private static final int ABNORMAL = 0x40;
  static final int SEEK_END = 0x20;

  // Status register 1.
  private static final int END_OF_CYLINDER = 0x80;
  private static final int DATA_ERROR = 0x20;
  private static final int OVERRUN = 0x10;
  private static final int NO_DATA = 0x04;
  private static final int NO_MARK = 0x01;

  // Status register 2.
  private static final int CONTROL_MARK = 0x40;
  private static final int DATA_FIELD = 0x20;
  private static final int WRONG_CYLINDER = 0x10;

  /** The code of a sector's size, 512 bytes: the only one there is. */
  private static final int SIZE = 2;

  private static final int MICROSECONDS = 1_000_000;
  private static final int SECTOR_TIME = 500;
  private static final int STORING_TIME = 10;
  private static final int REVOLUTIONS = 5;

  private final Scheduler scheduler;
  private final DmaChannel dma;
  private final Runnable asking;
  private final Consumer<byte[]> over;
  private final Timer timer;

  @Derived("the drive of the command's number")
  private FloppyDrive drive;

  @Derived("wired once")
  private final FloppyDrive[] drives;

  private Step step = Step.IDLE;
  private byte[] command = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  private int rate;
  private boolean direct;
  private boolean gated;
  private int side;
  private int cylinder;
  private int head;
  private int sector;
  private int left;
  private boolean ended;
  private int status0;
  private int status1;
  private int status2;
  private final byte[] buffer = new byte[Disk.SECTOR];
  private int position;
  private int limit;

  /**
   * @param drives up to four, null where there is none
   * @param asking the buffer waits for the host
   * @param over takes the result of a command
   */
  FloppyTransfer(
      Scheduler scheduler,
      FloppyDrive[] drives,
      DmaChannel dma,
      Runnable asking,
      Consumer<byte[]> over) {
    this.scheduler = scheduler;
    this.drives = drives.clone();
    this.dma = dma;
    this.asking = asking;
    this.over = over;
    timer = scheduler.timer("floppy transfer", this::elapsed);
  }

  void reset() {
    timer.cancel();
    step = Step.IDLE;
    Arrays.fill(command, (byte) 0);
    position = 0;
    limit = 0;
  }

  /**
   * Begins a command.
   *
   * @param bytes of the command
   * @param selected the data rate
   * @param viaPort whether its data goes through the port
   * @param viaDma whether the DMA controller can be reached
   * @param seeking microseconds for which the arm moves before, or 0
   */
  void begin(byte[] bytes, int selected, boolean viaPort, boolean viaDma, int seeking) {
    command = Arrays.copyOf(bytes, 9);
    rate = selected;
    direct = viaPort;
    gated = viaDma;
    drive = drives[command[1] & 3];
    side = command[1] >> 2 & 1;
    boolean addressed = opcode() != FORMAT && opcode() != READ_ID;
    cylinder = addressed ? command[2] & 0xFF : drive == null ? 0 : drive.cylinder();
    head = addressed ? command[3] & 0xFF : side;
    sector = addressed ? command[4] & 0xFF : 1;
    left = opcode() == FORMAT ? command[3] & 0xFF : addressed ? 1 + (command[8] - 1 & 0xFF) : 0;
    ended = false;
    status0 = seeking > 0 ? SEEK_END : 0;
    status1 = 0;
    status2 = 0;
    search(seeking);
  }

  private int opcode() {
    return command[0] & 0x1F;
  }

  private boolean flag(int bit) {
    return (command[0] & bit) != 0;
  }

  private boolean writes() {
    return opcode() == WRITE || opcode() == WRITE_DELETED || opcode() == FORMAT;
  }

  private void arm(int microseconds) {
    timer.arm(scheduler.now() + Math.max(1, scheduler.ticks(microseconds, MICROSECONDS)));
  }

  /** Begins to wait for the sector; a disk is read now, so that the host has time to fail. */
  private void search(int before) {
    step = Step.SEARCHING;
    position = 0;
    limit = 0;
    find();
    if (!lost() && !writes() && opcode() != READ_ID) {
      drive.read(address(), buffer);
    }
    arm(before + SECTOR_TIME);
  }

  /** Looks for what the command names on the track; says in the status what is amiss. */
  private void find() {
    FloppyFormat format = drive == null ? null : drive.passing();
    if (format == null
        || format.rate != rate
        || !flag(MFM)
        || side >= format.heads
        || drive.cylinder() >= format.cylinders) {
      status1 |= NO_MARK;
    } else if (opcode() == READ_ID) {
      long passed = scheduler.cycles(scheduler.now(), (long) REVOLUTIONS * format.track);
      sector = 1 + (int) (passed % format.track);
    } else if (opcode() != FORMAT && opcode() != READ_TRACK) {
      boolean here = cylinder == drive.cylinder();
      boolean there = sector >= 1 && sector <= format.track && head == side;
      status1 |= here && there && command[5] == SIZE ? 0 : NO_DATA;
      status2 |= here ? 0 : WRONG_CYLINDER;
    }
  }

  /** Whether there is nothing to go on with. */
  private boolean lost() {
    return (opcode() == READ_TRACK ? status1 & ~NO_DATA : status1) != 0;
  }

  /** Where the sector is on the disk; READ TRACK takes them as they come, whatever their names. */
  private long address() {
    FloppyFormat format = drive.passing();
    int number = opcode() == READ_TRACK ? (sector - 1 & 0xFF) % format.track : sector - 1;
    return ((long) drive.cylinder() * format.heads + side) * format.track + number;
  }

  private void elapsed() {
    find(); // again, as the disk may be another one by now
    if (lost()) {
      fail(0, 0);
    } else if (step == Step.SEARCHING) {
      found();
    } else if (opcode() != FORMAT && drive.faulty(address())) {
      fail(DATA_ERROR, DATA_FIELD);
    } else {
      next();
    }
  }

  private void found() {
    switch (opcode()) {
      case READ_ID -> finish(0);
      case WRITE, WRITE_DELETED -> take(Disk.SECTOR);
      case FORMAT -> {
        if (left == 0) {
          finish(0);
        } else {
          take(4);
        }
      }
      default -> {
        if (drive.faulty(address())) {
          fail(DATA_ERROR, DATA_FIELD);
        } else {
          read();
        }
      }
    }
  }

  /** A sector was read: to be given, skipped, or only looked at. */
  private void read() {
    boolean wanted = opcode() == READ_DELETED;
    boolean other = drive.deleted(address()) != wanted && opcode() != READ_TRACK;
    if (opcode() == READ_TRACK) {
      boolean named = cylinder == drive.cylinder() && head == side && command[5] == SIZE;
      status1 |= named ? 0 : NO_DATA;
    }
    if (other) {
      status2 |= CONTROL_MARK;
      if (flag(SKIP)) {
        next();
        return;
      }
      ended = true;
    }
    if (opcode() == VERIFY) {
      next();
    } else {
      limit = Disk.SECTOR;
      if (direct) {
        step = Step.GIVING;
        asking.run();
      } else {
        moved(gated ? dma.store(buffer, 0, limit) : DmaChannel.Moved.NOTHING);
      }
    }
  }

  /** Has the host fill the buffer. */
  private void take(int bytes) {
    Arrays.fill(buffer, (byte) 0);
    limit = bytes;
    step = Step.TAKING;
    if (direct) {
      asking.run();
    } else {
      moved(gated ? dma.load(buffer, 0, bytes) : DmaChannel.Moved.NOTHING);
    }
  }

  /** The DMA controller moved what it would: too little is an error, unless it is the end. */
  private void moved(DmaChannel.Moved moved) {
    position = moved.bytes();
    ended |= moved.last();
    if (position < limit && !moved.last()) {
      fail(OVERRUN, 0);
    } else {
      exchanged();
    }
  }

  /** Whether a byte waits to be taken. */
  boolean gives() {
    return step == Step.GIVING;
  }

  /** Whether a byte is waited for. */
  boolean takes() {
    return step == Step.TAKING;
  }

  /** Whether the command under way goes through the port. */
  boolean direct() {
    return direct && step != Step.IDLE && opcode() != READ_ID && opcode() != VERIFY;
  }

  int give() {
    int value = buffer[position++] & 0xFF;
    if (position == limit) {
      exchanged();
    }
    return value;
  }

  void take(byte value) {
    buffer[position++] = value;
    if (position == limit) {
      exchanged();
    }
  }

  /** The buffer was taken or filled. */
  private void exchanged() {
    if (step != Step.TAKING) {
      next();
      return;
    }
    find();
    if (lost()) {
      fail(0, 0);
    } else {
      store();
      step = Step.STORING;
      arm(STORING_TIME);
    }
  }

  private void store() {
    if (opcode() != FORMAT) {
      drive.write(address(), buffer, opcode() == WRITE_DELETED);
      return;
    }
    cylinder = buffer[0] & 0xFF;
    head = buffer[1] & 0xFF;
    sector = buffer[2] & 0xFF;
    boolean kept = cylinder == drive.cylinder() && head == side && buffer[3] == SIZE;
    if (kept && sector >= 1 && sector <= drive.passing().track) {
      byte[] filled = new byte[Disk.SECTOR];
      Arrays.fill(filled, command[5]);
      drive.write(address(), filled, false);
    }
  }

  /** The sector is done with: goes on to the next, or ends. */
  private void next() {
    if ((status2 & CONTROL_MARK) != 0 && !flag(SKIP)) {
      finish(0); // and the sector's address stays
      return;
    }
    left--;
    if (opcode() == FORMAT) {
      ended = left == 0;
    } else {
      boolean last = advance();
      boolean counted = opcode() == VERIFY && (command[1] & COUNTED) != 0;
      ended |= counted ? left == 0 : last && (opcode() == VERIFY || opcode() == READ_TRACK);
      if (last && !ended) {
        fail(END_OF_CYLINDER, 0);
        return;
      }
    }
    if (ended) {
      finish(0);
    } else {
      search(0);
    }
  }

  /** Makes C, H and R those of the next sector; whether this one was the last of the command's. */
  private boolean advance() {
    boolean both = flag(MULTI_TRACK) && opcode() != READ_TRACK;
    if (sector != (command[6] & 0xFF)) {
      sector = sector + 1 & 0xFF;
      return false;
    }
    sector = 1;
    if (both) {
      head ^= 1;
      if (side == 0) {
        side = 1;
        return false;
      }
    }
    cylinder = cylinder + 1 & 0xFF;
    return true;
  }

  private void fail(int one, int two) {
    status1 |= one;
    status2 |= two;
    finish(ABNORMAL);
  }

  private void finish(int code) {
    step = Step.IDLE;
    position = 0;
    limit = 0;
    int unit = command[1] & 3;
    over.accept(
        new byte[] {
          (byte) (status0 | code | side << 2 | unit),
          (byte) status1,
          (byte) status2,
          (byte) cylinder,
          (byte) head,
          (byte) sector,
          opcode() == FORMAT ? command[2] : opcode() == READ_ID ? SIZE : command[5]
        });
  }

  @Override
  public State state() {
    return new State(
        step,
        command.clone(),
        rate,
        direct,
        gated,
        side,
        cylinder,
        head,
        sector,
        left,
        ended,
        status0,
        status1,
        status2,
        buffer.clone(),
        position,
        limit);
  }

  @Override
  public void restore(State state) {
    step = state.step;
    command = state.command.clone();
    drive = drives[command[1] & 3];
    rate = state.rate;
    direct = state.direct;
    gated = state.gated;
    side = state.side;
    cylinder = state.cylinder;
    head = state.head;
    sector = state.sector;
    left = state.left;
    ended = state.ended;
    status0 = state.status0;
    status1 = state.status1;
    status2 = state.status2;
    System.arraycopy(state.buffer, 0, buffer, 0, buffer.length);
    position = state.position;
    limit = state.limit;
  }
}
