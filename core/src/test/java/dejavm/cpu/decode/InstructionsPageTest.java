package dejavm.cpu.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InstructionsPageTest {
  @Test
  void thePageIsWhatTheTableSays() throws IOException {
    Path docs = Path.of("docs");
    Path page = (Files.isDirectory(docs) ? docs : Path.of("..", "docs")).resolve("INSTRUCTIONS.md");
    assertThat(Files.readString(page))
        .as("to write it anew: run dejavm.cpu.decode.InstructionsPage with its path")
        .isEqualTo(InstructionsPage.text());
  }
}
