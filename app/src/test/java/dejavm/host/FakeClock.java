package dejavm.host;

import java.util.ArrayDeque;
import java.util.Deque;

/** A wall clock that moves only while somebody sleeps; things can be planned to happen then. */
final class FakeClock implements WallClock {
  private record Plan(long at, Runnable action) {}

  private final Deque<Plan> plans = new ArrayDeque<>();
  private long nanos = 5_000_000_000L;
  private long slept;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public void sleep(long wanted) {
    long target = nanos + wanted;
    Plan next = plans.peek();
    if (next != null && next.at <= target) {
      plans.remove();
      target = Math.max(nanos, next.at);
      next.action.run();
    }
    slept += target - nanos;
    nanos = target;
  }

  @Override
  public void wake() {}

  /** Lets time pass while nobody sleeps. */
  void pass(long more) {
    nanos += more;
  }

  /** Something happens so long from now, if somebody sleeps then. */
  void plan(long in, Runnable action) {
    plans.add(new Plan(nanos + in, action));
  }

  /** Nanoseconds slept in all. */
  long slept() {
    return slept;
  }
}
