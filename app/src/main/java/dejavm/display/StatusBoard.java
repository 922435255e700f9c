package dejavm.display;

import java.util.function.Supplier;

/**
 * Where the machine's thread puts up how the machine is, four times a second while somebody reads
 * it, and at its end.
 */
public final class StatusBoard {
  private static final long INTERVAL_NANOS = 250_000_000;

  private volatile int readers;
  private MachineStatus status;
  private boolean closed;
  private long due;

  // ---- for the machine's thread ----

  /** Puts it up, if it is time to. */
  public void offer(Supplier<MachineStatus> now) {
    long nanos = System.nanoTime();
    if (readers > 0 && nanos - due >= 0) {
      due = nanos + INTERVAL_NANOS;
      put(now.get());
    }
  }

  /** Puts it up. */
  public synchronized void put(MachineStatus now) {
    status = now;
    notifyAll();
  }

  // ---- for those who read it ----

  public synchronized void enter() {
    readers++;
  }

  public synchronized void leave() {
    readers--;
  }

  /** Nothing more will be put up. */
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  /**
   * Waits for something other than what was seen.
   *
   * @param seen null for nothing yet
   * @return null if nothing more will come
   */
  public synchronized MachineStatus await(MachineStatus seen) throws InterruptedException {
    while (!closed && (status == null || status.equals(seen))) {
      wait();
    }
    return status == null || status.equals(seen) ? null : status;
  }
}
