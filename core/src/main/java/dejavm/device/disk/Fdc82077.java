package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.DmaChannel;
import dejavm.bus.Line;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.device.ByteWide;
import java.util.Arrays;

/**
 * The 82077AA floppy disk controller, wired as in an AT, for up to four drives.
 *
 * <p>A command is written byte by byte, executed, and answered byte by byte, all through one port;
 * the main status register says which is next. After a reset there is an interrupt, and SENSE
 * INTERRUPT has something to tell of each of four drives, whether there are such or not. A seek
 * ends with an interrupt and no result, which SENSE INTERRUPT fetches too; where there is nothing
 * to tell, it is an invalid command. PART ID belongs to the successor of this chip, and is invalid:
 * so drivers tell them apart.
 *
 * <p>Source: Intel 82077AA datasheet, order no. 290166.
 */
public final class Fdc82077 implements ByteWide, Stateful<Fdc82077.State> {
  /** What the port is for. */
  enum Phase {
    /** Held in reset, or not yet out of it. */
    RESET,
    COMMAND,
    EXECUTION,
    RESULT
  }

  /**
   * The controller.
   *
   * @param output the digital output register: motors, DMA gate, reset, selected drive
   * @param tape the tape drive register
   * @param rate the data rate
   * @param bytes of the command, or of its result
   * @param length how many of them there are, or came
   * @param position of the next byte of the result
   * @param pollWaits whether the interrupt of a reset was not answered yet
   * @param resultWaits whether a result caused an interrupt that was not answered yet
   * @param specified both bytes of SPECIFY
   * @param configuration both bytes of CONFIGURE that count
   * @param perpendicular the byte of PERPENDICULAR MODE
   * @param lastSector the count of the last FORMAT, or the end of the track of the last transfer
   * @param present PCN, the cylinder that each drive is thought to be at
   * @param seekTo where each drive's arm moves to, or {@link #AT_REST}
   * @param endings status register 0 for SENSE INTERRUPT, for each drive, or {@link #NOTHING}
   */
  public record State(
      FloppyTransfer.State transfer,
      Phase phase,
      int output,
      int tape,
      int rate,
      byte[] bytes,
      int length,
      int position,
      boolean pollWaits,
      boolean resultWaits,
      byte[] specified,
      byte[] configuration,
      int perpendicular,
      boolean locked,
      int lastSector,
      byte[] present,
      int[] seekTo,
      int[] endings) {}

  private static final int DRIVES = 4;

  /** In {@code seekTo}: the arm stands still. */
  private static final int AT_REST = Integer.MIN_VALUE;

  /** In {@code endings}: there is nothing to tell. */
  private static final int NOTHING = -1;

  // Digital output register.
  private static final int NOT_RESET = 0x04;
  private static final int DMA_GATE = 0x08;

  // Main status register.
  private static final int REQUEST = 0x80;
  private static final int TO_HOST = 0x40;
  private static final int NO_DMA = 0x20;
  private static final int BUSY = 0x10;

  // Status register 0.
  private static final int INVALID = 0x80;
  private static final int POLLED = 0xC0;
  private static final int ABNORMAL = 0x40;
  private static final int EQUIPMENT_CHECK = 0x10;

  // Status register 3.
  private static final int TRACK_0 = 0x10;
  private static final int ALWAYS = 0x28;

  private static final int SOFT_RESET = 0x80;
  private static final int VERSION = 0x90;

  // First byte of CONFIGURE.
  private static final int IMPLIED_SEEK = 0x40;
  private static final int NO_FIFO = 0x20;
  private static final int THRESHOLD = 0x0F;

  /**
   * Seeks are implied, as on QEMU's board: Bochs' BIOS relies on it. A real one waits to be told.
   */
  private static final byte DEFAULTS = IMPLIED_SEEK | NO_FIFO;

  /** 500 kbit/s. A real one begins with 250, yet on QEMU's board, too, Bochs' BIOS sets none. */
  private static final int DEFAULT_RATE = 0;

  private static final int MOST_STEPS = 79;
  private static final int MICROSECONDS = 1_000_000;
  private static final int RESET_TIME = 50;
  private static final int SEEK_TIME = 500;

  private final Scheduler scheduler;
  private final Line irq;
  private final FloppyTransfer transfer;
  private final Timer polling;

  @Derived("wired once")
  private final Timer[] arms = new Timer[DRIVES];

  @Derived("wired once")
  private final FloppyDrive[] drives;

