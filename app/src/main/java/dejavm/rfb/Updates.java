package dejavm.rfb;

import dejavm.device.video.Picture;
import dejavm.display.Monitor;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The pictures on their way to one viewer. It asks for one at a time and gets the latest there is
 * when its line is free; so what is slow is its line, not the machine.
 */
final class Updates {
  private final Monitor monitor;
  private final UpdateWriter writer;
  private final Runnable hangUp;

  private volatile boolean tellsMovements;

  // shared with the thread that listens
  private PixelFormat format = PixelFormat.NATIVE;
  private Abilities abilities = Abilities.of(new int[0]);
  private boolean announce;
  private boolean map;
  private boolean refuse;
  private ClientMessage.UpdateRequest wanted;
  private boolean closed;
  private boolean sending;

  /** Whether anything may differ from what the viewer has. */
  private boolean fresh;

  /**
   * @param hangUp ends the viewer's session
   */
  Updates(Monitor monitor, DataOutputStream out, Runnable hangUp) {
    this.monitor = monitor;
    this.writer = new UpdateWriter(out);
    this.hangUp = hangUp;
  }

  // ---- from the thread that listens ----

  /** Waits for a picture; null if there will be none. */
  synchronized Picture first() throws InterruptedException {
    while (monitor.picture() == null && !closed) {
      wait(100);
    }
    Picture picture = monitor.picture();
    if (picture != null) {
      writer.begin(picture);
    }
    return picture;
  }

  synchronized void format(PixelFormat wish) {
    format = wish;
    map = wish.mapped();
  }

  synchronized void encodings(int[] numbers) {
    abilities = Abilities.of(numbers);
    announce = abilities.extend();
    notifyAll();
  }

  synchronized void request(ClientMessage.UpdateRequest request) {
    boolean all = !request.incremental() || wanted != null && !wanted.incremental();
    wanted = new ClientMessage.UpdateRequest(!all, request.part());
    fresh = true;
    notifyAll();
  }

  synchronized void refuseSize() {
    refuse = abilities.resizesExtended();
    notifyAll();
  }

  /** Whether the viewer was told to tell movements of its pointer instead of places. */
  boolean tellsMovements() {
    return tellsMovements;
  }

  /** There may be something new. */
  synchronized void wake() {
    fresh = true;
    notifyAll();
  }

  /** Ends sending. */
  synchronized void close() {
    closed = true;
    notifyAll();
    if (!sending) {
      writer.close();
    }
  }

  // ---- the thread that sends ----

  /** Sends what is asked for, until it is closed or the viewer goes. */
  void send() {
    try {
      synchronized (this) {
        sending = true;
      }
      for (Order order = next(); order != null; order = next()) {
        if (!writer.write(order)) {
          keep(order);
        } else if (order.announce() && order.abilities().movements()) {
          tellsMovements = true;
        }
      }
    } catch (IOException e) {
      // the viewer is gone: the thread that listens finds that out
      hangUp.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      writer.close();
    }
  }

  private synchronized Order next() throws InterruptedException {
    while (!closed && !due()) {
      wait();
    }
    if (closed) {
      return null;
    }
    Order order = new Order(monitor.picture(), wanted, format, map, abilities, announce, refuse);
    announce = false;
    map = false;
    refuse = false;
    wanted = null;
    fresh = false;
    return order;
  }

  private boolean due() {
    return wanted != null && (!wanted.incremental() || announce || refuse || fresh);
  }

  /** Nothing differed: the viewer goes on waiting. */
  private synchronized void keep(Order order) {
    if (wanted == null) {
      wanted = order.request();
    }
  }
}
