package dejavm.device.timer;

import dejavm.bus.Line;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.device.ByteWide;

/**
 * The MC146818 real-time clock with 128 bytes of battery-backed memory, at ports 0x70 and 0x71.
 *
 * <p>The time of day is computed when read, from the moment the divider chain was started; flags of
 * register C likewise. A timer is armed only while an interrupt is enabled whose flag is not set
 * yet. An update takes 1984 microseconds during which, and 244 before, register A says so; the
 * registers show the old time until it ends. Starting the divider chain makes the first update come
 * half a second later, not a whole one.
 *
 * <p>Source: Motorola MC146818A datasheet; the century at 0x32 and the sizes of memory are
 * conventions of PC firmware.
 */
public final class CmosRtc implements ByteWide, Stateful<CmosRtc.State> {
  /**
   * The clock and its memory.
   *
   * @param index the register selected, and the NMI mask in bit 7
   * @param memory registers and memory; those of the time are valid only while it stands still
   * @param origin the moment, maybe before power-on, when the divider chain was zero
   * @param base the time when the chain had counted {@code baseSecond} seconds
   * @param weekdayShift what the guest's day of the week is ahead of the calendar's
   * @param flags register C without bit 7
   * @param settled the moment up to which {@code flags} are complete
   */
  public record State(
      int index,
      byte[] memory,
      long origin,
      long base,
      long baseSecond,
      int weekdayShift,
      int flags,
      long settled) {}

  /** At 0x14: a coprocessor and a PS/2 mouse. */
  private static final int EQUIPMENT = 0x06;

  private static final int CHAIN = 32768;
  private static final int HALF_SECOND = CHAIN / 2;

  /** 244 + 1984 microseconds in periods of the chain. */
  private static final int UPDATE = 73;

  private static final int A = 0x0A;
  private static final int B = 0x0B;
  private static final int C = 0x0C;
  private static final int D = 0x0D;
  private static final int CENTURY = 0x32;

  private static final int A_UIP = 0x80;
  private static final int A_DIVIDER = 0x70;
  private static final int A_RUNNING = 0x20;
  private static final int B_SET = 0x80;
  private static final int PERIODIC = 0x40;
  private static final int ALARM = 0x20;
  private static final int UPDATED = 0x10;
  private static final int INTERRUPTS = PERIODIC | ALARM | UPDATED;

  private final Scheduler scheduler;
  private final Line irq8;
  private final Timer timer;
  private final byte[] memory = new byte[128];
  private int index;
  private long origin;
  private long base;
  private long baseSecond;
  private int weekdayShift;
  private int flags;
  private long settled;

  /**
   * A clock that was set and kept running by its battery.
   *
   * @param start the time at moment 0, in seconds since 1970-01-01
   * @param ram bytes of RAM below 4 GiB, for the bytes in which firmware leaves its size
   * @param floppies the kinds of floppy drives, as firmware keeps them at 0x10: the first one's in
   *     the high nibble, 0 for none
   */
  public CmosRtc(Scheduler scheduler, Line irq8, long start, long ram, int floppies) {
    this.scheduler = scheduler;
    this.irq8 = irq8;
    timer = scheduler.timer("rtc", this::due);
    base = start;
    memory[A] = 0x26;
    memory[B] = 0x02;
    memory[D] = (byte) 0x80;
    memory[0x10] = (byte) floppies;
    int first = floppies >> 4 != 0 ? 0x01 : 0;
    int second = (floppies & 0xF) != 0 ? 0x40 : 0;
    memory[0x14] = (byte) (EQUIPMENT | first | second);
    word(0x15, 640);
    word(0x17, Math.min(Math.max(ram - (1 << 20) >> 10, 0), 0xFFFF));
    word(0x30, Math.min(Math.max(ram - (1 << 20) >> 10, 0), 0xFFFF));
    word(0x34, Math.min(Math.max(ram - (16 << 20) >> 16, 0), 0xFFFF));
    int sum = 0;
    for (int i = 0x10; i < 0x2E; i++) {
      sum += memory[i] & 0xFF;
    }
    memory[0x2E] = (byte) (sum >> 8);
    memory[0x2F] = (byte) sum;
  }

  private void word(int at, long value) {
    memory[at] = (byte) value;
    memory[at + 1] = (byte) (value >> 8);
  }

  /** The RESET pin: interrupts off; the time and the memory are not touched. */
  public void reset() {
    settle();
    memory[B] &= (byte) ~(INTERRUPTS | 0x08);
    flags = 0;
    index = 0;
    update();
  }

  /** Whether port 0x70 keeps NMI from the CPU. */
  public boolean nmiMasked() {
    return (index & 0x80) != 0;
  }

  /** A byte as the guest would read it, without the effects of reading. */
  public int peek(int at) {
    return switch (at) {
      case A -> memory[A] & 0x7F | (updating() ? A_UIP : 0);
      case C -> flagsNow() | ((flagsNow() & memory[B] & INTERRUPTS) != 0 ? 0x80 : 0);
      default -> isTime(at) && !frozen() ? timeByte(at) : memory[at] & 0xFF;
    };
  }

  /** Puts a byte into the memory as the setup program would; not for the clock's registers. */
  public void preset(int at, int value) {
    if (at <= D || at == CENTURY || at >= memory.length) {
      throw new IllegalArgumentException("not in the memory: " + at);
    }
    memory[at] = (byte) value;
  }