  private Phase phase = Phase.RESET;
  private int output;
  private int tape;
  private int rate = DEFAULT_RATE;
  private final byte[] bytes = new byte[10];
  private int length;
  private int position;
  private boolean pollWaits;
  private boolean resultWaits;
  private final byte[] specified = new byte[2];
  private final byte[] configuration = {DEFAULTS, 0};
  private int perpendicular;
  private boolean locked;
  private int lastSector;
  private final byte[] present = new byte[DRIVES];
  private final int[] seekTo = new int[DRIVES];
  private final int[] endings = new int[DRIVES];

  /**
   * A controller.
   *
   * @param fitted its drives, null where there is none
   */
  public Fdc82077(Scheduler scheduler, Line irq, DmaChannel dma, FloppyDrive... fitted) {
    this.scheduler = scheduler;
    this.irq = irq;
    drives = Arrays.copyOf(fitted, DRIVES);
    transfer = new FloppyTransfer(scheduler, drives, dma, this::ask, this::answered);
    polling = scheduler.timer("floppy polling", this::polled);
    for (int i = 0; i < DRIVES; i++) {
      int unit = i;
      arms[i] = scheduler.timer("floppy arm " + i, () -> arrived(unit));
    }
    Arrays.fill(seekTo, AT_REST);
    Arrays.fill(endings, NOTHING);
  }

  /** The RESET pin. */
  public void reset() {
    output = 0;
    tape = 0;
    rate = DEFAULT_RATE;
    locked = false;
    perpendicular = 0;
    Arrays.fill(specified, (byte) 0);
    motors();
    restart();
  }

  /** What all resets do: the registers' one, too, that spares what is locked. */
  private void restart() {
    transfer.reset();
    phase = Phase.RESET;
    length = 0;
    position = 0;
    pollWaits = false;
    resultWaits = false;
    perpendicular &= 0x3C;
    if (locked) {
      configuration[0] = (byte) (configuration[0] & (NO_FIFO | THRESHOLD) | IMPLIED_SEEK);
    } else {
      configuration[0] = DEFAULTS;
      configuration[1] = 0;
    }
    for (int i = 0; i < DRIVES; i++) {
      arms[i].cancel();
      seekTo[i] = AT_REST;
      endings[i] = NOTHING;
      present[i] = 0;
    }
    polling.cancel();
    if ((output & NOT_RESET) != 0) {
      arm(polling, RESET_TIME);
    }
    update();
  }

  /** The reset is over, and all drives turned out to be ready. */
  private void polled() {
    phase = Phase.COMMAND;
    for (int i = 0; i < DRIVES; i++) {
      endings[i] = POLLED | i;
    }
    pollWaits = true;
    update();
  }

  private void arm(Timer timer, int microseconds) {
    timer.arm(scheduler.now() + Math.max(1, scheduler.ticks(microseconds, MICROSECONDS)));
  }

  /** A reset has one interrupt, though four drives have something to tell; a seek has its own. */
  private void update() {
    boolean seeks = Arrays.stream(endings).anyMatch(Fdc82077::ofSeek);
    irq.set((output & DMA_GATE) != 0 && (resultWaits || pollWaits || seeks));
  }

  private static boolean ofSeek(int ending) {
    return ending != NOTHING && (ending & POLLED) != POLLED;
  }

  private void motors() {
    for (int i = 0; i < DRIVES; i++) {
      if (drives[i] != null) {
        drives[i].motor((output >> 4 + i & 1) != 0);
      }
    }
  }

  // ---- registers ----

  @Override
  public int readByte(int offset) {
    return switch (offset) {
      case 2 -> output;
      case 3 -> FLOATING & ~3 | tape;
      case 4 -> status();
      case 5 -> data();
      case 7 -> changed() ? FLOATING : FLOATING >> 1; // bit 7 is all that it drives
      default -> FLOATING; // 0 and 1 are for the PS/2
    };
  }

  @Override
  public void writeByte(int offset, int value) {
    switch (offset) {
      case 2 -> output(value);
      case 3 -> tape = value & 3;
      case 4 -> {
        rate = value & 3;
        if ((value & SOFT_RESET) != 0) {
          restart();
        }
      }
      case 5 -> data((byte) value);
      case 7 -> rate = value & 3;
      default -> {}
    }
  }

  private void output(int value) {
    int before = output;
    output = value;
    motors();
    if (((before ^ value) & NOT_RESET) != 0) {
      restart();
    }
    update();
  }

  private boolean changed() {
    FloppyDrive drive = drives[output & 3];
    return drive != null && drive.changed();
  }

