package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.rfb.Viewer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines that somebody watches, by VNC. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DisplaysTest {
  private static final int A = 'a';

  @TempDir Path directory;

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** A display that nobody else has. */
  private static int freeDisplay() throws IOException {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0)) {
        if (socket.getLocalPort() >= 5900) {
          return socket.getLocalPort() - 5900;
        }
      }
    }
  }

  private static Viewer viewer(int display) throws IOException, InterruptedException {
    while (true) {
      try {
        return new Viewer(5900 + display).meet();
      } catch (ConnectException e) {
        Thread.sleep(20);
      }
    }
  }

  private CompletableFuture<Program.Result> start(int display, String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--display";
    all[arguments.length + 1] = "vnc=:" + display;
    return CompletableFuture.supplyAsync(() -> new Program(directory).run(all));
  }

  private String[] scripted(String file) throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("script"),
            "wait help\ntype sum\\n\nwait DBA7\nsleep 1\nkey t\nsleep 0.5\ntype \\noff\\n\n");
    return new String[] {
      "record",
      "-o",
      path(file),
      "--guest",
      "tiny",
      "-m",
      "16M",
      "--pace",
      "max",
      "--rtc",
      "2026-01-01T00:00:00",
      "--script",
      script.toString()
    };
  }

  private String log(String file) {
    return new Program(directory).run("log", path(file)).out();
  }

  @Test
  void whoOnlyWatchesLeavesNoTraceInARecording() throws Exception {
    assertThat(new Program(directory).run(scripted("alone.deja")).exitCode()).isZero();
    int display = freeDisplay();
    CompletableFuture<Program.Result> run = start(display, scripted("watched.deja"));
    int updates = 0;
    try (Viewer viewer = viewer(display)) {
      viewer.encodings(16);
      viewer.request(false);
      while (!run.isDone()) {
        viewer.update();
        updates++;
        viewer.request(true);
      }
    } catch (IOException e) {
      // the run is over
      assertThat(updates).isPositive();
    }
    assertThat(run.get().exitCode()).as(run.get().err()).isZero();
    assertThat(run.get().err()).contains("VNC display at 127.0.0.1:" + (5900 + display));
    assertThat(log("watched.deja")).isEqualTo(log("alone.deja"));
  }

  @Test
  void aReplayWaitsForAViewerShowsTheSameAndTakesNothing() throws Exception {
    Program program = new Program(directory);
    assertThat(program.run(scripted("a.deja")).exitCode()).isZero();
    assertThat(program.run("convert", path("a.deja"), "-o", path("b.deja")).exitCode()).isZero();
    String screen = program.run("replay", path("b.deja")).out();
    for (String file : new String[] {"a.deja", "b.deja"}) {
      int display = freeDisplay();
      CompletableFuture<Program.Result> replay = start(display, "replay", path(file));
      try (Viewer viewer = viewer(display)) {
        viewer.encodings(5);
        viewer.request(false);
        viewer.update();
        viewer.key(true, A);
        viewer.key(false, A);
        viewer.pointer(1, 20, 20);
        int points = viewer.lit();
        while (viewer.lit() == points) {
          viewer.request(true);
          viewer.update();
        }
      }
      Program.Result result = replay.get();
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.out()).isEqualTo(program.run("replay", path(file)).out());
    }
    assertThat(screen).contains("sum 7599DBA7");
  }

  @Test
  void aReplayThatNobodyWatchesGoesOnWhenItsTimeIsUpOrEnterIsPushed() throws Exception {
    assertThat(new Program(directory).run(scripted("a.deja")).exitCode()).isZero();
    String alone = new Program(directory).run("replay", path("a.deja")).out();
    String display = "vnc=:" + freeDisplay();
    String[] replay = {"replay", path("a.deja"), "--display", display, "--pace", "max"};
    Program.Result entered = new Program(directory).typed("\n").run(replay);
    assertThat(entered.err())
        .contains("waits for its first viewer (Enter: go on without one)")
        .contains("nobody watches; the replay goes on");
    String[] patient = Arrays.copyOf(replay, replay.length + 2);
    patient[replay.length] = "--wait";
    patient[replay.length + 1] = "100ms";
    Program.Result waited = new Program(directory).run(patient);
    assertThat(waited.err())
        .contains("waits for its first viewer, 0.1 s at most")
        .contains("nobody watches; the replay goes on");
    patient[replay.length + 1] = "0";
    Program.Result atOnce = new Program(directory).run(patient);
    assertThat(atOnce.err()).doesNotContain("waits");
    for (Program.Result result : new Program.Result[] {entered, waited, atOnce}) {
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.out()).isEqualTo(alone);
    }
  }

  @Test
  void whatAViewerTypesIsRecorded() throws Exception {
    int display = freeDisplay();
    CompletableFuture<Program.Result> run =
        start(display, "record", "-o", path("typed.deja"), "--guest", "tiny", "-m", "16M");
    try (Viewer viewer = viewer(display)) {
      viewer.request(false);
      viewer.update();
      while (viewer.lit() < 500) {
        viewer.request(true);
        viewer.update();
      }
      for (char letter : "sum\roff\r".toCharArray()) {
        int keysym = letter == '\r' ? 0xFF0D : letter;
        viewer.key(true, keysym);
        viewer.key(false, keysym);
      }
      assertThat(run.get().exitCode()).as(run.get().err()).isZero();
    }
    assertThat(run.get().out()).contains("sum 7599DBA7", "> off");
    assertThat(log("typed.deja")).contains(" key 0x1f down", " key 0x1c up");
    assertThat(new Program(directory).run("verify", path("typed.deja")).exitCode()).isZero();
  }
}
