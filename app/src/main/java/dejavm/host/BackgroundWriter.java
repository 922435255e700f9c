package dejavm.host;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The thread that compresses a recording. It keeps no program from ending. */
final class BackgroundWriter implements Executor, AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("writer").factory());

  @Override
  public void execute(Runnable work) {
    thread.execute(work);
  }

  /** Lets it finish what it was given. */
  @Override
  public void close() {
    thread.close();
  }
}
