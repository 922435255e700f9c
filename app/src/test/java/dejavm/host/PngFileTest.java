package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.device.video.Picture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngFileTest {
  @TempDir Path directory;

  private static Picture random(int width, int height) {
    Random random = new Random(5);
    return new Picture(width, height, random.ints(width * height, 0, 1 << 24).toArray());
  }

  private static void assertSame(Path file, Picture picture) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(picture.width());
    assertThat(image.getHeight()).isEqualTo(picture.height());
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        assertThat(image.getRGB(x, y) & 0xFFFFFF).isEqualTo(picture.at(x, y));
      }
    }
  }

  @Test
  void othersReadTheSamePoints() throws IOException {
    Path file = directory.resolve("screen.png");
    PngFile.write(file, random(37, 21));
    assertSame(file, random(37, 21));
    PngFile.write(file, new Picture(1, 1, new int[] {0x123456}));
    assertSame(file, new Picture(1, 1, new int[] {0x123456}));
  }

  @Test
  void asLargeAsAnyScreen() throws IOException {
    Path file = directory.resolve("screen.png");
    PngFile.write(file, new Picture(720, 400, new int[720 * 400]));
    assertThat(Files.size(file)).isLessThan(10_000);
    assertThat(ImageIO.read(file.toFile()).getHeight()).isEqualTo(400);
  }

  @Test
  void namesTheFileAndTheReason() {
    Path missing = directory.resolve("no").resolve("screen.png");
    assertThatThrownBy(() -> PngFile.write(missing, random(1, 1)))
        .isInstanceOf(HostFailure.class)
        .hasMessage(missing + ": no such file or directory");
  }
}
