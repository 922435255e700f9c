package dejavm.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitramfsTest {
  private static final byte[] BUSYBOX = "stands for busybox".getBytes(StandardCharsets.US_ASCII);

  @Test
  void theSameBusyboxGivesTheSameBytes() {
    assertThat(new Initramfs().pack(BUSYBOX)).isEqualTo(new Initramfs().pack(BUSYBOX.clone()));
  }

  @Test
  void holdsBusyboxTheConsoleAndOurInit() throws IOException {
    byte[] packed = new Initramfs().pack(BUSYBOX);
    byte[] archive;
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      archive = gzip.readAllBytes();
    }
    String text = new String(archive, StandardCharsets.ISO_8859_1);
    assertThat(text)
        .contains(
            "bin/busybox\0", "stands for busybox", "dev/console\0", "init\0", "#!/bin/busybox sh");
  }

  @Test
  void theInitScriptIsOneThatAShellCanRead(@TempDir Path directory) throws Exception {
    Path script = directory.resolve("init");
    try (var in = Initramfs.class.getResourceAsStream("init")) {
      Files.write(script, in.readAllBytes());
    }
    Children.Result result =
        new Children(Map.of()).run(directory, line -> {}, "sh", "-n", script.toString());
    assertThat(result.lines()).isEmpty();
    assertThat(result.exit()).isZero();
  }
}
