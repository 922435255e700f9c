package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: signals, and pipes that stay open. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ProcessTest {
  @TempDir Path directory;

  private Process child;

  @AfterEach
  void noneIsLeft() throws InterruptedException {
    if (child != null) {
      child.destroyForcibly().waitFor();
    }
  }

  /** Starts recording the guest tiny, typed into through a pipe, and waits for its prompt. */
  private OutputStream start(String... more) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dejavm.cli.Dejavm",
                "record",
                "--guest",
                "tiny",
                "-m",
                "16M",
                "-o",
                path("a.deja")));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(new File(path("out")))
            .redirectError(new File(path("err")));
    builder.environment().put("XDG_CACHE_HOME", directory.toString());
    child = builder.start();
    await("> ");
    return child.getOutputStream();
  }

  private void await(String text) throws IOException, InterruptedException {
    while (!Files.readString(directory.resolve("out")).contains(text)) {
      assertThat(child.isAlive()).as(Files.readString(directory.resolve("err"))).isTrue();
      Thread.sleep(20);
    }
  }

  private static void type(OutputStream stdin, String text) throws IOException {
    stdin.write(text.getBytes(StandardCharsets.UTF_8));
    stdin.flush();
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private Program.Result run(String... arguments) {
    return new Program(directory).run(arguments);
  }

  @Test
  void whatIsTypedThroughAPipeIsRecorded() throws Exception {
    OutputStream stdin = start();
    type(stdin, "sum\n");
    await("sum 7599DBA7");
    type(stdin, "off\n");
    assertThat(child.waitFor()).isZero();
    assertThat(run("verify", path("a.deja")).exitCode()).isZero();
    assertThat(run("replay", path("a.deja")).out())
        .isEqualTo(Files.readString(directory.resolve("out")));
    assertThat(run("log", path("a.deja")).out()).contains(" serial 0 bytes 73");
  }

  @Test
  void aTerminatedRecordingIsClosedProperly() throws Exception {
    OutputStream stdin = start();
    type(stdin, "help\n");
    await("commands");
    child.destroy();
    assertThat(child.waitFor()).isEqualTo(128 + 15);
    assertThat(directory.resolve("err")).isEmptyFile();
    assertThat(run("info", path("a.deja")).out()).contains("outcome: interrupted\n");
    assertThat(run("verify", path("a.deja")).exitCode()).isZero();
    assertThat(run("replay", path("a.deja")).out())
        .isEqualTo(Files.readString(directory.resolve("out")));
  }

  @Test
  void aKilledRecordingIsUsableUpToItsLastFrame() throws Exception {
    OutputStream stdin = start();
    type(stdin, "help\n");
    await("commands");
    Thread.sleep(2500); // what is older than about a second is in the file
    child.destroyForcibly().waitFor();
    Program.Result verified = run("verify", path("a.deja"));
    assertThat(verified.exitCode()).isEqualTo(1);
    assertThat(verified.err())
        .startsWith("dejavm: " + path("a.deja") + ": identical up to its last frame")
        .hasLineCount(1);
    Program.Result replayed = run("replay", path("a.deja"));
    assertThat(replayed.exitCode()).isEqualTo(1);
    assertThat(replayed.err()).contains("replayed up to its last frame").hasLineCount(1);
    assertThat(replayed.out()).contains("commands");
    assertThat(run("log", path("a.deja")).out()).contains(" serial 0 bytes ");
  }
}
