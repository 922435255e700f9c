package dejavm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.bus.Paged;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images that {@code qemu-img} makes of a raw one read as that. Needs qemu-utils, but for raw ones.
 */
class ImageFormatTest {
  private static final int SIZE = 5 * (1 << 20) + 512 * 3;

  @TempDir Path directory;
  private Path raw;
  private byte[] bytes;

  @BeforeEach
  void writeRaw() throws IOException {
    bytes = new byte[SIZE];
    Random random = new Random(1);
    // holes of many sizes, data that can be compressed, and data that cannot
    for (int at = 0; at < SIZE; ) {
      int length = Math.min(1 + random.nextInt(1 << 1 + random.nextInt(19)), SIZE - at);
      switch (random.nextInt(3)) {
        case 0 -> Arrays.fill(bytes, at, at + length, (byte) random.nextInt());
        case 1 -> {
          byte[] noise = new byte[length];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, bytes, at, length);
        }
        default -> {}
      }
      at += length;
    }
    raw = Files.write(directory.resolve("raw.img"), bytes);
  }

  private void qemuImg(String line) throws IOException, InterruptedException {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(part -> Files.isExecutable(Path.of(part, "qemu-img"))),
        "there is no qemu-img (qemu-utils)");
    List<String> words = new ArrayList<>(List.of("qemu-img"));
    words.addAll(List.of(line.split(" ")));
    Process process =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();
    assertThat(process.waitFor())
        .as(line + ": " + Files.readString(directory.resolve("said")))
        .isZero();
  }

  private void same(DiskImage image, byte[] wanted) throws IOException {
    assertThat(image.length()).isBetween((long) wanted.length, wanted.length + (1L << 20));
    byte[] whole = new byte[wanted.length];
    image.read(0, whole, 0, whole.length);
    assertThat(Arrays.mismatch(whole, wanted)).isEqualTo(-1);
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      int at = random.nextInt(wanted.length);
      int length = random.nextInt(Math.min(100_000, wanted.length - at));
      byte[] part = new byte[length + 2];
      image.read(at, part, 1, length);
      assertThat(Arrays.equals(part, 1, length + 1, wanted, at, at + length)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QCOW2 | -O qcow2",
        "QCOW2 | -O qcow2 -o compat=0.10",
        "QCOW2 | -O qcow2 -o cluster_size=4k",
        "QCOW2 | -c -O qcow2",
        "QCOW2 | -c -O qcow2 -o compression_type=zstd",
        "QCOW2 | -O qcow2 -o extended_l2=on",
        "QCOW2 | -c -O qcow2 -o extended_l2=on",
        "QCOW2 | -O qcow2 -o lazy_refcounts=on,refcount_bits=1",
        "VMDK | -O vmdk",
        "VMDK | -O vmdk -o subformat=monolithicFlat",
        "VMDK | -O vmdk -o subformat=twoGbMaxExtentSparse",
        "VMDK | -O vmdk -o subformat=twoGbMaxExtentFlat",
        "VMDK | -O vmdk -o subformat=streamOptimized",
        "VPC | -O vpc -o force_size=on",
        "VPC | -O vpc -o subformat=fixed,force_size=on",
        "RAW | -O raw"
      })
  void readsWhatWasConverted(ImageFormat format, String options) throws Exception {
    qemuImg("convert -f raw " + options + " raw.img image");
    Path path = directory.resolve("image");
    try (DiskImage seen = ImageFormat.open(path, null, 0);
        DiskImage told = ImageFormat.open(path, format, 0)) {
      same(seen, bytes);
      same(told, bytes);
    }
  }

  /** A layer that is longer than what it lies over, and has pages of zeros of its own. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"qcow2 | ''", "qcow2 | extended_l2=on", "qcow2 | compat=0.10", "vmdk | ''"})
  void readsLayers(String format, String options) throws Exception {
    qemuImg("convert -f raw -O " + format + " raw.img base");
    String more = options.isEmpty() ? "" : "-o " + options + " ";
    String size = format.equals("vmdk") ? "" : " 6M";
    qemuImg("create -q -f " + format + " " + more + "-F " + format + " -b base top" + size);
    byte[] wanted = Arrays.copyOf(bytes, format.equals("vmdk") ? SIZE : 6 << 20);
    Process io =
        new ProcessBuilder(
                "qemu-io",
                "-f",
                format,
                "-c",
                "write -P 0x5a 1000448 70144",
                "-c",
                "write -z 2097152 131072",
                directory.resolve("top").toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("said").toFile())
            .start();
    assertThat(io.waitFor()).as(Files.readString(directory.resolve("said"))).isZero();
    Arrays.fill(wanted, 1000448, 1000448 + 70144, (byte) 0x5a);
    Arrays.fill(wanted, 2097152, 2097152 + 131072, (byte) 0);
    try (DiskImage image = ImageFormat.open(directory.resolve("top"), null, 0)) {
      same(image, wanted);
    }
  }

  @Test
  void aRawImageIsTheFile() throws IOException {
    try (DiskImage image = ImageFormat.open(raw, null, 0)) {
      assertThat(image.length()).isEqualTo(SIZE);
      same(image, bytes);
    }
  }

  @Test
  void whatIsDamagedIsRefused() throws Exception {
    qemuImg("convert -f raw -O qcow2 raw.img image");
    Path path = directory.resolve("image");
    byte[] whole = Files.readAllBytes(path);
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      for (int k = 0; k < 3; k++) {
        damaged[4 + random.nextInt(108)] = (byte) random.nextInt();
      }
      Files.write(path, Arrays.copyOf(damaged, 1 + random.nextInt(damaged.length)));
      try (DiskImage image = ImageFormat.open(path, ImageFormat.QCOW2, 0)) {
        image.read(0, new byte[512], 0, 512);
      } catch (IOException expected) {
        assertThat(expected).hasMessageNotContaining("\n");
      }
    }
  }

  @Test
  void anImageOverItselfIsRefused() throws Exception {
    qemuImg("create -q -f qcow2 -u -F qcow2 -b image other 1M");
    Files.move(directory.resolve("other"), directory.resolve("image"));
    assertThatThrownBy(() -> ImageFormat.open(directory.resolve("image"), null, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("over itself");
  }

  @Test
  void aPageThatCannotBeReadIsZerosForGood() throws IOException {
    List<Long> failed = new ArrayList<>();
    try (DiskImage image = ImageFormat.open(raw, null, 0)) {
      ImageMedium medium = new ImageMedium("disk0", image, "", (sector, _) -> failed.add(sector));
      byte[] page = new byte[Paged.PAGE];
      medium.readPage(1, page);
      assertThat(page).isEqualTo(Arrays.copyOfRange(bytes, 4096, 8192));
      try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.WRITE)) {
        channel.truncate(100 * 4096 + 10);
      }
      medium.readPage(99, page);
      assertThat(page)
          .as("those before it are whole")
          .isEqualTo(Arrays.copyOfRange(bytes, 99 * 4096, 100 * 4096));
      medium.readPage(100, page);
      medium.readPage(100, page);
      assertThat(page).containsOnly(0);
      assertThat(failed).containsExactly(800L);
    }
  }

  @Test
  void whatIsBehindTheEndIsZeros() throws IOException {
    Files.write(raw, new byte[] {1, 2, 3});
    try (DiskImage image = ImageFormat.open(raw, null, 0)) {
      ImageMedium medium = new ImageMedium("disk0", image, "", (_, e) -> {});
      byte[] page = new byte[Paged.PAGE];
      Arrays.fill(page, (byte) 9);
      medium.readPage(0, page);
      assertThat(medium.sectors()).isEqualTo(1);
      assertThat(ByteBuffer.wrap(page).getInt()).isEqualTo(0x01020300);
      assertThat(page[4095]).isZero();
    }
  }
}
