package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.CpuModel;
import dejavm.machine.MachineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands on real machines: the guest tiny, and a few bytes of code. */
class TinyTest {
  private static final byte[] HALT = {(byte) 0xFA, (byte) 0xF4};
  private static final byte[] HALT_MASKED = {(byte) 0xFB, (byte) 0xF4, (byte) 0xEB, (byte) 0xFD};
  private static final byte[] LOOP = {(byte) 0xEB, (byte) 0xFE};
  private static final byte[] DEBUG_EXIT = {(byte) 0xB0, 5, (byte) 0xE6, (byte) 0xF4};

  /** {@code lidt} from zeros, then a breakpoint. */
  private static final byte[] TRIPLE_FAULT = {0x0F, 0x01, 0x1E, 0x10, 0x7C, (byte) 0xCC};

  /** Writes {@code A} to port 0xE9, then halts. */
  private static final byte[] DEBUG_CONSOLE = {
    (byte) 0xB0, 'A', (byte) 0xE6, (byte) 0xE9, (byte) 0xFA, (byte) 0xF4
  };

  private static final String[] DEMO = {
    "--guest",
    "tiny",
    "--append",
    "job=demo",
    "--pace",
    "max",
    "-m",
    "16M",
    "--rtc",
    "2026-01-01T00:00:00"
  };

  @TempDir Path directory;

  private Program.Result run(String... arguments) {
    return new Program(directory).run(arguments);
  }

