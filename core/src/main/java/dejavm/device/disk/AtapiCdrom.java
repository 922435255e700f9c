package dejavm.device.disk;

import dejavm.bus.MasterChannel;
import dejavm.bus.Medium;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import java.util.List;

/**
 * An ATAPI CD-ROM drive: the packet protocol on an ATA channel, in front of a {@link CdromUnit}.
 *
 * <p>The interrupt reason, in the sector count register, says what the data register is for: a
 * packet, data, or nothing as the command is over. Data goes in portions no longer than the byte
 * count that the driver wrote into the cylinder registers. IDENTIFY DEVICE is refused, with a
 * signature that tells what would not be. Requests take 200 µs, and 20 µs a block of 2048 bytes.
 *
 * <p>Source: ATA/ATAPI-6 (T13/1410D), sections 8.23, 8.24 and 9.8; SFF-8020i 2.6.
 */
public final class AtapiCdrom implements AtaDevice, Stateful<AtapiCdrom.State> {
  /** What the drive does, or waits for. */
  enum Step {
    IDLE,
    /** Makes ready for a packet. */
    ASKING,
    /** Waits for a packet. */
    PACKET,
    /** Prepares the buffer's data. */
    FETCHING,
    /** Waits until the guest has taken data. */
    GIVING,
    /** Gives the 512 bytes of an identity. */
    IDENTITY,
    /** Comes to the end of a command. */
    ENDING,
    /** Does what is no packet. */
    WORKING
  }

  /**
   * The drive.
   *
   * @param dma whether the packet asked for DMA
   * @param portion the most bytes at once through the data register
   * @param end where in the buffer the present data ends; the registers know only of a portion
   */
  public record State(
      AtaRegisters.State registers,
      CdromUnit.State unit,
      Step step,
      boolean dma,
      int portion,
      int end,
      int mode) {}

  private static final int PACKET_BYTES = 12;

  /** Interrupt reasons: what is meant is a command, and which way it goes. */
  private static final int COMMAND = 1;

  private static final int TO_HOST = 2;

  private static final int DEFAULT_MODE = 0x22;
  private static final int MICROSECONDS = 1_000_000;
  private static final int SHORT = 5;
  private static final int SEEK = 200;
  private static final int BLOCK = 20;

  private final Scheduler scheduler;
  private final int drive;
  private final MasterChannel channel;
  private final CdromUnit unit;
  private final Timer timer;
  private final AtaRegisters registers = new AtaRegisters();
  private Step step = Step.IDLE;
  private boolean dma;
  private int portion;
  private int end;
  private int mode;

  /**
   * A drive.
   *
   * @param drive its number: 0 and 1 on the first channel, 2 and 3 on the second
   * @param media the discs that can be put in; the first of them is in, if there is any
   */
  public AtapiCdrom(Scheduler scheduler, int drive, List<Medium> media, MasterChannel channel) {
    this.scheduler = scheduler;
    this.drive = drive;
    this.channel = channel;
    unit = new CdromUnit(media);
    timer = scheduler.timer("cdrom " + drive, this::elapsed);
    reset();
  }

  /** Puts in another disc, by its name, or none. */
  public void change(String medium) {
    unit.change(medium);
  }

  /** The host cannot read the page of the disc that a sector of 512 bytes is in. */
  public void fault(long sector) {
    unit.fault(sector);
  }

  @Override
  public AtaRegisters registers() {
    return registers;
  }

  @Override
  public void reset() {
    mode = DEFAULT_MODE;
    unit.reset();
    softReset();
  }

  @Override
  public void softReset() {
    timer.cancel();
    step = Step.IDLE;
    dma = false;
    portion = 0;
    end = 0;
    registers.reset();
    registers.signature(true);
    registers.status = 0;
  }

  // ---- commands ----

  @Override
  public void command(int opcode) {
    if (opcode == 0x08) { // DEVICE RESET, which needs no idle drive
      int selected = registers.device & 0x10;
      softReset();
      registers.device = selected;
      return;
    }
    registers.begin();
    timer.cancel();
    dma = false;
    switch (opcode) {
      case 0xA0 -> packet();
      case 0xA1 -> {
        byte[] identity = identity();
        System.arraycopy(identity, 0, registers.buffer, 0, identity.length);
        registers.expect(identity.length);
        start(Step.IDENTITY, SHORT);
      }
      case 0xEF -> setFeatures();
      case 0xE0, 0xE1, 0xE2, 0xE3, 0xE6 -> start(Step.WORKING, SHORT);
      case 0xE5 -> {
        registers.count = 0xFF;
        start(Step.WORKING, SHORT);
      }
      case 0xEC, 0x20, 0x21 -> {
        int selected = registers.device & 0x10;
        registers.signature(true);
        registers.device = selected;
        refuse();
      }
      default -> refuse();
    }
  }