  private int status() {
    int seeking = 0;
    for (int i = 0; i < DRIVES; i++) {
      seeking |= seekTo[i] != AT_REST || ofSeek(endings[i]) ? 1 << i : 0;
    }
    return seeking
        | switch (phase) {
          case RESET -> 0;
          case COMMAND -> REQUEST | (length > 0 ? BUSY : 0);
          case EXECUTION ->
              BUSY
                  | (transfer.direct() ? NO_DMA : 0)
                  | (transfer.direct() && transfer.gives() ? REQUEST | TO_HOST : 0)
                  | (transfer.direct() && transfer.takes() ? REQUEST : 0);
          case RESULT -> REQUEST | TO_HOST | BUSY;
        };
  }

  private int data() {
    if (phase == Phase.EXECUTION && transfer.direct() && transfer.gives()) {
      answer();
      return transfer.give();
    }
    if (phase != Phase.RESULT) {
      return 0;
    }
    answer();
    int value = bytes[position++] & 0xFF;
    if (position == length) {
      phase = Phase.COMMAND;
      length = 0;
      position = 0;
    }
    return value;
  }

  /** The interrupt of a result, or of data, ends with its first byte. */
  private void answer() {
    resultWaits = false;
    update();
  }

  private void data(byte value) {
    if (phase == Phase.EXECUTION && transfer.direct() && transfer.takes()) {
      answer();
      transfer.take(value);
    } else if (phase == Phase.COMMAND) {
      bytes[length++] = value;
      if (length >= lengthOf(bytes[0] & 0xFF)) {
        execute();
      }
    }
  }

  // ---- commands ----

  /** Bytes of a command; 1 for what is none. */
  private static int lengthOf(int code) {
    return switch (code) {
      case 0x03, 0x0F, 0x8F, 0xCF -> 3;
      case 0x04, 0x07, 0x12 -> 2;
      case 0x13 -> 4;
      default ->
          switch (transferOf(code)) {
            case FloppyTransfer.READ_ID -> 2;
            case FloppyTransfer.FORMAT -> 6;
            case 0 -> 1;
            default -> 9;
          };
    };
  }

  /** Which of the commands that look at sectors a code is, or 0. */
  private static int transferOf(int code) {
    int command = code & 0x1F;
    return switch (command) {
      case FloppyTransfer.READ, FloppyTransfer.READ_DELETED, FloppyTransfer.VERIFY -> command;
      case FloppyTransfer.READ_ID -> command;
      case FloppyTransfer.WRITE, FloppyTransfer.WRITE_DELETED -> (code & 0x20) == 0 ? command : 0;
      case FloppyTransfer.READ_TRACK, FloppyTransfer.FORMAT -> (code & 0xA0) == 0 ? command : 0;
      default -> 0;
    };
  }

  private void execute() {
    int code = bytes[0] & 0xFF;
    int unit = bytes[1] & 3;
    int count = length;
    length = 0;
    switch (code) {
      case 0x03 -> System.arraycopy(bytes, 1, specified, 0, 2);
      case 0x04 -> result(senseDrive(unit));
      case 0x07 -> recalibrate(unit);
      case 0x08 -> senseInterrupt();
      case 0x0E -> dumpRegisters();
      case 0x0F -> seek(unit, bytes[2] & 0xFF);
      case 0x8F -> seek(unit, (present[unit] & 0xFF) - (bytes[2] & 0xFF));
      case 0xCF -> seek(unit, (present[unit] & 0xFF) + (bytes[2] & 0xFF));
      case 0x10 -> result(VERSION);
      case 0x12 -> {
        int drivesOf = bytes[1] < 0 ? bytes[1] : perpendicular;
        perpendicular = drivesOf & 0x3C | bytes[1] & 3;
      }
      case 0x13 -> System.arraycopy(bytes, 2, configuration, 0, 2);
      case 0x14, 0x94 -> {
        locked = code == 0x94;
        result(locked ? 0x10 : 0);
      }
      default -> {
        if (transferOf(code) == 0) {
          result(INVALID);
        } else {
          transfer(transferOf(code), unit, Arrays.copyOf(bytes, count));
        }
      }
    }
  }

  /** Has an answer that nobody is told of by an interrupt. */
  private void result(int... values) {
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    length = values.length;
    position = 0;
    phase = Phase.RESULT;
  }

