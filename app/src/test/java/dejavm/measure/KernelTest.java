package dejavm.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelTest {
  private static final Path SOURCES = Path.of("src/main/kernels");

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Kernel.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  private static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  /** Otherwise app/src/main/kernels/build has to be run. */
  @Test
  void theBytesAreThoseOfTheSources() throws Exception {
    String list = new String(resource("kernels.sha256"), StandardCharsets.US_ASCII);
    List<String> names = new ArrayList<>();
    for (String line : list.lines().toList()) {
      String name = line.substring(line.lastIndexOf(' ') + 1);
      byte[] content =
          name.endsWith(".bin") ? resource(name) : Files.readAllBytes(SOURCES.resolve(name));
      assertThat(sha256(content)).as(name).isEqualTo(line.substring(0, 64));
      names.add(name);
    }
    try (Stream<Path> files = Files.list(SOURCES)) {
      assertThat(names).containsAll(files.map(file -> file.getFileName().toString()).toList());
    }
    for (Kernel kernel : Kernel.values()) {
      assertThat(names).contains(kernel.title() + ".bin");
    }
  }

  @ParameterizedTest
  @EnumSource(Kernel.class)
  void imagesAreShort(Kernel kernel) {
    assertThat(kernel.image()).hasSizeLessThan(4096);
    assertThat(Kernel.named(kernel.title())).contains(kernel);
  }

  @Test
  void coldCodeIsTheSameEveryTime() {
    assertThat(new ColdCode(1).bytes()).isEqualTo(new ColdCode(1).bytes());
    assertThat(new ColdCode(2).bytes()).isNotEqualTo(new ColdCode(1).bytes());
  }
}
