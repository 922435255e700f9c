package dejavm.web;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The threads that serve pages: one for each socket, and no more than there may be. */
final class Workers {
  /** What a thread does for a page, until the page goes. */
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static final int MOST = 48;
  private static final Duration PATIENCE = Duration.ofMillis(300);

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** Whether there may be one more. */
  boolean free() {
    return threads.size() < MOST;
  }

  void start(String name, Work work) {
    Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(work));
    threads.add(thread);
    thread.start();
  }

  /** Waits a little for those that have something left to say. */
  void join() {
    try {
      long end = System.nanoTime() + PATIENCE.toNanos();
      for (Thread thread : threads) {
        thread.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      // the page is gone
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads.remove(Thread.currentThread());
    }
  }
}
