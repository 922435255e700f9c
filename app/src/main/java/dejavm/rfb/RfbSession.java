package dejavm.rfb;

import dejavm.device.video.Picture;
import dejavm.display.Hands;
import dejavm.display.Monitor;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One viewer, from its first byte to its last. The thread that serves it reads what it says;
 * another one sends it pictures.
 */
public final class RfbSession {
  /**
   * What viewers see, and may do.
   *
   * @param name what a viewer's window is called
   * @param password what a viewer has to know, or null
   */
  public record Desktop(Monitor monitor, Hands hands, String name, VncPassword password) {}

  /** The way to a viewer. */
  public interface Link {
    InputStream in();

    OutputStream out();

    /** The viewer is known by now, and may be silent as long as it likes. */
    default void met() throws IOException {}

    /** Ends it; whoever waits for one of its streams is told. */
    void close();
  }

  private static final int BUFFER = 1 << 16;

  private final Desktop desktop;
  private final Link link;
  private final Keyboard keyboard;
  private final Mouse mouse;

  public RfbSession(Desktop desktop, Link link) {
    this.desktop = desktop;
    this.link = link;
    keyboard = new Keyboard(desktop.hands());
    mouse = new Mouse(desktop.hands());
  }

  /**
   * Serves the viewer until it goes, or this program ends.
   *
   * @return what it did wrong, null if nothing
   */
  public String serve() throws InterruptedException {
    DataInputStream in = new DataInputStream(new BufferedInputStream(link.in()));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(link.out(), BUFFER));
    Updates updates = new Updates(desktop.monitor(), out, link::close);
    Runnable changed = updates::wake;
    try {
      Handshake handshake = new Handshake(in, out, desktop.password());
      handshake.meet();
      desktop.monitor().enter(changed);
      Picture first = updates.first();
      if (first != null) {
        handshake.describe(first.width(), first.height(), desktop.name());
        link.met();
        Thread.ofPlatform().daemon().name("rfb pictures").start(updates::send);
        listen(in, updates);
      }
      return null;
    } catch (RfbException e) {
      return e.getMessage();
    } catch (IOException e) {
      // the viewer went without a word
      return null;
    } finally {
      desktop.monitor().leave(changed);
      updates.close();
      link.close();
      keyboard.release();
      mouse.release();
    }
  }

  private void listen(DataInputStream in, Updates updates)
      throws IOException, InterruptedException {
    while (true) {
      switch (ClientMessage.read(in)) {
        case ClientMessage.SetPixelFormat(PixelFormat format) -> updates.format(format);
        case ClientMessage.SetEncodings(int[] numbers) -> updates.encodings(numbers);
        case ClientMessage.UpdateRequest request -> updates.request(request);
        case ClientMessage.SetDesktopSize _ -> updates.refuseSize();
        case ClientMessage.ScannedKey key -> keyboard.scanned(key);
        case ClientMessage.Key key -> keyboard.meant(key);
        case ClientMessage.Pointer pointer -> point(pointer, updates);
        case ClientMessage.CutText _ -> {
          // no PC takes it
        }
      }
    }
  }

  private void point(ClientMessage.Pointer pointer, Updates updates) throws InterruptedException {
    Picture picture = desktop.monitor().picture();
    if (updates.tellsMovements()) {
      mouse.moved(pointer);
    } else {
      mouse.at(pointer, picture.width(), picture.height());
    }
  }
}
