package dejavm.device.timer;

import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import java.util.function.LongSupplier;

/**
 * A comparator of the high precision timers: asks for an interrupt when the counter reaches its
 * value, once or every so often.
 *
 * <p>While it is periodic, a write to its value sets the period, and the value itself only if the
 * bit for that was set just before; so software writes the register twice. With 32 bits the counter
 * comes by again and again. Source: IA-PC HPET specification 1.0a, sections 2.3.8 and 2.3.9.
 */
final class HpetComparator implements Stateful<HpetComparator.State> {
  /** The registers; the period is that of the last write. */
  public record State(long config, long value, long period, long route) {}

  private static final int LEVEL = 0x02;
  private static final int INTERRUPTS = 0x04;
  private static final int PERIODIC = 0x08;
  private static final int SET_VALUE = 0x40;
  private static final int NARROW = 0x100;
  private static final int WRITABLE = 0x3F4E;

  /** It can be periodic, and has 64 bits. */
  private static final long ABILITIES = 0x30;

  /** Which pins of the IOAPIC it can use, a bit for each: 16 to 23. */
  private static final long ROUTES = 0xFF_0000L << 32;

  private static final int FIRST_PIN = 16;
  private static final int PINS = 24;

  /** Above this many periods nothing ever happens: that is 1000 years. */
  private static final long NEVER = 1L << 58;

  private final Scheduler scheduler;
  private final LongSupplier counter;
  private final Runnable matched;
  private final Timer timer;
  private long config;
  private long value = -1;
  private long period;
  private long route;

  HpetComparator(Scheduler scheduler, int number, LongSupplier counter, Runnable matched) {
    this.scheduler = scheduler;
    this.counter = counter;
    this.matched = matched;
    timer = scheduler.timer("hpet " + number, this::due);
  }

  void reset() {
    config = 0;
    value = -1;
    period = 0;
    route = 0;
    timer.cancel();
  }

  boolean levelTriggered() {
    return (config & LEVEL) != 0;
  }

  boolean interrupts() {
    return (config & INTERRUPTS) != 0;
  }

  /** The pin of the IOAPIC that it is routed to; the first it can have, where that is none. */
  int route() {
    int wanted = (int) (config >> 9) & 0x1F;
    return wanted >= FIRST_PIN && wanted < PINS ? wanted : FIRST_PIN;
  }

  private boolean periodic() {
    return (config & PERIODIC) != 0;
  }

  private long mask() {
    return (config & NARROW) != 0 ? 0xFFFF_FFFFL : -1;
  }

  long read(int register) {
    return switch (register) {
      case 0x00 -> config | ABILITIES | ROUTES;
      case 0x08 -> value;
      case 0x10 -> route;
      default -> 0;
    };
  }

  /** Writes the bits of a register of 64 that are set in {@code bits}. */
  void write(int register, long bits, long written) {
    switch (register) {
      case 0x00 -> {
        config = (config & ~bits | written) & WRITABLE;
        value &= mask();
        period &= mask();
      }
      case 0x08 -> {
        if (!periodic() || (config & SET_VALUE) != 0) {
          value = (value & ~bits | written) & mask();
        }
        if (periodic()) {
          period = (period & ~bits | written) & mask();
        }
        if ((bits >>> 32 != 0) || (config & NARROW) != 0) {
          config &= ~SET_VALUE;
        }
      }
      case 0x10 -> route = route & ~bits | written;
      default -> {
        // no register
      }
    }
  }

  /** Waits for the counter to reach the value, if it runs. */
  void arm(boolean running) {
    long left = value - counter.getAsLong() & mask();
    if (left == 0 && (config & NARROW) != 0) {
      left = 1L << 32; // the moment is over, and comes again after all values
    }
    if (!running || left <= 0 || left > NEVER) {
      timer.cancel();
      return;
    }
    long at = scheduler.cycles(scheduler.now(), Hpet.HERTZ) + left;
    timer.arm(scheduler.ticks(at, Hpet.HERTZ));
  }

  private void due() {
    if (periodic() && period != 0) {
      long passed = counter.getAsLong() - value & mask();
      value = value + (Long.divideUnsigned(passed, period) + 1) * period & mask();
    }
    arm(true);
    matched.run();
  }

  @Override
  public State state() {
    return new State(config, value, period, route);
  }

  @Override
  public void restore(State state) {
    config = state.config;
    value = state.value;
    period = state.period;
    route = state.route;
  }
}
