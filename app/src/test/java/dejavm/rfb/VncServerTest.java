package dejavm.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Input;
import dejavm.device.video.Picture;
import dejavm.host.HostFailure;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A viewer and the server, over real sockets. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class VncServerTest {
  private final Scene scene = new Scene();

  @AfterEach
  void end() throws InterruptedException {
    scene.end();
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Asks for what changed until the viewer has the picture. */
  private void watch(Viewer viewer, Decoder.Format format) throws IOException {
    Picture shown = scene.vga.picture();
    assertThat(viewer.width).isEqualTo(shown.width());
    while (!same(viewer, shown, format)) {
      viewer.request(true);
      viewer.update();
    }
  }

  private static boolean same(Viewer viewer, Picture picture, Decoder.Format format) {
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        if (viewer.at(x, y) != format.point(picture.at(x, y))) {
          return false;
        }
      }
    }
    return true;
  }

  @Test
  void aViewerSeesTheScreenAndWhatChanges() throws IOException {
    scene.print(0, "first");
    for (int encoding : new int[] {0, 5, 16}) {
      try (VncServer server = scene.server(null);
          Viewer viewer = new Viewer(server.port()).meet()) {
        assertThat(viewer.name).isEqualTo("a scene");
        viewer.encodings(encoding);
        viewer.request(false);
        viewer.update();
        assertThat(viewer.kinds).containsOnly(encoding);
        assertThat(same(viewer, scene.vga.picture(), Viewer.NATIVE)).isTrue();
        for (int row = 1; row < 25; row += 5) {
          scene.print(row, "row " + row + " by " + encoding);
          viewer.request(true);
          viewer.update();
          watch(viewer, Viewer.NATIVE);
        }
      }
    }
    await(() -> !scene.monitor.watched());
    assertThat(scene.log).isEmpty();
  }

  @Test
  void aViewerWithAMapOfColoursIsSentOne() throws IOException {
    scene.print(3, "coloured");
    Decoder.Format mapped =
        new Decoder.Format(8, 8, false, false, new int[] {7, 7, 3}, new int[] {5, 2, 0});
    try (VncServer server = scene.server(null);
        Viewer viewer = new Viewer(server.port()).meet()) {
      viewer.format(mapped);
      viewer.encodings(16);
      viewer.request(false);
      viewer.update();
      watch(viewer, mapped);
    }
  }

  @Test
  void olderViewersAreServed() throws IOException {
    scene.print(0, "old");
    for (String version : new String[] {"RFB 003.003", "RFB 003.005", "RFB 003.007"}) {
      try (VncServer server = scene.server(null);
          Viewer viewer = new Viewer(server.port())) {
        boolean chooses = version.endsWith("7");
        if (chooses) {
          assertThat(viewer.greet(version)).containsExactly(1);
          viewer.out.writeByte(1);
        } else {
          assertThat(viewer.greet("RFB 003.003")).containsExactly(0, 0, 0, 1);
        }
        viewer.begin();
        viewer.request(false);
        viewer.update();
        assertThat(viewer.kinds).containsOnly(0);
      }
    }
  }

  @Test
  void aScreenOfAnotherSizeIsTold() throws IOException {
    scene.print(0, "small");
    for (int way : new int[] {-223, -308}) {
      try (VncServer server = scene.server(null);
          Viewer viewer = new Viewer(server.port()).meet();
          Viewer stiff = new Viewer(server.port()).meet()) {
        viewer.encodings(5, way);
        viewer.request(false);
        viewer.update();
        int width = way == -223 ? 640 : 800;
        scene.frameBuffer(width, 480);
        while (viewer.width != width) {
          viewer.request(true);
          viewer.update();
        }
        assertThat(viewer.height).isEqualTo(480);
        watch(viewer, Viewer.NATIVE);
        assertThat(viewer.at(0, 0)).isEqualTo(0x123456);
        // who cannot follow sees what fits
        stiff.request(false);
        stiff.update();
        assertThat(stiff.at(0, 0)).isEqualTo(0x123456);
      }
    }
  }

  @Test
  void anotherSizeCannotBeAskedFor() throws IOException {
    scene.print(0, "fixed");
    try (VncServer server = scene.server(null);
        Viewer viewer = new Viewer(server.port()).meet()) {
      viewer.encodings(0, -308);
      viewer.request(false);
      viewer.update();
      assertThat(viewer.kinds).contains(-308);
      viewer.out.write(new byte[] {(byte) 251, 0, 1, 0, 1, 0, 1, 0});
      viewer.out.write(new byte[16]);
      viewer.request(true);
      viewer.update();
      assertThat(viewer.kinds).containsExactly(-308);
    }
  }

  @Test
  void keysAndTheMouseReachTheMachineAndAreLetGo() throws IOException {
    scene.print(0, "keys");
    try (VncServer server = scene.server(null)) {
      try (Viewer viewer = new Viewer(server.port()).meet()) {
        viewer.encodings(0, -258);
        viewer.request(false);
        viewer.update();
        assertThat(viewer.kinds).contains(-258);
        viewer.pointer(1, 100, 50);
        viewer.key(true, 'a');
        // the key right of L, whatever it means
        viewer.out.write(new byte[] {(byte) 255, 0, 0, 1, 0, 0, 0, 0xF, 0, 0, 0, 0x27});
        await(() -> scene.pushed.size() == 4);
      }
      await(() -> scene.pushed.size() == 7);
    }
    assertThat(scene.pushed)
        .startsWith(
            new Input.Pointer(-784, -464, 0, 0),
            new Input.Pointer(100, 50, 0, 1),
            new Input.Key(0x1E, true),
            new Input.Key(0x27, true))
        .contains(new Input.Key(0x1E, false), new Input.Key(0x27, false))
        .endsWith(new Input.Pointer(0, 0, 0, 0));
  }

  @Test
  void movementsAreTakenWhereTheyAreTold() throws IOException {
    scene.print(0, "mouse");
    try (VncServer server = scene.server(null);
        Viewer viewer = new Viewer(server.port()).meet()) {
      viewer.encodings(0, -257);
      viewer.request(false);
      viewer.update();
      // it is told once the update has gone: places that come late are no movements
      viewer.request(true);
      scene.print(1, "more");
      viewer.update();
      viewer.pointer(0, 700, 300);
      viewer.pointer(2, 0x7FFF + 5, 0x7FFF - 3);
      await(() -> scene.pushed.size() == 1);
    }
    assertThat(scene.pushed.getFirst()).isEqualTo(new Input.Pointer(5, -3, 0, 4));
  }

  @Test
  void aPasswordIsAskedFor() throws IOException {
    scene.print(0, "secret");
    VncPassword password = new VncPassword("geheimnis".getBytes(StandardCharsets.US_ASCII));
    try (VncServer server = scene.server(password)) {
      for (boolean right : new boolean[] {true, false}) {
        try (Viewer viewer = new Viewer(server.port())) {
          assertThat(viewer.greet("RFB 003.008")).containsExactly(2);
          viewer.out.writeByte(2);
          byte[] challenge = new byte[16];
          viewer.in.readFully(challenge);
          // beyond eight bytes nothing counts
          String known = right ? "geheimni" : "geheimnu";
          byte[] bytes = known.getBytes(StandardCharsets.US_ASCII);
          viewer.out.write(new VncPassword(bytes).encrypted(challenge));
          assertThat(viewer.in.readInt()).isEqualTo(right ? 0 : 1);
        }
      }
      await(() -> !scene.log.isEmpty());
    }
    assertThat(scene.log).singleElement().asString().contains("does not know the password");
  }

  @Test
  void thePasswordsBitsAreReversed() {
    byte[] zero = new byte[16];
    byte[] none = new VncPassword(new byte[0]).encrypted(zero);
    // DES ignores the lowest bit of each byte of a key, which is the highest of a password's
    assertThat(new VncPassword(new byte[] {(byte) 0x80}).encrypted(zero)).isEqualTo(none);
    assertThat(new VncPassword(new byte[] {1}).encrypted(zero)).isNotEqualTo(none);
  }

  @Test
  void rubbishEndsASessionAndNothingElse() throws IOException {
    scene.print(0, "alive");
    Random random = new Random(4);
    try (VncServer server = scene.server(null)) {
      for (int round = 0; round < 200; round++) {
        byte[] rubbish = new byte[random.nextInt(2000)];
        random.nextBytes(rubbish);
        boolean known = random.nextInt(4) > 0;
        try (Socket socket = known ? null : new Socket("127.0.0.1", server.port());
            Viewer viewer = known ? new Viewer(server.port()).meet() : null) {
          if (known) {
            for (int i = 0; i < rubbish.length; i++) {
              // mostly messages that there are
              boolean type = random.nextInt(6) == 0;
              rubbish[i] = type ? (byte) random.nextInt(7) : rubbish[i];
            }
            viewer.out.write(rubbish);
          } else {
            socket.getOutputStream().write(rubbish);
          }
        } catch (IOException e) {
          // it was sent away before it had said everything
          assertThat(e).isNotNull();
        }
      }
      await(() -> !scene.monitor.watched());
      try (Viewer viewer = new Viewer(server.port()).meet()) {
        viewer.request(false);
        viewer.update();
        watch(viewer, Viewer.NATIVE);
      }
    }
    assertThat(scene.log)
        .isNotEmpty()
        .allMatch(line -> line.startsWith("vnc viewer 127.0.0.1:") && !line.contains("\n"));
  }

  @Test
  void whoDoesNotReadMissesPicturesOnly() throws IOException {
    scene.print(0, "slow");
    try (VncServer server = scene.server(null);
        Viewer slow = new Viewer(server.port()).meet();
        Viewer quick = new Viewer(server.port()).meet()) {
      quick.request(false);
      quick.update();
      for (int i = 0; i < 200; i++) {
        slow.request(false);
      }
      for (int row = 0; row < 20; row++) {
        scene.print(row, "row " + row);
        quick.request(true);
        quick.update();
      }
      watch(quick, Viewer.NATIVE);
    }
  }

  @Test
  void tooMuchAtOnceIsRefused() throws IOException {
    scene.print(0, "text");
    try (VncServer server = scene.server(null);
        Viewer viewer = new Viewer(server.port()).meet()) {
      viewer.out.write(new byte[] {6, 0, 0, 0, 0x7F, -1, -1, -1});
      assertThatThrownBy(viewer::update).isInstanceOf(EOFException.class);
    }
    await(() -> !scene.log.isEmpty());
    assertThat(scene.log.getFirst()).contains("it sends text of 2147483647 bytes");
  }

  @Test
  void aPortThatIsTakenIsAFailureInOneLine() {
    try (VncServer server = scene.server(null)) {
      assertThatThrownBy(
              () -> new VncServer("127.0.0.1", server.port(), scene.desktop(null), scene.log::add))
          .isInstanceOf(HostFailure.class)
          .hasMessageContaining("VNC display at 127.0.0.1:" + server.port() + ": address already");
    }
  }
}
