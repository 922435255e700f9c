package dejavm.device.timer;

import dejavm.bus.Line;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.device.ByteWide;
import java.util.List;

/**
 * The 8254 programmable interval timer: three 16-bit counters at 1.193182 MHz. Counter 0 drives IRQ
 * 0, counter 1 once paced the refresh of RAM, counter 2 sounds the loudspeaker.
 *
 * <p>Counts are computed from virtual time when read; nothing ticks. A timer is armed for the next
 * edge of output 0 alone, at a whole number of clocks from the moment that counter was loaded. The
 * low pulse of modes 2, 4 and 5 is shown to IRQ 0 at its end, in no time: it lasts a clock, and
 * nothing is lost by not seeing it begin.
 *
 * <p>Source: Intel 8254 datasheet, order no. 231164.
 */
public final class Pit implements ByteWide, Stateful<Pit.State> {
  /** Clocks in a second: a third of the 3.579545 MHz colour carrier, rounded as software does. */
  public static final int HERTZ = 1193182;

  /** The three counters. */
  public record State(List<Counter.State> counters) {}

  private final Scheduler scheduler;
  private final Line irq0;
  private final Speaker speaker;
  private final Timer edge;
  private final Counter[] counters = {new Counter(true), new Counter(true), new Counter(false)};

  /**
   * A timer chip after power-on, which counts nothing.
   *
   * @param irq0 output 0
   * @param speaker is told the tone of output 2
   */
  public Pit(Scheduler scheduler, Line irq0, Speaker speaker) {
    this.scheduler = scheduler;
    this.irq0 = irq0;
    this.speaker = speaker;
    edge = scheduler.timer("pit", this::edge);
  }

  /** Everything as after power-on; the gate of counter 2 keeps its level. */
  public void reset() {
    for (int i = 0; i < 3; i++) {
      counters[i].restore(Counter.powerOn(i < 2 || counters[2].state().gate()));
    }
    drive();
    speaker.tone(0);
  }

  /** Drives the gate of counter 2. */
  public void gate2(boolean level) {
    counters[2].gate(cycle(), level);
    tone();
  }

  /** The output of a counter, 0 to 2, now. */
  public boolean out(int counter) {
    return counters[counter].out(cycle());
  }

  @Override
  public int readByte(int offset) {
    return offset < 0 || offset > 2 ? FLOATING : counters[offset].read(cycle());
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset < 0 || offset > 3) {
      return;
    }
    if (edge.armed() && edge.due() <= scheduler.now()) {
      // an edge that came before this write must not be lost to it
      edge();
    }
    if (offset < 3) {
      counters[offset].write(cycle(), value);
    } else if (value >> 6 == 3) {
      readBack(value);
    } else if ((value & 0x30) == 0) {
      counters[value >> 6].latchCount(cycle());
    } else {
      counters[value >> 6].control(cycle(), value);
    }
    drive();
    tone();
  }

  private void readBack(int value) {
    for (int i = 0; i < 3; i++) {
      if ((value & 2 << i) != 0) {
        if ((value & 0x20) == 0) {
          counters[i].latchCount(cycle());
        }
        if ((value & 0x10) == 0) {
          counters[i].latchStatus(cycle());
        }
      }
    }
  }

  private void edge() {
    if (counters[0].pulses()) {
      irq0.set(false);
    }
    drive();
  }

  private void drive() {
    long cycle = cycle();
    irq0.set(counters[0].pulses() || counters[0].out(cycle));
    long next = counters[0].nextEdge(cycle);
    if (next == Timer.NEVER) {
      edge.cancel();
    } else {
      edge.arm(scheduler.ticks(next, HERTZ));
    }
  }

  private void tone() {
    int period = counters[2].period();
    speaker.tone(period == 0 ? 0 : HERTZ / period);
  }

  private long cycle() {
    return scheduler.cycles(scheduler.now(), HERTZ);
  }

  @Override
  public State state() {
    return new State(List.of(counters[0].state(), counters[1].state(), counters[2].state()));
  }

  @Override
  public void restore(State state) {
    for (int i = 0; i < 3; i++) {
      counters[i].restore(state.counters.get(i));
    }
  }
}
