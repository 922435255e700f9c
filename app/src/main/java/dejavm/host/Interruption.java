package dejavm.host;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A signal that asks this program to end (SIGINT, SIGTERM, SIGHUP) is handed to the machine's
 * thread, which ends its run properly; the process waits for that.
 */
public final class Interruption implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = Thread.ofPlatform().name("interruption").unstarted(this::interrupt);
  private volatile boolean requested;
  private volatile Runnable wake = () -> {};

  /** Watches, until it is closed. */
  public Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** What to do at once when the signal comes, on another thread. */
  public void wakes(Runnable action) {
    wake = action;
  }

  /** Whether a signal came. */
  public boolean requested() {
    return requested;
  }

  private void interrupt() {
    requested = true;
    wake.run();
    try {
      finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All is done that has to be done before the process ends. */
  @Override
  public void close() {
    finished.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // the signal came just now, and finds everything finished
        requested = true;
      }
    }
  }
}
