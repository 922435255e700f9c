package dejavm.web;

import dejavm.display.SerialFeed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** The serial console in a page: bytes both ways; text that comes is taken as UTF-8. */
public final class SerialSocket implements Session.Listener.AutoDemanding {
  private final SerialFeed feed;
  private final Consumer<byte[]> typed;
  private final Workers workers;
  private Session session;

  SerialSocket(SerialFeed feed, Consumer<byte[]> typed, Workers workers) {
    this.feed = feed;
    this.typed = typed;
    this.workers = workers;
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    session = opened;
    workers.start("web serial", this::show);
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    typed.accept(bytes);
    callback.succeed();
  }

  @Override
  public void onWebSocketText(String message) {
    typed.accept(message.getBytes(StandardCharsets.UTF_8));
  }

  private void show() throws IOException, InterruptedException {
    long place = 0;
    for (SerialFeed.Chunk chunk = feed.await(place); chunk != null; chunk = feed.await(place)) {
      Line.send(session, chunk.bytes(), 0, chunk.bytes().length);
      place = chunk.next();
    }
    session.close();
  }
}
