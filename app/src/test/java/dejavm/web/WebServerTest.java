package dejavm.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.bus.Input;
import dejavm.display.Hands;
import dejavm.display.MachineStatus;
import dejavm.display.Monitor;
import dejavm.display.SerialFeed;
import dejavm.display.StatusBoard;
import dejavm.host.HostFailure;
import dejavm.rfb.RfbSession;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The web server, asked by who may and by who may not. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class WebServerTest {
  private final SerialFeed serial = new SerialFeed();
  private final StatusBoard status = new StatusBoard();
  private final BlockingQueue<String> typed = new LinkedBlockingQueue<>();
  private final BlockingQueue<Input> pushed = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final WebServer server =
      new WebServer(
          "127.0.0.1",
          0,
          new Show(
              new RfbSession.Desktop(new Monitor(), Hands.TIED, "a page", null),
              serial,
              bytes -> typed.add(new String(bytes, StandardCharsets.UTF_8)),
              status,
              pushed::add),
          log::add);

  private final URI address = URI.create(server.address());

  @AfterEach
  void end() {
    serial.close();
    status.close();
    server.close();
  }

  /** The answer to a request, as it is on the wire. */
  private String ask(String path, String... headers) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", address.getPort())) {
      String request =
          "GET " + path + " HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", headers);
      socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String host() {
    return "Host: 127.0.0.1:" + address.getPort();
  }

  private String opened(String path) {
    return path + "?" + address.getRawQuery();
  }

  @Test
  void thePageIsThereForWhoKnowsTheToken() throws IOException {
    assertThat(ask(opened("/"), host()))
        .startsWith("HTTP/1.1 200 ")
        .contains(
            "<title>DejaVM</title>", "text/html", "Content-Security-Policy: default-src 'none'")
        .doesNotContain("Jetty");
    assertThat(ask("/", host())).startsWith("HTTP/1.1 403 ").contains("needs its token");
    assertThat(ask("/index.html", host())).startsWith("HTTP/1.1 403 ");
    assertThat(ask("/%69ndex.html", host())).doesNotContain("<title>DejaVM</title>");
    assertThat(ask("/?token=AAAAAAAAAAAAAAAAAAAAAA", host())).startsWith("HTTP/1.1 403 ");
    assertThat(ask("/?token=%zz", host())).doesNotContain("<title>DejaVM</title>");
    assertThat(ask("//?x", host())).doesNotContain("<title>DejaVM</title>");
  }

  @Test
  void whoWasLedHereByAnotherNameOrPageIsKeptOut() throws IOException {
    assertThat(ask(opened("/"), "Host: evil.example:" + address.getPort()))
        .startsWith("HTTP/1.1 421 ");
    assertThat(ask(opened("/"), "Host: 127.0.0.1.evil.example")).startsWith("HTTP/1.1 421 ");
    assertThat(ask(opened("/"), host(), "Origin: http://evil.example")).startsWith("HTTP/1.1 403 ");
    assertThat(ask(opened("/"), "Host: localhost:1")).startsWith("HTTP/1.1 200 ");
    assertThat(ask(opened("/"), "Host: [::1]:1")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void filesOfThePageAndNoOthersAreHandedOut() throws IOException {
    assertThat(ask("/page.css", host())).startsWith("HTTP/1.1 200 ").contains("text/css");
    for (String path :
        new String[] {
          "/../WebServer.class",
          "/%2e%2e/WebServer.class",
          "/index.htm",
          "/npm",
          "/npm/.js",
          "/x.css"
        }) {
      assertThat(ask(path, host())).as(path).containsPattern("^HTTP/1.1 40[04] ");
    }
  }

  @Test
  void whatComesFromNpmIsInTheBuild() throws IOException {
    assumeTrue(WebServer.complete(), "npm was not there when this was built");
    assertThat(ask("/npm/novnc/core/rfb.js", host()))
        .startsWith("HTTP/1.1 200 ")
        .contains("text/javascript", "export default class RFB");
    assertThat(ask("/npm/xterm/lib/xterm.mjs", host())).startsWith("HTTP/1.1 200 ");
    assertThat(ask("/npm/xterm/css/xterm.css", host())).startsWith("HTTP/1.1 200 ");
  }

  // ---- sockets ----

  /** What a socket says. */
  private static final class Ear implements WebSocket.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      heard.add(text.toString());
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer bytes, boolean last) {
      heard.add(StandardCharsets.UTF_8.decode(bytes).toString());
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("closed");
      return null;
    }
  }

  private WebSocket socket(String path, Ear ear) {
    URI where = URI.create("ws://127.0.0.1:" + address.getPort() + path);
    return HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(where, ear).join();
  }

  @Test
  void noSocketOpensWithoutTheToken() {
    for (String path : new String[] {"/rfb", "/serial", "/control?token=x"}) {
      assertThatThrownBy(() -> socket(path, new Ear())).isInstanceOf(CompletionException.class);
    }
  }

  @Test
  void theSerialConsoleGoesBothWays() throws InterruptedException {
    byte[] greeting = "hello ".getBytes(StandardCharsets.UTF_8);
    serial.write(greeting, 0, greeting.length);
    Ear ear = new Ear();
    WebSocket socket = socket(opened("/serial"), ear);
    assertThat(ear.heard.take()).isEqualTo("hello ");
    socket.sendBinary(ByteBuffer.wrap("ls\r".getBytes(StandardCharsets.UTF_8)), true);
    assertThat(typed.take()).isEqualTo("ls\r");
    serial.write('!');
    assertThat(ear.heard.take()).isEqualTo("!");
    serial.close();
    assertThat(ear.heard.take()).isEqualTo("closed");
  }

  @Test
  void theMachineIsShownAndItsButtonsArePushed() throws InterruptedException {
    Ear ear = new Ear();
    WebSocket socket = socket(opened("/control"), ear);
    status.put(new MachineStatus("record", "running", false, 12, 0.5, 99));
    assertThat(ear.heard.take())
        .contains(
            "\"mode\":\"record\"",
            "\"state\":\"running\"",
            "\"instructions\":12",
            "\"guestSeconds\":0.5",
            "\"recorded\":99");
    socket.sendText("{\"button\": \"power\"}", true).join();
    socket.sendText("{\"button\": \"reset\"}", true).join();
    assertThat(pushed.take()).isEqualTo(new Input.PowerButton());
    assertThat(pushed.take()).isEqualTo(new Input.ResetButton());
    socket.sendText("{\"button\": ", true).join();
    assertThat(ear.heard.take()).isEqualTo("closed");
  }

  @Test
  void theScreensSocketSpeaksRfb() throws InterruptedException {
    Ear ear = new Ear();
    WebSocket socket = socket(opened("/rfb"), ear);
    assertThat(ear.heard.take()).isEqualTo("RFB 003.008\n");
    socket.sendBinary(ByteBuffer.wrap("rubbish and more".getBytes(StandardCharsets.UTF_8)), true);
    assertThat(ear.heard.take()).isEqualTo("closed");
    assertThat(log.take()).isEqualTo("web viewer sent away: it does not speak RFB");
  }

  @Test
  void aPortThatIsTakenIsAFailureInOneLine() {
    Show show = new Show(null, serial, null, status, null);
    assertThatThrownBy(() -> new WebServer("127.0.0.1", address.getPort(), show, log::add))
        .isInstanceOf(HostFailure.class)
        .hasMessage("web display at 127.0.0.1:%d: address already in use", address.getPort());
  }
}