  private int senseDrive(int unit) {
    FloppyDrive drive = drives[unit];
    return ALWAYS | (drive != null && drive.cylinder() == 0 ? TRACK_0 : 0) | bytes[1] & 7;
  }

  private void dumpRegisters() {
    result(
        present[0],
        present[1],
        present[2],
        present[3],
        specified[0],
        specified[1],
        lastSector,
        (locked ? 0x80 : 0) | perpendicular,
        configuration[0],
        configuration[1]);
  }

  private void senseInterrupt() {
    pollWaits = false;
    for (int i = 0; i < DRIVES; i++) {
      if (endings[i] != NOTHING) {
        result(endings[i], present[i]);
        endings[i] = NOTHING;
        update();
        return;
      }
    }
    update();
    result(INVALID);
  }

  // ---- seeking ----

  private void recalibrate(int unit) {
    FloppyDrive drive = drives[unit];
    // without a drive nothing says that the arm is there
    boolean there = drive != null && drive.cylinder() <= MOST_STEPS;
    int missed = there ? 0 : EQUIPMENT_CHECK | ABNORMAL;
    if (drive != null) {
      drive.step(Math.max(0, drive.cylinder() - MOST_STEPS));
    }
    present[unit] = 0;
    move(unit, 0, missed);
  }

  private void seek(int unit, int to) {
    FloppyDrive drive = drives[unit];
    int head = bytes[1] & 4;
    if (drive != null) {
      drive.step(drive.cylinder() + to - (present[unit] & 0xFF));
    }
    move(unit, to, head);
  }

  /** The arm is on its way; what will be told then waits until it is there. */
  private void move(int unit, int to, int status) {
    seekTo[unit] = (to & 0xFF) << 8 | FloppyTransfer.SEEK_END | status | unit;
    endings[unit] = NOTHING;
    update();
    arm(arms[unit], SEEK_TIME);
  }

  private void arrived(int unit) {
    present[unit] = (byte) (seekTo[unit] >> 8);
    endings[unit] = seekTo[unit] & 0xFF;
    seekTo[unit] = AT_REST;
    update();
  }

  // ---- transfers ----

  private void transfer(int command, int unit, byte[] parameters) {
    boolean formats = command == FloppyTransfer.FORMAT;
    boolean addressed = !formats && command != FloppyTransfer.READ_ID;
    int seeking = 0;
    if (addressed && (configuration[0] & IMPLIED_SEEK) != 0 && present[unit] != parameters[2]) {
      FloppyDrive drive = drives[unit];
      if (drive != null) {
        drive.step(drive.cylinder() + (parameters[2] & 0xFF) - (present[unit] & 0xFF));
      }
      present[unit] = parameters[2];
      seeking = SEEK_TIME;
    }
    if (formats || addressed) {
      lastSector = parameters[formats ? 3 : 6] & 0xFF;
    }
    phase = Phase.EXECUTION;
    boolean direct = (specified[1] & 1) != 0;
    transfer.begin(parameters, rate, direct, (output & DMA_GATE) != 0, seeking);
  }

  /** A sector waits for the host. */
  private void ask() {
    resultWaits = true;
    update();
  }

  private void answered(byte[] status) {
    System.arraycopy(status, 0, bytes, 0, status.length);
    length = status.length;
    position = 0;
    phase = Phase.RESULT;
    ask();
  }

  @Override
  public State state() {
    return new State(
        transfer.state(),
        phase,
        output,
        tape,
        rate,
        bytes.clone(),
        length,
        position,
        pollWaits,
        resultWaits,
        specified.clone(),
        configuration.clone(),
        perpendicular,
        locked,
        lastSector,
        present.clone(),
        seekTo.clone(),
        endings.clone());
  }

  @Override
  public void restore(State state) {
    transfer.restore(state.transfer);
    phase = state.phase;
    output = state.output;
    tape = state.tape;
    rate = state.rate;
    System.arraycopy(state.bytes, 0, bytes, 0, bytes.length);
    length = state.length;
    position = state.position;
    pollWaits = state.pollWaits;
    resultWaits = state.resultWaits;
    System.arraycopy(state.specified, 0, specified, 0, specified.length);
    System.arraycopy(state.configuration, 0, configuration, 0, configuration.length);
    perpendicular = state.perpendicular;
    locked = state.locked;
    lastSector = state.lastSector;
    System.arraycopy(state.present, 0, present, 0, DRIVES);
    System.arraycopy(state.seekTo, 0, seekTo, 0, DRIVES);
    System.arraycopy(state.endings, 0, endings, 0, DRIVES);
  }
}
