package dejavm.web;

import dejavm.host.HostFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** The web server. It listens from when it is made until it is closed. */
public final class WebServer implements AutoCloseable {
  private static final int THREADS = 12;
  private static final int LARGEST_MESSAGE = 1 << 16;

  private final Token token = new Token();
  private final Workers workers = new Workers();
  private final Server server;
  private final ServerConnector connector;
  private final String host;

  /**
   * Begins to listen.
   *
   * @param host a name or an address, IPv6 in brackets
   * @param port 0 for any that is free
   * @param log takes a line for each viewer that had to be sent away
   * @throws HostFailure if the port cannot be had
   */
  public WebServer(String host, int port, Show show, Consumer<String> log) {
    this.host = host;
    QueuedThreadPool threads = new QueuedThreadPool(THREADS);
    threads.setName("web");
    threads.setDaemon(true);
    server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(host.replaceAll("[\\[\\]]", ""));
    connector.setPort(port);
    server.addConnector(connector);
    WebSocketUpgradeHandler sockets =
        WebSocketUpgradeHandler.from(server, container -> wire(container, show, log));
    sockets.setHandler(new PageFiles());
    server.setHandler(new Gate(token, host, sockets));
    try {
      server.start();
    } catch (IOException e) {
      IOException why = e.getCause() instanceof IOException cause ? cause : e;
      throw HostFailure.reading("web display at %s:%d".formatted(host, port), why);
    } catch (Exception e) {
      throw new IllegalStateException("the web server does not start", e);
    }
  }

  /** Whether this program was built with what the page needs. */
  public static boolean complete() {
    return PageFiles.complete();
  }

  /** Where the page is, with the token that opens it. */
  public String address() {
    return "http://%s:%d/?token=%s".formatted(host, connector.getLocalPort(), token.text());
  }

  @Override
  public void close() {
    workers.join();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the web server does not stop", e);
    }
  }

  private void wire(ServerWebSocketContainer container, Show show, Consumer<String> log) {
    container.setIdleTimeout(Duration.ZERO);
    container.setMaxBinaryMessageSize(LARGEST_MESSAGE);
    container.setMaxTextMessageSize(LARGEST_MESSAGE);
    map(container, "/rfb", () -> new RfbSocket(show.desktop(), log, workers));
    map(container, "/serial", () -> new SerialSocket(show.serial(), show.typed(), workers));
    map(container, "/control", () -> new ControlSocket(show.status(), show.button(), workers));
  }

  private void map(ServerWebSocketContainer container, String path, Supplier<Object> socket) {
    container.addMapping(
        path,
        (request, response, callback) -> {
          if (workers.free()) {
            return socket.get();
          }
          Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
          return null;
        });
  }
}