  private static String[] with(String[] first, String... more) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  private Program.Result record(String file, String... more) {
    return run(with(with(new String[] {"record", "-o", path(file)}, DEMO), more));
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private String code(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("code"), bytes).toString();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  // ---- from record to log ----

  @Test
  void aRecordingReplaysAndVerifies() {
    Program.Result recorded = record("a.deja", "--stats");
    assertThat(recorded.exitCode()).as(recorded.err()).isZero();
    assertThat(recorded.out()).contains("DejaVM tiny").endsWith("off\r\n");
    assertThat(recorded.err()).startsWith("powered off: ").contains("MIPS");

    Program.Result replayed = run("replay", path("a.deja"));
    assertThat(replayed).isEqualTo(new Program.Result(0, recorded.out(), ""));

    Program.Result toFile = run("replay", path("a.deja"), "--serial", "file:" + path("out"));
    assertThat(toFile).isEqualTo(new Program.Result(0, "", ""));
    assertThat(directory.resolve("out")).hasContent(recorded.out());

    Program.Result verified = run("verify", path("a.deja"), "--json", "--seed", "3");
    assertThat(verified.exitCode()).isZero();
    assertThat(json(verified.out()).get("identical").booleanValue()).isTrue();
    assertThat(json(verified.out()).get("seed").intValue()).isEqualTo(3);
    assertThat(run("verify", path("a.deja")).out()).contains("a.deja: identical: ");
  }

  @Test
  void infoAndLogTellWhatIsInIt() {
    record("a.deja");
    JsonNode info = json(run("info", path("a.deja"), "--json").out());
    assertThat(info.get("complete").booleanValue()).isTrue();
    assertThat(info.get("outcome").stringValue()).isEqualTo("powered off");
    assertThat(info.get("instructions").longValue()).isGreaterThan(1000);
    assertThat(info.get("guest_seconds").doubleValue()).isPositive();
    assertThat(info.get("boundary").stringValue()).isEqualTo("machine");
    assertThat(info.get("machine").get("memory").longValue()).isEqualTo(16 << 20);
    assertThat(info.get("machine").get("rtc").stringValue()).isEqualTo("2026-01-01T00:00:00");
    assertThat(info.get("images").get(0).get("name").stringValue()).isEqualTo("kernel tiny.bin");
    assertThat(info.get("events").get("count").intValue()).isZero();
    assertThat(info.get("frames").get("digest").get("count").intValue()).isPositive();
    assertThat(info.get("frames").get("pages").get("bytes").intValue()).isPositive();
    assertThat(run("info", path("a.deja")).out())
        .contains(
            "outcome: powered off", "note: guest tiny, append job=demo", "  memory: 16,777,216");
    assertThat(run("log", path("a.deja")).out())
        .startsWith("semantics ")
        .contains("\nboundary machine\n", " digest retired ")
        .endsWith("\"powered off\"\n");
  }

  @Test
  void theProcessorStandsInTheRecording() {
    record("a.deja");
    JsonNode standard = json(run("info", path("a.deja"), "--json").out()).get("machine");
    assertThat(standard.get("cpu").stringValue()).isEqualTo(CpuModel.DEFAULT.name());
    assertThat(standard.get("random.seed").longValue()).isEqualTo(MachineConfig.RANDOM_SEED);
    for (CpuModel model : CpuModel.ALL) {
      String[] options = {"--cpu", model.name(), "--random-seed", "-7", "--verify", "--force"};
      Program.Result recorded = record("a.deja", options);
      assertThat(recorded.exitCode()).as(recorded.err()).isZero();
      assertThat(run("info", path("a.deja")).out())
          .contains("  cpu: " + model.name() + "\n", "  random.seed: -7\n");
    }
  }

  @Test
  void twoRecordingsOfTheSameScriptAreTheSame() throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("script"),
            "wait help\ntype time\\n\nwait >\nkey t\nsleep 0.2\ntype \\noff\\n\n");
    String[] options = {
      "--guest",
      "tiny",
      "--pace",
      "max",
      "-m",
      "16M",
      "--rtc",
      "2026-01-01T00:00:00",
      "--script",
      script.toString()
    };
    for (String name : new String[] {"a.deja", "b.deja"}) {
      Program.Result result =
          run(with(new String[] {"record", "-o", path(name), "--verify"}, options));
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.err()).contains(": identical: ");
    }
    String log = run("log", path("a.deja")).out();
    assertThat(log).contains("serial 0 bytes", "key 0x14 down", "key 0x14 up");
    assertThat(run("log", path("b.deja")).out()).isEqualTo(log);
  }

  /** A reset clears pages that a recording leaves out, since they hold zeros only. */
  @Test
  void aRecordingWithAResetReplays() throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("script"),
            "wait help\ntype reset\\n\nwait help\nsleep 0.1\ntype off\\n\n");
    Program.Result result =
        run(
            "record",
            "-o",
            path("reset.deja"),
            "--verify",
            "--guest",
            "tiny",
            "--pace",
            "max",
            "--script",
            script.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains(": identical: ");
  }

  @Test
  void aReplayCanEndEarly() {
    record("a.deja");
    Program.Result result = run("replay", path("a.deja"), "--until", "1ms", "--json");
    assertThat(result.exitCode()).isZero();
    assertThat(json(result.err()).get("guest_seconds").doubleValue()).isBetween(0.001, 0.0011);
  }

  @Test
  void theDemoShowsItsFigures() {
    Program.Result result = run("demo", "--guest", "tiny", "-o", path("demo.deja"));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("> time\r\ntime ", "instructions", "the same, byte for byte", "identical: ")
        .contains("dejavm verify " + path("demo.deja"));
    assertThat(run("demo", "--guest", "tiny", "-o", path("demo.deja")).exitCode()).isEqualTo(2);
    Program.Result again =
        run("demo", "--guest", "tiny", "-o", path("demo.deja"), "--force", "--json");
    assertThat(json(again.out()).get("verify").get("identical").booleanValue()).isTrue();
    assertThat(run("verify", path("demo.deja")).exitCode()).isZero();
  }

  // ---- how runs end ----

  @Test
  void aGuestThatHaltsForGoodIsStuck() throws IOException {
    for (byte[] code : new byte[][] {HALT, HALT_MASKED}) {
      Program.Result result = run("run", "--flat", code(code), "--stats");
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err())
          .startsWith("guest stuck: ")
          .endsWith("dejavm: the guest has halted, and nothing is left that could wake it\n");
    }
  }

  @Test
  void debugExitGivesTheGuestsCode() throws IOException {
    Program.Result result =
        run("record", "-o", path("a.deja"), "--flat", code(DEBUG_EXIT), "--debug-exit");
    assertThat(result).isEqualTo(new Program.Result(11, "", ""));
    assertThat(run("info", path("a.deja")).out()).contains("outcome: debug exit 11\n");
    assertThat(run("replay", path("a.deja")).exitCode()).isZero();
    assertThat(run("verify", path("a.deja")).exitCode()).isZero();
  }

  @Test
  void aTripleFaultIsAFailureWhereResetEndsTheRun() throws IOException {
    String code = code(TRIPLE_FAULT);
    Program.Result result = run("run", "--flat", code, "--no-reboot");
    assertThat(result.err()).isEqualTo("dejavm: the guest was reset by a triple fault\n");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(run("run", "--flat", code, "--until", "10ms", "--pace", "max").exitCode()).isZero();
  }

  @Test
  void untilEndsARun() throws IOException {
    String code = code(LOOP);
    Program.Result result =
        run("run", "--flat", code, "--until", "5000000ticks", "--ips", "10M", "--json");
    assertThat(result.exitCode()).isZero();
    assertThat(json(result.err()).get("outcome").stringValue()).isEqualTo("until");
    assertThat(json(result.err()).get("guest_seconds").doubleValue()).isBetween(0.5, 0.501);
    assertThat(json(result.err()).get("wall_seconds").doubleValue()).isGreaterThan(0.45);
  }

  @Test
  void streamsGoWhereTheyAreSent() throws IOException {
    Program.Result result =
        run("run", "--flat", code(DEBUG_CONSOLE), "--debugcon", "file:" + path("debug"));
    assertThat(result.out()).isEmpty();
    assertThat(directory.resolve("debug")).hasContent("A");
    assertThat(run("run", "--flat", code(DEBUG_CONSOLE), "--debugcon", "stdio").out())
        .isEqualTo("A");
    assertThat(run("run", "--flat", path("code") + "@0x9000", "--debugcon", "stdio").out())
        .isEqualTo("A");
  }

  // ---- what can go wrong ----

  @Test
  void writesOverARecordingOnlyWhenForced() throws IOException {
    record("a.deja");
    byte[] before = Files.readAllBytes(directory.resolve("a.deja"));
    Program.Result refused = record("a.deja");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("exists already (--force replaces it)").hasLineCount(1);
    assertThat(Files.readAllBytes(directory.resolve("a.deja"))).isEqualTo(before);
    assertThat(record("a.deja", "--force").exitCode()).isZero();
  }

  @Test
  void aFullDiskIsOneLine() {
    assumeTrue(Files.exists(Path.of("/dev/full")));
    String[] record = with(new String[] {"record", "-o", "/dev/full"}, DEMO);
    Program.Result result = run(record);
    assertThat(result.err())
        .isEqualTo(
            "dejavm: /dev/full: no space left on device; what was recorded before is usable\n");
    assertThat(result.exitCode()).isEqualTo(1);
    result = run(with(new String[] {"run", "--serial", "file:/dev/full"}, DEMO));
    assertThat(result.err()).isEqualTo("dejavm: /dev/full: no space left on device\n");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(run("record", "-o", path("no/a.deja"), "--guest", "tiny").exitCode()).isEqualTo(1);
  }

  @Test
  void aRecordingThatIsCutAnywhereIsReported() throws IOException {
    record("a.deja");
    byte[] whole = Files.readAllBytes(directory.resolve("a.deja"));
    Random random = new Random(20260101);
    for (int i = 0; i < 12; i++) {
      Path cut = directory.resolve("cut.deja");
      Files.write(cut, Arrays.copyOf(whole, random.nextInt(whole.length)));
      for (String command : new String[] {"verify", "replay", "info", "log"}) {
        Program.Result result = run(command, cut.toString());
        assertThat(result.exitCode()).as(result.err()).isIn(1, 2);
        assertThat(result.err()).startsWith("dejavm: " + cut + ": ").hasLineCount(1);
      }
    }
  }

  @Test
  void aFlippedBitIsReported() throws IOException {
    record("a.deja");
    byte[] whole = Files.readAllBytes(directory.resolve("a.deja"));
    Random random = new Random(20260102);
    for (int i = 0; i < 12; i++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Path file = Files.write(directory.resolve("flipped.deja"), flipped);
      Program.Result result = run("verify", file.toString(), "--json");
      assertThat(result.exitCode()).as(result.err()).isIn(1, 2);
      assertThat(result.err()).startsWith("dejavm: " + file + ": ").hasLineCount(1);
      if (!result.out().isEmpty()) {
        assertThat(json(result.out()).get("identical").booleanValue()).isFalse();
      }
    }
  }
}
