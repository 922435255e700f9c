package dejavm.web;

import dejavm.rfb.RfbSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** A viewer in a page. Its messages are a stream; the next one is taken when one was read. */
public final class RfbSocket implements Session.Listener, RfbSession.Link {
  private final RfbSession.Desktop desktop;
  private final Consumer<String> log;
  private final Workers workers;
  private final In in = new In();
  private final Out out = new Out();
  private Session session;

  RfbSocket(RfbSession.Desktop desktop, Consumer<String> log, Workers workers) {
    this.desktop = desktop;
    this.log = log;
    this.workers = workers;
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    session = opened;
    session.demand();
    workers.start("web screen", this::serve);
  }

  @Override
  public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    callback.succeed();
    if (bytes.length == 0) {
      session.demand();
    } else {
      in.put(bytes);
    }
  }

  @Override
  public void onWebSocketText(String message) {
    close();
  }

  @Override
  public void onWebSocketClose(int code, String reason, Callback callback) {
    in.end();
    callback.succeed();
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    in.end();
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public void close() {
    in.end();
    session.close();
  }

  private void serve() throws InterruptedException {
    String wrong = new RfbSession(desktop, this).serve();
    if (wrong != null) {
      log.accept("web viewer sent away: it " + wrong);
    }
  }

  /** The messages that came: one at a time. */
  private final class In extends InputStream {
    private byte[] message = {};
    private int at;
    private boolean ended;

    private synchronized void put(byte[] next) {
      message = next;
      at = 0;
      notifyAll();
    }

    private synchronized void end() {
      ended = true;
      notifyAll();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      try {
        while (at == message.length && !ended) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
      if (at == message.length) {
        return -1;
      }
      int count = Math.min(length, message.length - at);
      System.arraycopy(message, at, bytes, offset, count);
      at += count;
      if (at == message.length) {
        session.demand();
      }
      return count;
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        Line.send(session, bytes, offset, length);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    }
  }
}
