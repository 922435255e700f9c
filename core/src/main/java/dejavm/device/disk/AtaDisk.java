package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.Disk;
import dejavm.bus.MasterChannel;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import java.util.TreeSet;

/**
 * An ATA hard disk with 28- and 48-bit addresses, transfers through the data register and by DMA.
 *
 * <p>A sector is 512 bytes, yet eight of them are read, and fail, together, as on a disk whose
 * platters have sectors of 4096: the identity says so. The first block of a write is asked for
 * without an interrupt; only those after it, and the end, have one. Requests take 50 µs and 5 µs a
 * sector. VERIFY finds sectors that failed before, and reads none. A disk that sleeps wakes by any
 * command.
 *
 * <p>Source: ATA/ATAPI-6 (T13/1410D), chapters 8 and 9.
 */
public final class AtaDisk implements AtaDevice, Stateful<AtaDisk.State> {
  /** What the disk does, or waits for. */
  enum Step {
    IDLE,
    /** Reads the next sectors into the buffer. */
    FETCHING,
    /** Waits until the guest has taken the buffer. */
    GIVING,
    /** Makes the buffer ready for the first sectors of a write. */
    ASKING,
    /** Waits until the guest has filled the buffer. */
    TAKING,
    /** Has written the buffer's sectors. */
    STORING,
    /** Does what moves no data. */
    WORKING
  }

  /**
   * The disk.
   *
   * @param wide whether the command under way has 48-bit addresses
   * @param sector the first of those in the buffer
   * @param left sectors from there to the end of the request
   * @param chunk how many of them are in the buffer, or are looked at together
   * @param block how many go through the buffer at once
   * @param multiple sectors in a block of READ and WRITE MULTIPLE, 0 where that is off
   * @param mode the transfer mode set
   * @param faults pages that cannot be read or kept
   */
  public record State(
      AtaRegisters.State registers,
      Step step,
      boolean dma,
      boolean wide,
      long sector,
      int left,
      int chunk,
      int block,
      int multiple,
      int heads,
      int track,
      int mode,
      boolean writeCache,
      boolean lookAhead,
      boolean standby,
      long[] faults) {}

  /** Drives from this number on are at the end of a serial link. */
  private static final int SATA = 4;

  /** Most sectors in a block of READ and WRITE MULTIPLE. */
  private static final int MOST_MULTIPLE = 16;

  private static final int DEFAULT_HEADS = 16;
  private static final int DEFAULT_TRACK = 63;
  private static final int MOST_CYLINDERS = 16383;
  private static final long MOST_LBA28 = 0xFFFFFFF;

  /** The transfer mode after power-on: DMA of several words, mode 2. */
  private static final int DEFAULT_MODE = 0x22;

  private static final int MICROSECONDS = 1_000_000;
  private static final int SEEK = 50;
  private static final int SECTOR = 5;
  private static final int SHORT = 5;

  private final Scheduler scheduler;
  private final int drive;
  private final Disk disk;
  private final MasterChannel channel;
  private final Timer timer;
  private final AtaRegisters registers = new AtaRegisters();

  @Derived("the state lists it as an array")
  private final TreeSet<Long> faults = new TreeSet<>();

  private Step step = Step.IDLE;
  private boolean dma;
  private boolean wide;
  private long sector;
  private int left;
  private int chunk;
  private int block;
  private int multiple;
  private int heads;
  private int track;
  private int mode;
  private boolean writeCache;
  private boolean lookAhead;
  private boolean standby;

  /**
   * A disk.
   *
   * @param drive its number: 0 and 1 on the first channel, 2 and 3 on the second, from 4 on SATA
   */
  public AtaDisk(Scheduler scheduler, int drive, Disk disk, MasterChannel channel) {
    this.scheduler = scheduler;
    this.drive = drive;
    this.disk = disk;
    this.channel = channel;
    timer = scheduler.timer("disk " + drive, this::elapsed);
    reset();
  }

  /** The host cannot read or keep the page that a sector is in. */
  public void fault(long at) {
    faults.add(at / Disk.PER_PAGE);
  }

  @Override
  public AtaRegisters registers() {
    return registers;
  }

