package dejavm.device.input;

import dejavm.bus.Derived;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.device.ByteFifo;

/**
 * A PS/2 mouse with a wheel.
 *
 * <p>It is a plain three-button mouse until the host sets the sample rates 200, 100, 80 in a row;
 * then it gives its type as 3 and sends a fourth byte with the wheel. Motion that cannot be sent
 * yet, because of the sample rate or a host that does not listen, adds up. Up is positive on the
 * wire; on screens, and in {@link #move}, down is.
 *
 * <p>Source: IBM Personal System/2 hardware interface technical reference, auxiliary device;
 * Microsoft IntelliMouse protocol.
 */
public final class Ps2Mouse implements Ps2Device, Stateful<Ps2Mouse.State> {
  /**
   * The mouse.
   *
   * @param pending the command whose parameter comes next, 0 if none
   * @param rates the last three sample rates set, the latest in the low byte
   * @param last the last byte sent
   */
  public record State(
      ByteFifo.State bytes,
      int pending,
      int last,
      int rates,
      int rate,
      int resolution,
      boolean doubled,
      boolean reporting,
      boolean remote,
      boolean wrapping,
      boolean wheeled,
      boolean testing,
      int dx,
      int dy,
      int wheel,
      int buttons,
      boolean changed) {}

  private static final int ACK = 0xFA;
  private static final int KNOCK = 200 << 16 | 100 << 8 | 80;
  private static final int TEST_MILLISECONDS = 20;

  private final Scheduler scheduler;
  private final Timer test;
  private final Timer sample;
  private final ByteFifo bytes = new ByteFifo(16);

  @Derived("wired once, by the controller")
  private Runnable ready = () -> {};

  private int pending;
  private int last;
  private int rates;
  private int rate;
  private int resolution;
  private boolean doubled;
  private boolean reporting;
  private boolean remote;
  private boolean wrapping;
  private boolean wheeled;
  private boolean testing;
  private int dx;
  private int dy;
  private int wheel;
  private int buttons;
  private boolean changed;

  /** A mouse that has passed its self-test. */
  public Ps2Mouse(Scheduler scheduler) {
    this.scheduler = scheduler;
    test = scheduler.timer("mouse self-test", this::tested);
    sample = scheduler.timer("mouse sample", this::report);
    defaults();
  }

  /** As after power-on, self-test passed: a reset of the board does not say so to the host. */
  public void reset() {
    bytes.clear();
    pending = 0;
    last = 0;
    rates = 0;
    wheeled = false;
    testing = false;
    test.cancel();
    defaults();
  }

  /**
   * It moves: by so many counts to the right and downwards, the wheel by so many steps towards the
   * user, buttons held as bits, 0 left, 1 right, 2 middle.
   */
  public void move(int right, int down, int steps, int held) {
    if (testing) {
      return;
    }
    dx = clamp(dx + (long) right, 1 << 20);
    dy = clamp(dy - (long) down, 1 << 20);
    wheel = clamp(wheel + (long) steps, 1 << 20);
    changed |= right != 0 || down != 0 || steps != 0 && wheeled || (held & 7) != buttons;
    buttons = held & 7;
    if (!sample.armed()) {
      report();
    }
  }

  private static int clamp(long value, int limit) {
    return Math.clamp(value, -limit, limit);
  }

  /** Sends a report, if there is something to report; the next one not before a sample's time. */
  private void report() {
    if (changed && reporting && !remote && !wrapping && bytes.free() >= 4) {
      packet();
      ready.run();
      sample.arm(scheduler.now() + scheduler.ticks(1, Math.max(rate, 10)));
    } else if (changed && reporting && !remote && !wrapping) {
      sample.arm(scheduler.now() + scheduler.ticks(1, Math.max(rate, 10)));
    }
  }

  private void packet() {
    int x = clamp(dx, 255);
    int y = clamp(dy, 255);
    dx -= x;
    dy -= y;
    if (doubled && !remote) {
      x = scale(x);
      y = scale(y);
    }
    int overflow = (Math.abs(x) > 255 ? 0x40 : 0) | (Math.abs(y) > 255 ? 0x80 : 0);
    bytes.add(overflow | (y < 0 ? 0x20 : 0) | (x < 0 ? 0x10 : 0) | 0x08 | buttons);
    bytes.add(x);
    bytes.add(y);
    if (wheeled) {
      int z = clamp(wheel, 7);
      wheel -= z;
      bytes.add(z);
    } else {
      wheel = 0;
    }
    changed = dx != 0 || dy != 0 || wheel != 0;
  }

