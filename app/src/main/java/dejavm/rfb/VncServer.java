package dejavm.rfb;

import dejavm.host.HostFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Waits for VNC viewers at a port, and serves some of them at a time. */
public final class VncServer implements AutoCloseable {
  private static final int MOST_VIEWERS = 16;

  /** How long a viewer may take to say who it is. */
  private static final int PATIENCE_MILLISECONDS = 10_000;

  private static final long PAUSE_NANOS = 1_000_000_000;

  private final RfbSession.Desktop desktop;
  private final Consumer<String> log;
  private final ServerSocket listener;
  private final Set<Socket> viewers = ConcurrentHashMap.newKeySet();

  /**
   * Begins to listen.
   *
   * @param port 0 for any that is free
   * @param log takes a line for each viewer that had to be sent away
   * @throws HostFailure if the port cannot be had
   */
  public VncServer(String host, int port, RfbSession.Desktop desktop, Consumer<String> log) {
    this.desktop = desktop;
    this.log = log;
    try {
      listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(host, port));
    } catch (IOException e) {
      throw HostFailure.reading("VNC display at %s:%d".formatted(host, port), e);
    }
    Thread.ofPlatform().daemon().name("vnc").start(this::accept);
  }

  /**
   * Whether others can reach what listens there.
   *
   * @throws HostFailure if there is no such host
   */
  public static boolean reachable(String host) {
    try {
      return !InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw HostFailure.reading("VNC display at " + host, new IOException("no such host", e));
    }
  }

  /** The port it listens at. */
  public int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      log.accept("VNC display: " + e.getMessage());
    }
    viewers.forEach(VncServer::hangUp);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket viewer = listener.accept();
        if (viewers.size() >= MOST_VIEWERS) {
          log.accept("vnc viewer %s: %d watch already".formatted(name(viewer), MOST_VIEWERS));
          hangUp(viewer);
        } else {
          viewers.add(viewer);
          Thread.ofPlatform().daemon().name("vnc viewer").start(() -> serve(viewer));
        }
      } catch (IOException e) {
        if (!listener.isClosed()) {
          log.accept("VNC display: " + e.getMessage());
          // what there is too little of may be there again
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }

  private void serve(Socket viewer) {
    try {
      viewer.setTcpNoDelay(true);
      viewer.setKeepAlive(true);
      viewer.setSoTimeout(PATIENCE_MILLISECONDS);
      String wrong = new RfbSession(desktop, new SocketLink(viewer)).serve();
      if (wrong != null) {
        log.accept("vnc viewer %s sent away: it %s".formatted(name(viewer), wrong));
      }
    } catch (IOException e) {
      hangUp(viewer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      viewers.remove(viewer);
    }
  }

  private static String name(Socket viewer) {
    SocketAddress address = viewer.getRemoteSocketAddress();
    return address instanceof InetSocketAddress internet
        ? internet.getHostString() + ":" + internet.getPort()
        : String.valueOf(address);
  }

  private static void hangUp(Socket viewer) {
    try {
      viewer.close();
    } catch (IOException e) {
      // it is closed as far as it can be
      return;
    }
  }

  private static final class SocketLink implements RfbSession.Link {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    SocketLink(Socket socket) throws IOException {
      this.socket = socket;
      in = socket.getInputStream();
      out = socket.getOutputStream();
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
    public void met() throws IOException {
      socket.setSoTimeout(0);
    }

    @Override
    public void close() {
      hangUp(socket);
    }
  }
}