  @Override
  public void reset() {
    heads = DEFAULT_HEADS;
    track = DEFAULT_TRACK;
    mode = DEFAULT_MODE;
    multiple = 0;
    writeCache = true;
    lookAhead = true;
    softReset();
  }

  @Override
  public void softReset() {
    timer.cancel();
    step = Step.IDLE;
    dma = false;
    wide = false;
    sector = 0;
    left = 0;
    chunk = 0;
    block = 1;
    standby = false;
    registers.reset();
    registers.signature(false);
  }

  // ---- commands ----

  @Override
  public void command(int opcode) {
    registers.begin();
    chunk = 0;
    left = 0;
    dma = false;
    wide = false;
    block = 1;
    timer.cancel();
    step = Step.IDLE;
    switch (opcode) {
      case 0x20, 0x21, 0xC4, 0xC8, 0xC9, 0x24, 0x25, 0x29 -> transfer(opcode, false);
      case 0x30, 0x31, 0xC5, 0xCA, 0xCB, 0x34, 0x35, 0x39, 0x3D, 0xCE -> transfer(opcode, true);
      case 0x40, 0x41, 0x42 -> verify(opcode == 0x42);
      case 0xEC -> identify();
      case 0xEF -> setFeatures();
      case 0xC6 -> setMultiple();
      case 0x91 -> {
        heads = (registers.device & 0xF) + 1;
        track = Math.max(1, registers.count & 0xFF);
        work(SHORT);
      }
      case 0xE7, 0xEA -> work(SEEK); // FLUSH CACHE: nothing is held back
      case 0xF8 -> {
        registers.lba28(Math.min(disk.sectors(), MOST_LBA28 + 1) - 1);
        work(SHORT);
      }
      case 0x27 -> {
        registers.lba48(disk.sectors() - 1);
        work(SHORT);
      }
      case 0xE0, 0xE2, 0xE6, 0x94, 0x96, 0x99 -> rest(true);
      case 0xE1, 0xE3, 0x95, 0x97 -> rest(false);
      case 0xE5, 0x98 -> {
        registers.count = standby ? 0 : 0xFF;
        work(SHORT);
      }
      default -> {
        if (opcode >> 4 == 1 || opcode >> 4 == 7) { // RECALIBRATE, SEEK
          work(SEEK);
        } else {
          fail(AtaRegisters.ABORTED);
        }
      }
    }
  }

  private void rest(boolean atRest) {
    work(SHORT);
    standby = atRest;
  }

  private void work(int microseconds) {
    step = Step.WORKING;
    arm(microseconds);
  }

  private void arm(int microseconds) {
    timer.arm(scheduler.now() + Math.max(1, scheduler.ticks(microseconds, MICROSECONDS)));
  }

  private void fail(int error) {
    step = Step.IDLE;
    registers.fail(error);
    registers.interrupt(true);
  }

  private void transfer(int opcode, boolean write) {
    boolean multiples = opcode == 0xC4 || opcode == 0xC5 || opcode == 0x29 || opcode == 0x39;
    multiples |= opcode == 0xCE;
    dma = opcode >> 2 == 0xC8 >> 2 || opcode == 0x25 || opcode == 0x35 || opcode == 0x3D;
    wide = opcode >> 4 == 2 && opcode >= 0x24 || opcode >> 4 == 3 && opcode >= 0x34;
    wide |= opcode == 0xCE;
    if (multiples && multiple == 0) {
      fail(AtaRegisters.ABORTED);
      return;
    }
    block = dma ? AtaRegisters.MOST_SECTORS : multiples ? multiple : 1;
    standby = false;
    if (!locate()) {
      fail(AtaRegisters.NOT_FOUND);
    } else if (write) {
      chunk = Math.min(left, block);
      step = Step.ASKING;
      arm(SHORT);
    } else {
      fetch(SEEK);
    }
  }

  private void verify(boolean extended) {
    wide = extended;
    standby = false;
    if (locate()) {
      chunk = left;
      work(SEEK + Math.min(left, 1 << 16) * SECTOR);
    } else {
      fail(AtaRegisters.NOT_FOUND);
    }
  }