  @Override
  public int readByte(int offset) {
    if (offset != 1) {
      return FLOATING;
    }
    settle();
    int at = index & 0x7F;
    int value = peek(at);
    if (at == C) {
      flags = 0;
      update();
    }
    return value;
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset == 0) {
      index = value;
    } else if (offset == 1) {
      settle();
      store(index & 0x7F, value);
      update();
    }
  }

  private void store(int at, int value) {
    switch (at) {
      case A -> controlA(value);
      case B -> controlB(value);
      case C, D -> {
        // read only
      }
      default -> {
        if (!isTime(at) || frozen()) {
          memory[at] = (byte) value;
        } else {
          freeze();
          memory[at] = (byte) value;
          thaw();
        }
      }
    }
  }

  private void controlA(int value) {
    boolean ran = !frozen();
    boolean chain = chainRuns();
    if (ran) {
      freeze();
    }
    memory[A] = (byte) (value & 0x7F);
    if (chain != chainRuns()) {
      origin = scheduler.now() - scheduler.ticks(HALF_SECOND, CHAIN);
    }
    if (!frozen()) {
      thaw();
    }
  }

  private void controlB(int value) {
    boolean ran = !frozen();
    if (ran) {
      freeze();
    }
    memory[B] = (byte) ((value & B_SET) != 0 ? value & ~UPDATED : value);
    if (!frozen()) {
      thaw();
    }
  }

  private boolean chainRuns() {
    return (memory[A] & A_DIVIDER) == A_RUNNING;
  }

  /** Whether the time stands still, and its registers are plain memory. */
  private boolean frozen() {
    return !chainRuns() || (memory[B] & B_SET) != 0;
  }

  /** Periods of the divider chain up to a moment. */
  private long chain(long moment) {
    return chainRuns() ? scheduler.cycles(moment - origin, CHAIN) : HALF_SECOND;
  }

  private long moment(long chain) {
    return origin + scheduler.ticks(chain, CHAIN);
  }

  private boolean updating() {
    return !frozen() && chain(scheduler.now()) % CHAIN >= CHAIN - UPDATE;
  }

  private long time(long chain) {
    return base + chain / CHAIN - baseSecond;
  }

  private static boolean isTime(int at) {
    return at == CENTURY || at <= 9 && at != 1 && at != 3 && at != 5;
  }

  private CalendarBytes format() {
    return new CalendarBytes((memory[B] & 0x04) != 0, (memory[B] & 0x02) != 0);
  }

  private int timeByte(int at) {
    return format().encode(time(chain(scheduler.now())), weekdayShift, at);
  }

  /** Moves the running time into the registers. */
  private void freeze() {
    for (int at = 0; at <= CENTURY; at++) {
      if (isTime(at)) {
        memory[at] = (byte) timeByte(at);
      }
    }
  }

  /** Lets the time run on from the registers; the chain keeps its phase. */
  private void thaw() {
    CalendarBytes format = format();
    base = format.decode(memory);
    weekdayShift = format.weekdayShift(memory, base);
    baseSecond = chain(scheduler.now()) / CHAIN;
  }

  /** Completes the flags up to now. */
  private void settle() {
    flags = flagsNow();
    settled = scheduler.now();
  }

  private int flagsNow() {
    int set = flags;
    for (int flag = UPDATED; flag <= PERIODIC; flag <<= 1) {
      if ((set & flag) == 0 && next(flag) <= scheduler.now()) {
        set |= flag;
      }
    }
    return set;
  }

  /** The first moment after {@code settled} at which a flag of register C is set. */
  private long next(int flag) {
    if (!chainRuns()) {
      return Timer.NEVER;
    }
    long chain = chain(settled);
    if (flag == PERIODIC) {
      int rate = memory[A] & 0xF;
      int period = rate == 0 ? 0 : 1 << (rate < 3 ? rate + 6 : rate - 1);
      return period == 0 ? Timer.NEVER : moment((chain / period + 1) * period);
    }
    if (frozen()) {
      return Timer.NEVER;
    }
    if (flag == UPDATED) {
      return moment((chain / CHAIN + 1) * CHAIN);
    }
    long ahead = format().secondsToAlarm(time(chain), memory);
    return ahead == 0 ? Timer.NEVER : moment((chain / CHAIN + ahead) * CHAIN);
  }

  private boolean requesting() {
    return (flags & memory[B] & INTERRUPTS) != 0;
  }

  /** Drives the line, and arms the timer for the next interrupt that is enabled. */
  private void update() {
    irq8.set(requesting());
    long next = Timer.NEVER;
    if (!requesting()) {
      int wanted = memory[B] & INTERRUPTS;
      for (int flag = UPDATED; flag <= PERIODIC; flag <<= 1) {
        if ((wanted & flag) != 0) {
          next = Math.min(next, next(flag));
        }
      }
    }
    if (next == Timer.NEVER) {
      timer.cancel();
    } else {
      timer.arm(next);
    }
  }

  private void due() {
    settle();
    update();
  }

  @Override
  public State state() {
    return new State(index, memory.clone(), origin, base, baseSecond, weekdayShift, flags, settled);
  }

  @Override
  public void restore(State state) {
    index = state.index;
    for (int i = 0; i < memory.length; i++) {
      memory[i] = state.memory[i];
    }
    origin = state.origin;
    base = state.base;
    baseSecond = state.baseSecond;
    weekdayShift = state.weekdayShift;
    flags = state.flags;
    settled = state.settled;
  }
}
