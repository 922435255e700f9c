package dejavm.display;

import dejavm.device.video.Picture;
import dejavm.device.video.Vga;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The machine's screen, for those who watch it. The machine's thread draws it: only while somebody
 * watches, only when the adapter was written to, at most 25 times a second, and never for more than
 * a tenth of its time. Pictures are not queued: who is slow misses some.
 */
public final class Monitor {
  private static final long SHORTEST_NANOS = 1_000_000_000 / 25;
  private static final int SHARE = 10;

  private final List<Runnable> viewers = new CopyOnWriteArrayList<>();
  private volatile Picture picture;
  private volatile boolean asked;

  // of the machine's thread
  private long changes;
  private long due;

  // ---- for the machine's thread ----

  /** Draws the screen, if it is time to. To be called between instructions, often. */
  public void look(Vga video) {
    if (viewers.isEmpty()) {
      return;
    }
    long begun = System.nanoTime();
    if (!asked && begun - due < 0) {
      return;
    }
    asked = false;
    if (picture == null || changes != video.changes()) {
      changes = video.changes();
      picture = video.picture();
      viewers.forEach(Runnable::run);
    }
    due = begun + Math.max(SHORTEST_NANOS, SHARE * (System.nanoTime() - begun));
  }

  // ---- for those who watch ----

  /**
   * Begins to watch.
   *
   * @param changed called on the machine's thread when there is a new picture; must not wait
   */
  public void enter(Runnable changed) {
    viewers.add(changed);
    asked = true;
  }

  /** Watches no longer. */
  public void leave(Runnable changed) {
    viewers.remove(changed);
  }

  /** Whether anybody watches. */
  public boolean watched() {
    return !viewers.isEmpty();
  }

  /** The last picture, null before the first. */
  public Picture picture() {
    return picture;
  }
}
