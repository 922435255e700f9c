package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.translate.Translator;
import dejavm.host.FileSink;
import dejavm.host.FileSource;
import dejavm.record.FrameKind;
import dejavm.record.RecordingHeader;
import dejavm.record.RecordingReader;
import dejavm.record.Rewritten;
import dejavm.session.Conversion;
import dejavm.session.Semantics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands on recordings at the cpu boundary, made there or converted; older recordings. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BoundaryTest {
  private static final List<String> TINY =
      List.of("--guest", "tiny", "--pace", "max", "-m", "16M", "--rtc", "2026-01-01T00:00:00");

  /** Two lives of the guest: the first ends with a reset. */
  private static final String SCRIPT =
      "wait help\ntype time\\n\nwait >\nkey t\nsleep 0.1\ntype \\nreset\\n\nwait DejaVM\nwait >\n"
          + "type random\\n\nsleep 0.1\ntype off\\n\n";

  @TempDir Path directory;

  private Program.Result run(String... arguments) {
    return new Program(directory).run(arguments);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private Program.Result record(String file, String boundary, String... more) {
    return run(
        Stream.of(
                Stream.of("record", "-o", path(file), "--boundary", boundary),
                TINY.stream(),
                Arrays.stream(more))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  /** The demonstration, which ends by itself. */
  private Program.Result demo(String file, String boundary) {
    Program.Result result = record(file, boundary, "--append", "job=demo", "--force");
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result;
  }

  private Program.Result scripted(String file, String boundary) throws IOException {
    Path script = Files.writeString(directory.resolve("script"), SCRIPT);
    Program.Result result = record(file, boundary, "--script", script.toString(), "--verify");
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result;
  }

  private void assertRefused(Program.Result result, String message) {
    assertThat(result.err()).startsWith("dejavm: ").contains(message).hasLineCount(1);
    assertThat(result.exitCode()).isEqualTo(2);
  }

  /** Without devices no serial line says anything: what the screen shows at the end is told. */
  private void assertReplayed(String file) {
    Program.Result replayed = run("replay", path(file));
    assertThat(replayed.exitCode()).as(replayed.err()).isZero();
    assertThat(replayed.err()).isEmpty();
    assertThat(replayed.out())
        .containsOnlyOnce("DejaVM tiny")
        .contains("> random\nrandom ", "> off\noff\n")
        .doesNotContain("> reset");
  }

  // ---- recorded at the cpu boundary ----

  @Test
  void aRecordingAtTheCpuBoundaryReplaysAndVerifies() throws IOException {
    Program.Result recorded = scripted("a.deja", "cpu");
    assertThat(recorded.out()).contains("DejaVM tiny", "random ").endsWith("off\r\n");
    assertThat(recorded.err()).contains("a.deja: identical: ").hasLineCount(1);

    assertReplayed("a.deja");
    Program.Result early = run("replay", path("a.deja"), "--until", "1ms", "--json");
    assertThat(early.exitCode()).isZero();
    assertThat(json(early.err()).get("guest_seconds").doubleValue()).isBetween(0.001, 0.0011);

    Program.Result verified = run("verify", path("a.deja"), "--json", "--restores", "5");
    assertThat(verified.exitCode()).isZero();
    assertThat(json(verified.out()).get("identical").booleanValue()).isTrue();
    assertThat(json(verified.out()).get("digests").intValue()).isPositive();
  }

  @Test
  void infoTellsOfTheCalls() {
    demo("a.deja", "cpu");
    JsonNode info = json(run("info", path("a.deja"), "--json").out());
    assertThat(info.get("boundary").stringValue()).isEqualTo("cpu");
    assertThat(info.has("events")).isFalse();
    JsonNode calls = info.get("calls");
    assertThat(calls.get("count").longValue()).isGreaterThan(1000);
    assertThat(calls.get("bytes").longValue())
        .isPositive()
        .isEqualTo(info.get("frames").get("calls").get("bytes").longValue());
    assertThat(calls.get("answers").longValue())
        .isBetween(500L, calls.get("count").longValue() - 1);
    assertThat(calls.get("signals").longValue()).isPositive();
    assertThat(calls.get("maps").longValue()).isPositive();
    assertThat(calls.get("ram_writes").longValue()).isZero();
    assertThat(calls.get("ram_bytes").longValue()).isZero();
    double initial =
        info.get("frames").get("pages").get("bytes").longValue()
            + info.get("frames").get("rom").get("bytes").longValue();
    assertThat(info.get("bytes_per_1000_instructions").doubleValue())
        .isCloseTo(
            (info.get("bytes").longValue() - initial) * 1000 / info.get("instructions").longValue(),
            offset(0.001));
    assertThat(run("info", path("a.deja")).out())
        .contains("boundary: cpu\n", "\ncalls:\n  count: ", "  ram writes: 0\n")
        .contains("bytes per 1000 instructions: ");
  }

  /** A reset puts the initial pages back into RAM, and the board does that. */
  @Test
  void infoCountsWhatTheBoardWroteIntoMemory() throws IOException {
    scripted("a.deja", "cpu");
    JsonNode calls = json(run("info", path("a.deja"), "--json").out()).get("calls");
    assertThat(calls.get("ram_writes").longValue()).isPositive();
    assertThat(calls.get("ram_bytes").longValue())
        .isGreaterThan(4000 * calls.get("ram_writes").longValue());
  }

  @Test
  void logShowsEffectsAnswersAndDigests() {
    demo("a.deja", "cpu");
    Program.Result log = run("log", path("a.deja"));
    assertThat(log.exitCode()).isZero();
    assertThat(log.out())
        .startsWith("semantics " + Semantics.VERSION + "\nboundary cpu\n")
        .contains("now 0 before call 0 map memory 0x0 length 0xa0000 to ram 0x0\n")
        .contains(" cpu 0 signal INTR 1\n", "\nanswer 0 0x", " digest retired ")
        .containsPattern("\ncalls [0-9]+ hash [0-9a-f]{16}\n")
        .endsWith(" \"powered off\"\n")
        .doesNotContain(" pit=");
  }

  @Test
  void aCutOrFlippedOneIsReported() throws IOException {
    demo("a.deja", "cpu");
    byte[] whole = Files.readAllBytes(directory.resolve("a.deja"));
    Random random = new Random(20260103);
    for (int i = 0; i < 8; i++) {
      Path bad = directory.resolve("bad.deja");
      byte[] bytes = whole.clone();
      bytes[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(bad, i % 2 == 0 ? bytes : Arrays.copyOf(whole, random.nextInt(whole.length)));
      for (String command : new String[] {"verify", "replay", "info", "log"}) {
        Program.Result result = run(command, bad.toString());
        assertThat(result.exitCode()).as(result.err()).isIn(1, 2);
        assertThat(result.err()).startsWith("dejavm: " + bad + ": ").hasLineCount(1);
      }
    }
  }

  // ---- two engines together ----

  @Test
  void enginesAreComparedByStridesAndByBlocks() {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
    demo("a.deja", "cpu");
    for (String every : new String[] {"1000", "block"}) {
      Program.Result result =
          run("verify", path("a.deja"), "--against", "interpret", "--every", every, "--json");
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(json(result.out()).get("identical").booleanValue()).isTrue();
      assertThat(json(result.out()).get("instructions"))
          .isEqualTo(json(run("info", path("a.deja"), "--json").out()).get("instructions"));
    }
    assertRefused(
        run("verify", path("a.deja"), "--against", "translate", "--every", "block"),
        "--every block: one of the two engines must be translate");
    assertRefused(
        run("verify", path("a.deja"), "--against", "interpret", "--every", "0"),
        "--every: a number from 1 on is needed, or block");
  }

  // ---- converted ----

  @Test
  void aConvertedOneIsTheOneThatWouldHaveBeenRecorded() throws IOException {
    scripted("machine.deja", "machine");
    scripted("cpu.deja", "cpu");
    Program.Result result =
        run("convert", path("machine.deja"), "-o", path("made.deja"), "--json", "--verify");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains("made.deja: identical: ").hasLineCount(1);
    JsonNode info = json(run("info", path("machine.deja"), "--json").out());
    JsonNode figures = json(result.out());
    assertThat(figures.get("instructions")).isEqualTo(info.get("instructions"));
    assertThat(figures.get("ticks")).isEqualTo(info.get("ticks"));
    assertThat(figures.get("bytes").longValue())
        .isEqualTo(Files.size(directory.resolve("made.deja")));
    assertThat(figures.get("wall_seconds").doubleValue()).isNotNegative();
    assertThat(run("log", path("made.deja")).out()).isEqualTo(run("log", path("cpu.deja")).out());
    assertThat(run("verify", path("made.deja")).out()).contains("made.deja: identical: ");
    assertReplayed("made.deja");
  }

  @Test
  void convertSaysWhatItMade() {
    demo("a.deja", "machine");
    Program.Result result = run("convert", path("a.deja"), "-o", path("b.deja"));
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .startsWith(path("b.deja") + ": ")
        .contains(" instructions, ", " bytes, ")
        .hasLineCount(1);
    assertRefused(run("convert", path("a.deja"), "-o", path("b.deja")), "exists already");
    assertThat(run("convert", path("a.deja"), "-o", path("b.deja"), "--force").exitCode()).isZero();
    Program.Result lost = run("convert", path("a.deja"), "-o", path("no/b.deja"));
    assertThat(lost.exitCode()).isEqualTo(1);
    assertThat(lost.err()).contains("no/b.deja: ").hasLineCount(1);
  }

  @Test
  void thereIsNoWayBack() throws IOException {
    demo("a.deja", "cpu");
    Files.writeString(directory.resolve("b.deja"), "kept");
    assertRefused(
        run("convert", path("a.deja"), "-o", path("b.deja"), "--force"),
        "a.deja: made at the cpu boundary already: " + Conversion.ONE_WAY);
    assertThat(directory.resolve("b.deja")).hasContent("kept");
    assertRefused(
        run("convert", path("a.deja"), "-o", path("c.deja"), "--boundary", "machine"),
        "--boundary machine: " + Conversion.ONE_WAY);
    assertThat(directory.resolve("c.deja")).doesNotExist();
  }

  @Test
  void aRecordingIsNotConvertedOntoItself() throws IOException {
    demo("a.deja", "machine");
    byte[] before = Files.readAllBytes(directory.resolve("a.deja"));
    Files.createSymbolicLink(directory.resolve("link.deja"), directory.resolve("a.deja"));
    for (String target : new String[] {path("a.deja"), path("./a.deja"), path("link.deja")}) {
      assertRefused(
          run("convert", path("a.deja"), "-o", target, "--force"), "is the recording itself");
      assertThat(Files.readAllBytes(directory.resolve("a.deja"))).isEqualTo(before);
    }
  }

  @Test
  void aCutOneIsConvertedAsFarAsItGoes() throws IOException {
    scripted("a.deja", "machine");
    byte[] whole = Files.readAllBytes(directory.resolve("a.deja"));
    int events = (int) eventsEnd(directory.resolve("a.deja"));
    Path cut = directory.resolve("cut.deja");
    Path made = directory.resolve("made.deja");
    for (int length : new int[] {events, events + 1, whole.length - 1}) {
      Files.write(cut, Arrays.copyOf(whole, length));
      Program.Result result =
          run("convert", cut.toString(), "-o", made.toString(), "--force", "--verify");
      assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
      assertThat(result.err())
          .contains("made.deja: identical: ")
          .contains(cut + ": converted up to its last frame; it is not complete: ")
          .hasLineCount(2);
      assertThat(run("verify", made.toString()).exitCode()).isZero();
      assertThat(run("info", made.toString()).out()).contains("\noutcome: ");
    }
    Files.delete(made);
    for (int length = 0; length < events; length += 1 + events / 9) {
      Files.write(cut, Arrays.copyOf(whole, length));
      Program.Result result = run("convert", cut.toString(), "-o", made.toString(), "--force");
      assertThat(result.exitCode()).as(result.err()).isIn(1, 2);
      assertThat(result.err()).startsWith("dejavm: " + cut + ": ").hasLineCount(1);
    }
  }

  /** The first byte after the first frame of inputs. */
  private static long eventsEnd(Path file) {
    try (FileSource source = new FileSource(file)) {
      return RecordingReader.scan(source).frames().stream()
          .filter(frame -> frame.kind() == FrameKind.EVENTS)
          .mapToLong(frame -> frame.position() + frame.length())
          .findFirst()
          .orElseThrow();
    }
  }

  /** With another clock at power-on its replay differs, and what is said names the chip. */
  @Test
  void aRecordingThatReplaysOtherwiseIsNotConverted() {
    demo("a.deja", "machine");
    rewrite(header -> Rewritten.configured(header, "rtc", "1000000000"));
    Program.Result result = run("convert", path("other.deja"), "-o", path("b.deja"));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("dejavm: " + path("other.deja") + ": its replay differs: ")
        .contains("rtc differs", "; what was converted before is in " + path("b.deja"))
        .hasLineCount(1);
    assertThat(run("verify", path("b.deja")).exitCode()).isEqualTo(1);
    Program.Result verified = run("verify", path("other.deja"));
    assertThat(verified.exitCode()).isEqualTo(1);
    assertThat(verified.err()).contains("differs: ", "rtc differs").hasLineCount(1);
  }

  // ---- other versions ----

  /** Makes {@code other.deja} of {@code a.deja}. */
  private void rewrite(UnaryOperator<RecordingHeader> change) {
    try (FileSource source = new FileSource(directory.resolve("a.deja"));
        FileSink sink = new FileSink(directory.resolve("other.deja"), true)) {
      RecordingReader reader = RecordingReader.scan(source);
      Rewritten.write(reader, change.apply(reader.header()), sink);
    }
  }

  @Test
  void anOlderOneIsReplayedWithAWarning() {
    Program.Result recorded = demo("a.deja", "machine");
    rewrite(header -> Rewritten.version(header, 1));
    String warning =
        "dejavm: %s: made with version 1 of the machine, this is %d; it may replay differently, for"
            .formatted(path("other.deja"), Semantics.VERSION);
    Program.Result replayed = run("replay", path("other.deja"));
    assertThat(replayed.exitCode()).isZero();
    assertThat(replayed.out()).isEqualTo(recorded.out());
    Program.Result verified = run("verify", path("other.deja"));
    assertThat(verified.exitCode()).isZero();
    assertThat(verified.out()).contains("other.deja: identical: ");
    Program.Result converted = run("convert", path("other.deja"), "-o", path("b.deja"));
    assertThat(converted.exitCode()).isZero();
    for (Program.Result result : List.of(replayed, verified, converted)) {
      assertThat(result.err())
          .startsWith(warning)
          .contains(Semantics.changesSince(1))
          .hasLineCount(1);
    }
    // what was converted is still of the version that made it
    assertThat(run("verify", path("b.deja")).err()).contains("made with version 1 of the machine");
    assertThat(run("info", path("other.deja")).err()).isEmpty();
    assertThat(run("info", path("other.deja")).out()).contains("semantics: 1\n");
  }

  @Test
  void aNewerOneIsRefused() throws IOException {
    demo("a.deja", "machine");
    rewrite(header -> Rewritten.version(header, Semantics.VERSION + 1));
    Files.writeString(directory.resolve("b.deja"), "kept");
    String message =
        "other.deja: made with version %d of the machine; this is version %d"
            .formatted(Semantics.VERSION + 1, Semantics.VERSION);
    assertRefused(run("replay", path("other.deja")), message);
    assertRefused(run("verify", path("other.deja")), message);
    assertRefused(run("convert", path("other.deja"), "-o", path("b.deja"), "--force"), message);
    assertThat(directory.resolve("b.deja")).hasContent("kept");
    // what is in it can be told all the same
    assertThat(run("info", path("other.deja")).exitCode()).isZero();
    assertThat(run("log", path("other.deja")).exitCode()).isZero();
  }
}
