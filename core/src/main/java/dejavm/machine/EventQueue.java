package dejavm.machine;

import dejavm.bus.Derived;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine's timers. They are few and armed often, so the next one is found by looking at all of
 * them, in wiring order; that order also decides among those due together.
 *
 * <p>A timer that fires late, because the instruction under way was a long one, runs with the later
 * {@link #now()} and finds the moment it was due in {@link Timer#due()}.
 */
public final class EventQueue implements Scheduler, Stateful<EventQueue.State> {
  /** One timer: what {@link Timer#due()} and {@link Timer#armed()} answer. */
  public record Due(String name, long due, boolean armed) {}

  /** The present moment and all timers in wiring order. */
  public record State(long now, List<Due> timers) {}

  private final class Alarm implements Timer {
    private final String name;
    private final Runnable action;
    private long due = NEVER;
    private boolean armed;

    private Alarm(String name, Runnable action) {
      this.name = name;
      this.action = action;
    }

    @Override
    public void arm(long due) {
      this.due = due;
      armed = true;
      nextDue = earliest();
    }

    @Override
    public void cancel() {
      due = NEVER;
      if (armed) {
        armed = false;
        nextDue = earliest();
      }
    }

    @Override
    public long due() {
      return due;
    }

    @Override
    public boolean armed() {
      return armed;
    }

    private long wakes() {
      return armed ? due : NEVER;
    }
  }

  private final long frequency;
  private final List<Alarm> timers = new ArrayList<>();
  private long now;

  @Derived("the earliest of the timers' due times")
  private long nextDue = Timer.NEVER;

  /** A queue at moment 0 of a machine with this many ticks a second. */
  public EventQueue(long frequency) {
    this.frequency = frequency;
  }

  @Override
  public Timer timer(String name, Runnable action) {
    for (Alarm timer : timers) {
      if (timer.name.equals(name)) {
        throw new IllegalArgumentException("there is a timer " + name + " already");
      }
    }
    Alarm timer = new Alarm(name, action);
    timers.add(timer);
    return timer;
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public long frequency() {
    return frequency;
  }

  /** The moment that the next timer is due, {@link Timer#NEVER} if none is armed. */
  public long nextDue() {
    return nextDue;
  }

  /**
   * Lets time reach a moment, and fires what is due by then, in due order; timers that their
   * actions arm for no later moment included.
   *
   * @throws IllegalArgumentException where that would be going back
   */
  public void advance(long to) {
    if (to < now) {
      throw new IllegalArgumentException("time went back from " + now + " to " + to);
    }
    now = to;
    while (nextDue <= now) {
      fire();
    }
  }

  private void fire() {
    for (Alarm timer : timers) {
      if (timer.wakes() == nextDue) {
        timer.armed = false;
        nextDue = earliest();
        timer.action.run();
        return;
      }
    }
  }

  private long earliest() {
    long earliest = Timer.NEVER;
    for (int i = 0; i < timers.size(); i++) {
      earliest = Math.min(earliest, timers.get(i).wakes());
    }
    return earliest;
  }

  @Override
  public State state() {
    return new State(now, timers.stream().map(t -> new Due(t.name, t.due, t.armed)).toList());
  }

  @Override
  public void restore(State state) {
    List<String> names = timers.stream().map(t -> t.name).toList();
    if (!names.equals(state.timers.stream().map(Due::name).toList())) {
      throw new IllegalArgumentException("the state is of another machine: its timers differ");
    }
    now = state.now;
    for (int i = 0; i < timers.size(); i++) {
      timers.get(i).due = state.timers.get(i).due;
      timers.get(i).armed = state.timers.get(i).armed;
    }
    nextDue = earliest();
  }
}
