package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CpuPageTest {
  @Test
  void theTablesAreWhatTheProcessorsDo() throws IOException {
    Path docs = Path.of("docs");
    Path page = (Files.isDirectory(docs) ? docs : Path.of("..", "docs")).resolve("CPU.md");
    assertThat(CpuPage.printed(Files.readString(page)))
        .as("to print them anew: run dejavm.cpu.CpuPage with the page's path")
        .isEqualTo(CpuPage.tables())
        .doesNotContain("null");
  }
}
