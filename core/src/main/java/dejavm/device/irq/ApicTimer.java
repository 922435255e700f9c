package dejavm.device.irq;

import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;

/**
 * The timer of a local APIC: counts down from a value, once or again and again, at a frequency that
 * is a part of 1 GHz.
 *
 * <p>Writing the value starts it, and zero stops it. It counts whether its interrupt is masked or
 * not. Source: SDM volume 3, section 10.5.4.
 */
final class ApicTimer implements Stateful<ApicTimer.State> {
  /**
   * The timer.
   *
   * @param initial the value that it starts from
   * @param count what it had still to count at {@code origin}, in its own periods
   * @param origin in periods of 1 GHz
   */
  public record State(long initial, long count, long origin, int divide, boolean periodic) {}

  /** What is divided. */
  static final int HERTZ = 1_000_000_000;

  private final Scheduler scheduler;
  private final Timer timer;
  private final Runnable expired;
  private long initial;
  private long count;
  private long origin;
  private int divide;
  private boolean periodic;

  /**
   * @param expired what happens when it reaches zero
   */
  ApicTimer(Scheduler scheduler, Runnable expired) {
    this.scheduler = scheduler;
    this.expired = expired;
    timer = scheduler.timer("apic timer", this::due);
  }

  void reset() {
    divide = 0;
    periodic = false;
    start(0);
  }

  int initial() {
    return (int) initial;
  }

  int divide() {
    return divide;
  }

  /** Counts from a value, 32 bits without sign. */
  void start(int value) {
    initial = value & 0xFFFFFFFFL;
    count = initial;
    origin = cycles();
    arm();
  }

  /** The divide configuration register: bits 0, 1 and 3 are the logarithm of a half, modulo 8. */
  void divide(int register) {
    settle();
    divide = register & 0xB;
    arm();
  }

  void periodic(boolean again) {
    settle();
    periodic = again;
    arm();
  }

  private int divisor() {
    int code = divide & 3 | divide >> 1 & 4;
    return 1 << (code + 1 & 7);
  }

  private long cycles() {
    return scheduler.cycles(scheduler.now(), HERTZ);
  }

  /** The current count. */
  int current() {
    return (int) left();
  }

  private long left() {
    long passed = (cycles() - origin) / divisor();
    if (passed < count) {
      return count - passed;
    }
    return periodic && initial > 0 ? initial - (passed - count) % initial : 0;
  }

  /** Counts from here on with what is left, keeping the phase. */
  private void settle() {
    long phase = (cycles() - origin) % divisor();
    count = left();
    origin = cycles() - phase;
  }

  private void arm() {
    if (left() == 0) {
      timer.cancel();
      return;
    }
    settle();
    timer.arm(scheduler.ticks(origin + count * divisor(), HERTZ));
  }

  private void due() {
    settle();
    arm();
    expired.run();
  }

  @Override
  public State state() {
    return new State(initial, count, origin, divide, periodic);
  }

  @Override
  public void restore(State state) {
    initial = state.initial;
    count = state.count;
    origin = state.origin;
    divide = state.divide;
    periodic = state.periodic;
  }
}
