package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimedChildTest {
  @TempDir Path directory;

  private TimedChild.Took run(Duration limit, String script) {
    return new TimedChild(directory.resolve("errors"), limit).run(List.of("sh", "-c", script));
  }

  @Test
  void whatAChildTookIsKnown() {
    TimedChild.Took took = run(Duration.ofMinutes(1), "sleep 0.2; echo oops >&2; exit 3");
    assertThat(took.exitCode()).isEqualTo(3);
    assertThat(took.errors()).isEqualTo("oops\n");
    assertThat(took.wallSeconds()).isBetween(0.2, 30.0);
    assertThat(took.cpuSeconds()).isBetween(0.0, took.wallSeconds() + 0.1);
  }

  @Test
  void secondsOfTheProcessorAreThoseOfTheChild() {
    TimedChild.Took took =
        run(Duration.ofMinutes(1), "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done");
    if (Files.exists(Path.of("/proc/self/stat"))) {
      assertThat(took.cpuSeconds()).isPositive();
    }
  }

  @Test
  void oneThatDoesNotEndIsEnded() {
    assertThatThrownBy(() -> run(Duration.ofSeconds(1), "exec sleep 60"))
        .isInstanceOf(HostFailure.class)
        .hasMessageContaining("not done after 1 s");
  }

  @Test
  void programsAreFoundOnThePath() throws IOException {
    Path program = Files.createFile(directory.resolve("program"));
    String path = "/nowhere:" + directory;
    assertThat(TimedChild.find("program", path)).isEmpty();
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(TimedChild.find("program", path)).contains(program);
  }

  @Test
  void temporaryFilesGo() throws IOException {
    Path file;
    try (TemporaryDirectory temporary = new TemporaryDirectory("dejavm-test")) {
      file = Files.createFile(temporary.file("a"));
    }
    assertThat(file.getParent()).doesNotExist();
  }
}
