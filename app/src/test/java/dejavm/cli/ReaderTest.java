package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tools/deja-list.py}, the second reader of recordings, says what {@code log} says. */
@Timeout(300)
class ReaderTest {
  private static final Path TOOL =
      (Files.isDirectory(Path.of("tools")) ? Path.of("tools") : Path.of("..", "tools"))
          .resolve("deja-list.py")
          .toAbsolutePath();

  @TempDir Path directory;

  @BeforeEach
  void needsPython() {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(part -> Files.isExecutable(Path.of(part, "python3"))),
        "there is no python3");
  }

  private Program.Result run(String... arguments) {
    return new Program(directory).run(arguments);
  }

  private Program.Result list(String... arguments) throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process =
        new ProcessBuilder(
                Stream.concat(Stream.of("python3", TOOL.toString()), Stream.of(arguments)).toList())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int exitCode = process.waitFor();
    String said = Files.readString(err);
    assumeFalse(said.contains("install libzstd"), said);
    return new Program.Result(exitCode, Files.readString(out), said);
  }

  /** Types into the guest tiny. */
  private Path record(String boundary) throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("script"),
            "wait help\ntype time\\n\nwait >\nkey t\nsleep 0.2\ntype \\noff\\n\n");
    Path file = directory.resolve(boundary + ".deja");
    Program.Result result =
        run(
            "record",
            "-o",
            file.toString(),
            "--guest",
            "tiny",
            "--pace",
            "max",
            "-m",
            "16M",
            "--boundary",
            boundary,
            "--script",
            script.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    return file;
  }

  /** Both read the same, and are of one mind about damage. */
  private void same(Path file) throws IOException, InterruptedException {
    Program.Result expected = run("log", file.toString());
    Program.Result found = list("--events", file.toString());
    assertThat(found.exitCode()).isEqualTo(expected.exitCode());
    assertThat(found.out()).isEqualTo(expected.out());
    if (expected.exitCode() == 0) {
      assertThat(found.err()).isEmpty();
    } else {
      assertThat(found.err()).startsWith("deja-list: " + file + ": ").hasLineCount(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"machine", "cpu"})
  void aRecordedGuest(String boundary) throws Exception {
    Path file = record(boundary);
    same(file);
    Program.Result listed = list(file.toString());
    assertThat(listed.exitCode()).as(listed.err()).isZero();
    assertThat(listed.err()).isEmpty();
    assertThat(listed.out())
        .startsWith("semantics ")
        .contains("\nframe 0 byte 16 HEADER ", " DIGEST ", " END ")
        .contains(boundary.equals("cpu") ? " CALLS " : " EVENTS ")
        .endsWith(" \"powered off\"\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"machine", "cpu"})
  void cutAndDamagedFiles(String boundary) throws Exception {
    Path file = record(boundary);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(20260203);
    for (int i = 0; i < 6; i++) {
      int at = random.nextInt(whole.length);
      byte[] bytes = Arrays.copyOf(whole, i % 2 == 0 ? at : whole.length);
      if (i % 2 != 0) {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, bytes);
      same(file);
      Program.Result listed = list(file.toString());
      assertThat(listed.exitCode()).isIn(1, 2);
      assertThat(listed.err()).startsWith("deja-list: " + file + ": ").hasLineCount(1);
      if (listed.exitCode() == 1) {
        assertThat(listed.err()).contains(" at byte ");
        assertThat(listed.out()).contains("\nframe 0 byte 16 HEADER ");
      }
    }
  }

  @Test
  void whatIsNoRecording() throws Exception {
    Path text = Files.writeString(directory.resolve("text"), "no recording, but a text\n");
    Path empty = Files.createFile(directory.resolve("empty"));
    for (Path file : new Path[] {text, empty, directory, directory.resolve("missing")}) {
      Program.Result listed = list("--events", file.toString());
      assertThat(listed.exitCode()).as(listed.err()).isEqualTo(2);
      assertThat(listed.out()).isEmpty();
      assertThat(listed.err()).startsWith("deja-list: " + file + ": ").hasLineCount(1);
    }
  }
}
