package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.web.WebServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A person in a browser types and clicks into a guest that is recorded, then watches the replay.
 * The person is {@code app/src/test/browser/displays.mjs}.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BrowserTest {
  private static final Pattern ADDRESS = Pattern.compile("web display at (http\\S+)");

  /** Where {@code .ci/run} puts it. */
  private static final Path PLAYWRIGHT = Path.of("target/browser/node_modules/playwright-core");

  @TempDir Path directory;

  private final List<Process> children = new ArrayList<>();

  @AfterEach
  void noneIsLeft() throws InterruptedException {
    for (Process child : children) {
      child.destroyForcibly().waitFor();
    }
  }

  private static String found(String... names) {
    for (String name : names) {
      for (String place : System.getenv("PATH").split(File.pathSeparator)) {
        if (Files.isExecutable(Path.of(place, name))) {
          return Path.of(place, name).toString();
        }
      }
    }
    return null;
  }

  private Process start(String log, List<String> command) throws IOException {
    Process child =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(log).toFile())
            .start();
    children.add(child);
    return child;
  }

  private String log(String name) throws IOException {
    return Files.readString(directory.resolve(name));
  }

  /** Starts the program with a web display; the process, and where the page is. */
  private Process program(String log, String... arguments) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dejavm.cli.Dejavm");
    return start(
        log,
        Stream.of(command, List.of(arguments), List.of("--display", "web=:0"))
            .flatMap(List::stream)
            .toList());
  }

  private String address(String log, Process program) throws IOException, InterruptedException {
    Matcher matcher = ADDRESS.matcher(log(log));
    while (!matcher.find()) {
      assertThat(program.isAlive()).as(log(log)).isTrue();
      Thread.sleep(50);
      matcher = ADDRESS.matcher(log(log));
    }
    return matcher.group(1);
  }

  private void person(String what, String address) throws IOException, InterruptedException {
    Process person =
        start(
            what,
            List.of(
                found("node"),
                Path.of("src/test/browser/displays.mjs").toAbsolutePath().toString(),
                PLAYWRIGHT.toAbsolutePath().toString(),
                found("chromium", "chromium-browser", "google-chrome"),
                address,
                what));
    assertThat(person.waitFor()).as(log(what)).isZero();
  }

  @Test
  void somebodyTypesAndClicksAndLaterWatches() throws Exception {
    assumeTrue(WebServer.complete(), "npm was not there when this was built");
    assumeTrue(found("node") != null, "no node on this machine");
    assumeTrue(found("chromium", "chromium-browser", "google-chrome") != null, "no chromium here");
    assumeTrue(Files.isDirectory(PLAYWRIGHT), "no playwright-core in app/target/browser");

    String file = directory.resolve("a.deja").toString();
    Process recording = program("record", "record", "--guest", "tiny", "-m", "16M", "-o", file);
    person("live", address("record", recording));
    assertThat(recording.waitFor()).as(log("record")).isZero();

    Program program = new Program(directory);
    assertThat(program.run("verify", file).exitCode()).isZero();
    assertThat(program.run("log", file).out())
        .contains(" key 0x1f down", " key 0x1f up", " pointer dx", " serial 0 bytes ", " reset");
    assertThat(program.run("replay", file).out()).contains("sum 7599DBA7", "ticks");

    Process replay = program("replay", "replay", file);
    person("watch", address("replay", replay));
    assertThat(replay.waitFor()).as(log("replay")).isZero();
  }
}