  /** Takes the request's sectors out of the registers; whether there are such. */
  private boolean locate() {
    int count = wide ? registers.count & 0xFFFF : registers.count & 0xFF;
    left = count == 0 ? wide ? 1 << 16 : 1 << 8 : count;
    if (wide) {
      sector = registers.lba48();
    } else if (registers.lba()) {
      sector = registers.lba28();
    } else {
      int cylinder = (registers.high & 0xFF) << 8 | registers.mid & 0xFF;
      int head = registers.device & 0xF;
      int number = registers.low & 0xFF;
      if (head >= heads || number == 0 || number > track) {
        return false;
      }
      sector = ((long) cylinder * heads + head) * track + number - 1;
    }
    return sector + left <= disk.sectors();
  }

  /** Shows in the registers where a request ended, or failed. */
  private void show(long at) {
    if (wide) {
      registers.lba48(at);
    } else if (registers.lba()) {
      registers.lba28(at);
    } else {
      long cylinder = at / track / heads;
      registers.high = (int) (cylinder >> 8) & 0xFF;
      registers.mid = (int) cylinder & 0xFF;
      registers.device = registers.device & 0xF0 | (int) (at / track % heads);
      registers.low = (int) (at % track) + 1;
    }
  }

  private void setFeatures() {
    int value = registers.count & 0xFF;
    switch (registers.features) {
      case 0x02, 0x82 -> writeCache = registers.features == 0x02;
      case 0xAA, 0x55 -> lookAhead = registers.features == 0xAA;
      case 0x66, 0xCC -> {} // settings outlive a soft reset anyhow
      case 0x03 -> {
        int kind = value >> 3;
        int number = value & 7;
        boolean known =
            kind == 0 && number <= 1
                || kind == 1 && number <= 4
                || kind == 4 && number <= 2
                || kind == 8 && number <= 5;
        if (!known) {
          fail(AtaRegisters.ABORTED);
          return;
        }
        mode = kind < 4 ? mode : value;
      }
      default -> {
        fail(AtaRegisters.ABORTED);
        return;
      }
    }
    work(SHORT);
  }

  private void setMultiple() {
    int count = registers.count & 0xFF;
    if (count > MOST_MULTIPLE || Integer.bitCount(count) > 1) {
      fail(AtaRegisters.ABORTED);
    } else {
      multiple = count;
      work(SHORT);
    }
  }

  private void identify() {
    byte[] identity = identity();
    System.arraycopy(identity, 0, registers.buffer, 0, identity.length);
    registers.expect(identity.length);
    step = Step.FETCHING;
    arm(SHORT);
  }

  private byte[] identity() {
    long sectors = disk.sectors();
    long cylinders =
        Math.min(MOST_CYLINDERS, Math.max(1, sectors / (DEFAULT_HEADS * DEFAULT_TRACK)));
    long current = Math.min(0xFFFF, sectors / ((long) heads * track));
    int enabled = 0x4008 | (lookAhead ? 0x40 : 0) | (writeCache ? 0x20 : 0);
    return new AtaIdentity()
        .word(0, 0x0040)
        .word(1, (int) cylinders)
        .word(3, DEFAULT_HEADS)
        .word(6, DEFAULT_TRACK)
        .text(10, 10, "DEJAVM-" + drive)
        .text(23, 4, "1.0")
        .text(27, 20, "DEJAVM DISK")
        .word(47, 0x8000 | MOST_MULTIPLE)
        .word(48, 1)
        .word(49, 0x0B00)
        .word(50, 0x4000)
        .modes(mode)
        .word(53, 0x0007)
        .word(54, (int) current)
        .word(55, heads)
        .word(56, track)
        .number(57, current * heads * track)
        .word(59, multiple == 0 ? 0 : 0x0100 | multiple)
        .number(60, Math.min(sectors, MOST_LBA28))
        .word(76, drive >= SATA ? 0x0006 : 0) // links of 1.5 and 3 Gbit/s
        .word(80, 0x007E)
        .word(82, 0x4068)
        .word(83, 0x7400)
        .word(84, 0x4040)
        .word(85, enabled)
        .word(86, 0x3400)
        .word(87, 0x4040)
        .word(93, drive >= SATA ? 0 : (drive & 1) == 0 ? 0x6003 : 0x6300)
        .number(100, sectors)
        .number(102, sectors >>> 32)
        .word(106, 0x6003)
        .finish();
  }