  /** Scaling 2:1, which is finer than its name for slow motion. */
  private static int scale(int counts) {
    int size = Math.abs(counts);
    int scaled =
        switch (size) {
          case 0, 1, 3 -> size;
          case 2 -> 1;
          case 4 -> 6;
          case 5 -> 9;
          default -> 2 * size;
        };
    return counts < 0 ? -scaled : scaled;
  }

  @Override
  public void plug(Runnable ready) {
    this.ready = ready;
  }

  @Override
  public boolean ready() {
    return !bytes.isEmpty();
  }

  @Override
  public int take() {
    last = bytes.take();
    return last;
  }

  @Override
  public void send(int value) {
    if (testing) {
      return;
    }
    int command = pending;
    pending = 0;
    // a command drops what is still to be sent; motion in it is lost, as on the wire
    bytes.clear();
    if (wrapping && value != 0xEC && value != 0xFF) {
      bytes.add(value);
    } else if (command != 0) {
      parameter(command, value);
    } else {
      command(value);
    }
    ready.run();
    report();
  }

  private void parameter(int command, int value) {
    bytes.add(ACK);
    if (command == 0xE8) {
      resolution = value & 3;
    } else {
      rate = value;
      rates = rates << 8 & 0xFFFFFF | value;
      wheeled |= rates == KNOCK;
    }
  }

  private void command(int value) {
    if (value == 0xFE) {
      bytes.add(last);
      return;
    }
    bytes.add(ACK);
    switch (value) {
      case 0xE6 -> doubled = false;
      case 0xE7 -> doubled = true;
      case 0xE8, 0xF3 -> pending = value;
      case 0xE9 -> {
        bytes.add(
            (remote ? 0x40 : 0)
                | (reporting ? 0x20 : 0)
                | (doubled ? 0x10 : 0)
                | (buttons & 1) << 2
                | (buttons & 4) >> 1
                | (buttons & 2) >> 1);
        bytes.add(resolution);
        bytes.add(rate);
      }
      case 0xEA -> remote = false;
      case 0xEB -> packet();
      case 0xEC -> wrapping = false;
      case 0xEE -> wrapping = true;
      case 0xF0 -> remote = true;
      case 0xF2 -> bytes.add(wheeled ? 3 : 0);
      case 0xF4 -> {
        forget();
        reporting = true;
      }
      case 0xF5 -> reporting = false;
      case 0xF6 -> defaults();
      case 0xFF -> {
        defaults();
        rates = 0;
        wheeled = false;
        testing = true;
        test.arm(scheduler.now() + scheduler.ticks(TEST_MILLISECONDS, 1000));
      }
      default -> {
        bytes.clear();
        bytes.add(0xFE);
      }
    }
  }

  private void defaults() {
    rate = 100;
    resolution = 2;
    doubled = false;
    reporting = false;
    remote = false;
    wrapping = false;
    forget();
    sample.cancel();
  }

  private void forget() {
    dx = 0;
    dy = 0;
    wheel = 0;
    changed = false;
  }

  private void tested() {
    testing = false;
    bytes.add(0xAA);
    bytes.add(0x00);
    ready.run();
  }

  @Override
  public State state() {
    return new State(
        bytes.state(),
        pending,
        last,
        rates,
        rate,
        resolution,
        doubled,
        reporting,
        remote,
        wrapping,
        wheeled,
        testing,
        dx,
        dy,
        wheel,
        buttons,
        changed);
  }

  @Override
  public void restore(State state) {
    bytes.restore(state.bytes);
    pending = state.pending;
    last = state.last;
    rates = state.rates;
    rate = state.rate;
    resolution = state.resolution;
    doubled = state.doubled;
    reporting = state.reporting;
    remote = state.remote;
    wrapping = state.wrapping;
    wheeled = state.wheeled;
    testing = state.testing;
    dx = state.dx;
    dy = state.dy;
    wheel = state.wheel;
    buttons = state.buttons;
    changed = state.changed;
  }
}