  private void refuse() {
    step = Step.IDLE;
    registers.fail(AtaRegisters.ABORTED);
    registers.interrupt(true);
  }

  private void start(Step next, int microseconds) {
    step = next;
    timer.arm(scheduler.now() + Math.max(1, scheduler.ticks(microseconds, MICROSECONDS)));
  }

  private void setFeatures() {
    int value = registers.count & 0xFF;
    int kind = value >> 3;
    int number = value & 7;
    boolean modes = kind <= 1 || kind == 4 && number <= 2 || kind == 8 && number <= 5;
    if (registers.features != 0x03 || !modes) {
      refuse();
      return;
    }
    mode = kind < 4 ? mode : value;
    start(Step.WORKING, SHORT);
  }

  private byte[] identity() {
    return new AtaIdentity()
        .word(0, 0x85C0)
        .text(10, 10, "DEJAVM-" + drive)
        .text(23, 4, "1.0")
        .text(27, 20, "DEJAVM CD-ROM")
        .word(48, 1)
        .word(49, 0x0B00)
        .modes(mode)
        .word(71, 30)
        .word(72, 30)
        .word(80, 0x007E)
        .word(82, 0x4210)
        .word(83, 0x4000)
        .word(84, 0x4000)
        .word(85, 0x4210)
        .word(86, 0)
        .word(87, 0x4000)
        .word(93, (drive & 1) == 0 ? 0x6003 : 0x6300)
        .finish();
  }

  // ---- packets ----

  private void packet() {
    dma = (registers.features & 1) != 0;
    int asked = (registers.high & 0xFF) << 8 | registers.mid & 0xFF;
    // odd portions are only for the last bytes; none at all would never end
    portion = asked == 0 ? 0xFFFE : Math.max(2, asked & 0xFFFE);
    start(Step.ASKING, SHORT);
  }

  private void elapsed() {
    switch (step) {
      case ASKING -> {
        registers.count = COMMAND;
        registers.request(PACKET_BYTES);
        step = Step.PACKET;
        registers.demand();
      }
      case FETCHING -> {
        if (unit.faulty()) {
          finish();
        } else {
          step = Step.GIVING;
          give();
        }
      }
      case IDENTITY -> {
        registers.demand();
        registers.interrupt(true);
      }
      case ENDING -> finish();
      case WORKING -> {
        step = Step.IDLE;
        registers.done();
        registers.interrupt(true);
      }
      default -> {}
    }
  }

  /** The next portion of what is in the buffer. */
  private void give() {
    registers.count = TO_HOST;
    registers.demand();
    if (dma) {
      registers.limit = end;
      move();
      return;
    }
    int bytes = Math.min(portion, end - registers.position);
    registers.limit = registers.position + bytes;
    registers.mid = bytes & 0xFF;
    registers.high = bytes >> 8;
    registers.interrupt(true);
  }

  @Override
  public void dmaStarted() {
    if (dma && step == Step.GIVING) {
      move();
    }
  }

  private void move() {
    registers.position += channel.store(registers.buffer, registers.position, registers.left());
    if (registers.left() == 0) {
      exchanged();
    }
  }

  @Override
  public void exchanged() {
    switch (step) {
      case PACKET -> {
        registers.busy();
        unit.execute(registers.buffer);
        fetch(SEEK);
      }
      case GIVING -> {
        if (registers.position < end) {
          give();
        } else {
          registers.busy();
          fetch(0);
        }
      }
      default -> {
        step = Step.IDLE;
        registers.done();
      }
    }
  }

  /** Prepares the next data of the command, if there are any. */
  private void fetch(int before) {
    end = unit.fetch(registers.buffer);
    registers.expect(end);
    if (end > 0) {
      start(Step.FETCHING, before + (end + CdromUnit.BLOCK - 1) / CdromUnit.BLOCK * BLOCK);
    } else {
      start(Step.ENDING, SHORT);
    }
  }

  private void finish() {
    step = Step.IDLE;
    registers.expect(0);
    registers.count = COMMAND | TO_HOST;
    if (unit.senseKey() == 0) {
      registers.done();
    } else {
      registers.fail(unit.senseKey() << 4 | AtaRegisters.ABORTED);
    }
    registers.interrupt(true);
  }

  @Override
  public State state() {
    return new State(registers.state(), unit.state(), step, dma, portion, end, mode);
  }

  @Override
  public void restore(State state) {
    registers.restore(state.registers);
    unit.restore(state.unit);
    step = state.step;
    dma = state.dma;
    portion = state.portion;
    end = state.end;
    mode = state.mode;
  }
}
