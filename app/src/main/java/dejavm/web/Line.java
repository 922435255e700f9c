package dejavm.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** The way out to a page: what is sent has left when these methods return. */
final class Line {
  private Line() {}

  static void send(Session session, byte[] bytes, int offset, int length)
      throws IOException, InterruptedException {
    wait(callback -> session.sendBinary(ByteBuffer.wrap(bytes, offset, length), callback));
  }

  static void send(Session session, String text) throws IOException, InterruptedException {
    wait(callback -> session.sendText(text, callback));
  }

  private static void wait(Consumer<Callback> send) throws IOException, InterruptedException {
    Callback.Completable sent = new Callback.Completable();
    send.accept(sent);
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }
}
