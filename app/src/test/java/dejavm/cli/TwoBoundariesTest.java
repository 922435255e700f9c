package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dejavm.cpu.CpuModel;
import dejavm.guest.Guest;
import dejavm.guest.GuestCatalog;
import dejavm.guest.GuestUnavailable;
import dejavm.host.ByteSink;
import dejavm.host.Driver;
import dejavm.host.Ending;
import dejavm.host.FileSink;
import dejavm.host.HostClock;
import dejavm.host.HostOutputs;
import dejavm.host.Interruption;
import dejavm.host.LiveInputs;
import dejavm.host.Pace;
import dejavm.host.Script;
import dejavm.machine.MachineConfig;
import dejavm.record.Boundary;
import dejavm.session.Recording;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guests that are typed to by a script and recorded at both boundaries in one run: both recordings
 * verify as identical, the one at the cpu boundary without any devices.
 */
class TwoBoundariesTest {
  private static final long MEMORY = 256L << 20;
  private static final long FREQUENCY = 100_000_000;

  /** The clock at power-on: 2026-01-01T00:00:00. */
  private static final long RTC = 1_767_225_600;

  private static final String SHELL =
      """
      wait ~ #
      type uname -a\\n
      wait ~ #
      type seq 1 2000 | sort -r | md5sum\\n
      wait ~ #
      type poweroff -f\\n
      """;

  private static final String TINY =
      """
      wait type help
      type fault\\n
      wait >
      key t
      sleep 0.1
      type \\noff\\n
      """;

  @TempDir Path directory;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void bothRecordingsOfTheEmbeddedGuestAreIdentical() throws Exception {
    assertThat(recorded("tiny", directory, TINY)).contains("fault", "off\r\n");
    assertVerified();
  }

  @Tag("slow")
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @ValueSource(strings = {"debian-686", "debian-amd64"})
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void bothRecordingsOfABootAreIdentical(String guest) throws Exception {
    Path cache = GuestCatalog.defaultCache(System.getenv());
    assertThat(recorded(guest, cache, SHELL)).contains("Linux ", "  -\r\n");
    assertVerified();
  }

  private Path file(Boundary boundary) {
    return directory.resolve(boundary + ".deja");
  }

  /** Records it, and gives what it printed. */
  private String recorded(String name, Path cache, String script) throws Exception {
    Guest guest;
    try {
      guest = new GuestCatalog(cache, _ -> {}).guest(name);
    } catch (GuestUnavailable e) {
      return abort(e.getMessage());
    }
    PlanBuilder builder = new PlanBuilder(MEMORY, CpuModel.DEFAULT, MachineConfig.RANDOM_SEED);
    Plan plan =
        builder.plan(
            builder.kernel(guest.kernel(), guest.initrd(), guest.commandLine()),
            FREQUENCY,
            RTC,
            false,
            false,
            MachineConfig.Boot.DEFAULT,
            MachineConfig.Video.PCI);
    HostClock clock = new HostClock();
    LiveInputs inputs = new LiveInputs(FREQUENCY, Pace.MAX, clock, Script.parse(script));
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteSink console = new ByteSink("the test", printed);
    HostOutputs outputs = new HostOutputs(Arrays.asList(console, null), null, inputs);
    try (Interruption interruption = new Interruption();
        FileSink outer = new FileSink(file(Boundary.MACHINE), false);
        FileSink inner = new FileSink(file(Boundary.CPU), false)) {
      Recording recording =
          new Recording(
              plan.setup(),
              plan.images(),
              "both boundaries of " + name,
              inputs,
              outputs,
              Map.of(Boundary.MACHINE, outer, Boundary.CPU, inner),
              Runnable::run);
      Ending ending =
          new Driver(recording, outputs, inputs, clock, interruption, () -> {}, recording::flush)
              .drive(FREQUENCY, 1000 * FREQUENCY);
      recording.close(ending.text());
      console.flush();
      String text = printed.toString(StandardCharsets.UTF_8);
      assertThat(ending).as(text).isEqualTo(new Ending.PoweredOff());
      return text;
    }
  }

  private void assertVerified() {
    for (Boundary boundary : Boundary.values()) {
      Program.Result result =
          new Program(directory).run("verify", file(boundary).toString(), "--seed", "5");
      assertThat(result.err()).isEmpty();
      assertThat(result.out()).contains(": identical: ");
      assertThat(result.exitCode()).isZero();
    }
  }
}
