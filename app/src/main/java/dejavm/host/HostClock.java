package dejavm.host;

import java.util.concurrent.locks.LockSupport;

/** The real wall clock, for the thread that made it. */
public final class HostClock implements WallClock {
  private final Thread owner = Thread.currentThread();

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void sleep(long nanos) {
    LockSupport.parkNanos(this, nanos);
  }

  @Override
  public void wake() {
    LockSupport.unpark(owner);
  }
}
