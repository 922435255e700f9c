package dejavm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedTest {
  private static final Path SOURCES = Path.of("src/main/asm").toAbsolutePath();

  @Test
  void theResetCodeIsWhatItsSourceSays(@TempDir Path directory) throws Exception {
    assertThat(assembled(directory, "reset")).isEqualTo(Embedded.resetCode());
  }

  @Test
  void tinyIsWhatItsSourceSays(@TempDir Path directory) throws Exception {
    assertThat(assembled(directory, "tiny")).isEqualTo(Embedded.tiny());
  }

  @Test
  void theResetVectorJumpsIntoTheAlias() {
    byte[] code = Embedded.resetCode();
    int vector = 0xFFF0 - 0xF800;
    assertThat(code).hasSize(0x800);
    assertThat(code[vector]).isEqualTo((byte) 0xEA);
    assertThat(code[vector + 4] & 0xFF).isEqualTo(0xF0);
    assertThat(code[ResetRom.IRET - 0xF800]).isEqualTo((byte) 0xCF);
  }

  private static byte[] assembled(Path directory, String name) throws Exception {
    assumeTrue(Tools.present("nasm"), "nasm is installed");
    String source = SOURCES.resolve(name + ".asm").toString();
    assertThat(Tools.run(directory, "nasm", "-w+all", "-f", "bin", "-o", "out", source)).isEmpty();
    return Files.readAllBytes(directory.resolve("out"));
  }
}