  // ---- moving data ----

  /** Begins to read the next sectors. */
  private void fetch(int before) {
    chunk = Math.min(left, block);
    disk.read(sector, chunk, registers.buffer, 0);
    registers.expect(chunk * Disk.SECTOR);
    registers.busy();
    step = Step.FETCHING;
    arm(before + chunk * SECTOR);
  }

  /** The time of what was under way is up. */
  private void elapsed() {
    long bad = firstFault();
    if (bad >= 0 && step != Step.ASKING) {
      show(bad);
      fail(step == Step.STORING ? AtaRegisters.ABORTED : AtaRegisters.UNCORRECTABLE);
      return;
    }
    switch (step) {
      case FETCHING -> offer(Step.GIVING, true);
      case ASKING -> {
        registers.request(chunk * Disk.SECTOR);
        offer(Step.TAKING, false);
      }
      case STORING -> {
        next();
        if (left == 0) {
          finish();
        } else {
          chunk = Math.min(left, block);
          registers.request(chunk * Disk.SECTOR);
          offer(Step.TAKING, true);
        }
      }
      default -> {
        next();
        finish();
      }
    }
  }

  private long firstFault() {
    Long page = faults.ceiling(sector / Disk.PER_PAGE);
    boolean among = chunk > 0 && page != null && page * Disk.PER_PAGE < sector + chunk;
    return among ? Math.max(sector, page * Disk.PER_PAGE) : -1;
  }

  private void offer(Step waiting, boolean interrupts) {
    step = waiting;
    registers.demand();
    if (dma) {
      move();
    } else {
      registers.interrupt(interrupts);
    }
  }

  /** Whether the data of the command under way goes by DMA. */
  boolean movesByDma() {
    return dma;
  }

  /** Whether it gives data, and does not take some. */
  boolean gives() {
    return step == Step.GIVING;
  }

  @Override
  public void dmaStarted() {
    if (dma && (step == Step.GIVING || step == Step.TAKING)) {
      move();
    }
  }

  private void move() {
    int left = registers.left();
    registers.position +=
        step == Step.GIVING
            ? channel.store(registers.buffer, registers.position, left)
            : channel.load(registers.buffer, registers.position, left);
    if (registers.left() == 0) {
      exchanged();
    }
  }

  @Override
  public void exchanged() {
    if (step == Step.TAKING) {
      disk.write(sector, chunk, registers.buffer, 0);
      registers.busy();
      step = Step.STORING;
      arm(SEEK + chunk * SECTOR);
      return;
    }
    next();
    if (left > 0) {
      fetch(0);
    } else if (dma) {
      finish();
    } else {
      step = Step.IDLE;
      registers.done();
    }
  }

  /** What was in the buffer is through. */
  private void next() {
    if (chunk > 0) {
      sector += chunk;
      left -= chunk;
      show(sector - 1);
      registers.count = left;
      chunk = 0;
    }
  }

  private void finish() {
    step = Step.IDLE;
    registers.done();
    registers.interrupt(true);
  }

  @Override
  public State state() {
    return new State(
        registers.state(),
        step,
        dma,
        wide,
        sector,
        left,
        chunk,
        block,
        multiple,
        heads,
        track,
        mode,
        writeCache,
        lookAhead,
        standby,
        faults.stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public void restore(State state) {
    registers.restore(state.registers);
    step = state.step;
    dma = state.dma;
    wide = state.wide;
    sector = state.sector;
    left = state.left;
    chunk = state.chunk;
    block = state.block;
    multiple = state.multiple;
    heads = state.heads;
    track = state.track;
    mode = state.mode;
    writeCache = state.writeCache;
    lookAhead = state.lookAhead;
    standby = state.standby;
    faults.clear();
    for (long page : state.faults) {
      faults.add(page);
    }
  }
}
