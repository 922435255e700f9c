package dejavm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Input;
import dejavm.bus.Medium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriveImagesTest {
  @TempDir Path directory;
  private final List<Input> inputs = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  @Test
  void namesHaveAFormatIfTheyMust() {
    assertThat(ImageSource.parse("a,b.img")).isEqualTo(new ImageSource(Path.of("a,b.img"), null));
    ImageSource raw = ImageSource.parse("x.img,format=raw");
    assertThat(raw).isEqualTo(new ImageSource(Path.of("x.img"), ImageFormat.RAW));
    assertThat(ImageSource.parse(raw.absolute()).path()).isAbsolute();
    assertThatThrownBy(() -> ImageSource.parse("x,format=zip"))
        .hasMessage("'zip' is no format; there are [raw, qcow2, vmdk, vpc]");
  }

  @Test
  void whatIsWrittenGoesThroughWhereItIsAskedFor() throws IOException {
    Path file = Files.write(directory.resolve("a.img"), new byte[4096]);
    ImageSource source = new ImageSource(file, null);
    try (DriveImages images = new DriveImages()) {
      Medium medium = images.open("disk0", 0, source, false);
      images.connect(inputs::add, lines::add);
      assertThat(DriveImages.content(medium).sha256())
          .isEqualTo("ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7");
      byte[] sector = new byte[512];
      Arrays.fill(sector, (byte) 7);
      images.written("disk0", 2, sector);
      assertThat(Files.readAllBytes(file)).containsOnly(0);
      images.writeThrough("disk0", 0, source);
      images.written("disk0", 2, sector);
      byte[] now = Files.readAllBytes(file);
      assertThat(Arrays.copyOfRange(now, 1024, 1536)).isEqualTo(sector);
      assertThat(now).hasSize(4096);
    }
    assertThat(inputs).isEmpty();
    assertThat(lines).isEmpty();
  }

  @Test
  void onlyARawImageIsWritten() throws IOException {
    Path file =
        Files.write(directory.resolve("a.vmdk"), "# Disk DescriptorFile\n".getBytes("UTF-8"));
    try (DriveImages images = new DriveImages()) {
      assertThatThrownBy(() -> images.writeThrough("disk0", 0, new ImageSource(file, null)))
          .hasMessage("only a raw image can be written");
    }
  }

  @Test
  void aPageThatCannotBeReadIsToldOf() throws IOException {
    Path file = Files.write(directory.resolve("a.img"), new byte[1 << 20]);
    try (DriveImages images = new DriveImages()) {
      Medium medium = images.open("disk1", 1, new ImageSource(file, null), false);
      images.connect(inputs::add, lines::add);
      Files.write(file, new byte[0]);
      medium.readPage(3, new byte[4096]);
      assertThat(inputs).containsExactly(new Input.DiskFault(1, 24));
      assertThat(lines).containsExactly(file + ": sector 24 cannot be read: the file ends early");
    }
  }
}
