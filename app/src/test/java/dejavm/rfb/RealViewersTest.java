package dejavm.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.device.video.Picture;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Viewers that others wrote: those that save what they see as a picture. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RealViewersTest {
  private static final int TEXT_COLOUR = 0xFFFF55;

  @TempDir Path directory;

  private final Scene scene = new Scene();

  @BeforeAll
  static void noWindow() {
    System.setProperty("java.awt.headless", "true");
  }

  @AfterEach
  void end() throws InterruptedException {
    scene.end();
  }

  private BufferedImage seenBy(String viewer, String file, List<String> options) throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(place -> Files.isExecutable(Path.of(place, viewer))),
        "no " + viewer + " on this machine");
    scene.print(3, "what a viewer sees");
    Path picture = directory.resolve(file);
    Path log = directory.resolve("log");
    try (VncServer server = scene.server(null)) {
      String display = "127.0.0.1:" + (server.port() - 5900);
      Process child =
          new ProcessBuilder(
                  Stream.of(List.of(viewer), options, List.of(display, picture.toString()))
                      .flatMap(List::stream)
                      .toList())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).as(Files.readString(log)).isZero();
    }
    assertThat(scene.log).isEmpty();
    return ImageIO.read(picture.toFile());
  }

  @Test
  void gvnccaptureSeesEveryPoint() throws Exception {
    BufferedImage seen = seenBy("gvnccapture", "seen.png", List.of());
    Picture shown = scene.vga.picture();
    assertThat(seen.getWidth()).isEqualTo(shown.width());
    assertThat(seen.getHeight()).isEqualTo(shown.height());
    for (int y = 0; y < shown.height(); y++) {
      for (int x = 0; x < shown.width(); x++) {
        assertThat(seen.getRGB(x, y) & 0xFFFFFF).isEqualTo(shown.at(x, y));
      }
    }
  }

  /** Its pictures are JPEG: near is near enough. */
  @Test
  void vncsnapshotSeesTheScreenInEachEncoding() throws Exception {
    for (String encoding : new String[] {"raw", "hextile"}) {
      BufferedImage seen =
          seenBy(
              "vncsnapshot", encoding + ".jpg", List.of("-encodings", encoding, "-quality", "100"));
      Picture shown = scene.vga.picture();
      assertThat(seen.getWidth()).isEqualTo(shown.width());
      long error = 0;
      int lit = 0;
      for (int y = 0; y < shown.height(); y++) {
        for (int x = 0; x < shown.width(); x++) {
          error += Math.abs((seen.getRGB(x, y) >> 8 & 0xFF) - (shown.at(x, y) >> 8 & 0xFF));
          lit += shown.at(x, y) == TEXT_COLOUR ? 1 : 0;
        }
      }
      assertThat(lit).as("points of the text").isGreaterThan(200);
      assertThat(error / (double) lit).isLessThan(20);
    }
  }
}
