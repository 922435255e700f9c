package dejavm.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Pin;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A reader in another language, written from docs/recording-format.md, reads the same: so the page
 * tells enough, and the truth. {@code tools/deja-list.py} needs Python.
 */
@Timeout(300)
class ListToolTest {
  private static final Path TOOL = tool();

  /** How a run of the tool ended. */
  private record Result(int exitCode, List<String> out, String err) {}

  @TempDir Path directory;

  private static Path tool() {
    Path here = Path.of("tools", "deja-list.py");
    return (Files.exists(here) ? here : Path.of("..").resolve(here)).toAbsolutePath();
  }

  @BeforeEach
  void needsPython() {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(part -> Files.isExecutable(Path.of(part, "python3"))),
        "there is no python3");
  }

  private Result list(byte[] bytes, String... options) throws IOException, InterruptedException {
    Path file = Files.write(directory.resolve("a.deja"), bytes);
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Stream<String> words = Stream.of("python3", TOOL.toString(), file.toString());
    Process process =
        new ProcessBuilder(Stream.concat(words, Stream.of(options)).toList())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int exitCode = process.waitFor();
    String said = Files.readString(err);
    assumeFalse(said.contains("install libzstd"), said);
    return new Result(exitCode, List.of(Files.readString(out).split("\n")), said);
  }

  private static List<String> log(byte[] bytes) {
    Stream.Builder<String> lines = Stream.builder();
    new LogText(lines).write(RecordingReader.scan(new MemoryLog(bytes)));
    return lines.build().toList();
  }

  private void same(byte[] bytes) throws IOException, InterruptedException {
    Result result = list(bytes, "--events");
    assertThat(result.out()).isEqualTo(log(bytes));
    RecordingReader reader = RecordingReader.scan(new MemoryLog(bytes));
    assertThat(result.exitCode()).isEqualTo(reader.complete() ? 0 : 1);
    assertThat(result.err())
        .isEqualTo(
            reader
                .damage()
                .map(damage -> "recording is damaged " + damage + "\n")
                .map(reason -> "deja-list: " + directory.resolve("a.deja") + ": " + reason)
                .orElse(""));
  }

  @Test
  void everyInputAndCodec() throws Exception {
    int seed = 0;
    for (Codec codec : Codec.values()) {
      same(Samples.recording(seed++, 400, 300, codec).file());
    }
    same(Samples.recording(seed, 0, 300, Codec.ZSTD).file());
  }

  @Test
  void callsOfRandomBoards() throws Exception {
    for (int seed = 0; seed < 4; seed++) {
      same(CallReplayTest.recording(seed));
    }
  }

  @Test
  void everyEffectAndColumn() throws Exception {
    MemoryLog file = new MemoryLog();
    RecordingWriter writer = new RecordingWriter(file, Samples.header(Boundary.CPU), Runnable::run);
    FakeWorld.Cpu cpu = new FakeWorld.Cpu(0);
    CallLog log = new CallLog(writer, true);
    Nucleus nucleus = new NucleusRecorder(cpu, log);
    for (int i = 0; i < 300; i++) {
      Backing rom = new Backing.Rom(new byte[] {(byte) i, (byte) (i >> 8)});
      nucleus.map(Space.MEMORY, 0xFFFF_F000L, 4096, rom, Visibility.SMM_ONLY);
    }
    Backing[] backings = {
      new Backing.Ram(1), new Backing.ReadOnlyRam(-1), new Backing.Video(3), new Backing.Outside()
    };
    for (Space space : Space.values()) {
      for (Backing backing : backings) {
        nucleus.map(space, -4096, 4096, backing, Visibility.ALWAYS);
      }
    }
    for (Signal signal : Signal.values()) {
      nucleus.signal(Integer.MAX_VALUE, signal, Integer.MIN_VALUE);
    }
    nucleus.writeRam(7, new byte[0], 0, 0);
    log.enter();
    log.leaveAdvance(0);
    for (int i = 0; i < 100; i++) {
      log.enter();
      if (i % 3 == 0) {
        nucleus.writeRam(i, new byte[] {(byte) i}, 0, 1);
      }
      long now = 10L * i;
      if (i % 2 == 0) {
        log.answer(-i);
        log.leave(CallHash.what(CallHash.READ, 1, 3, 8), now, -i, -i);
      } else {
        log.leave(CallHash.what(CallHash.PIN, 1, CallHash.code(Pin.FERR), 0), now, 0, 1);
      }
      log.enter();
      if (i % 5 == 0) {
        nucleus.signal(0, Signal.INTR, i);
      }
      log.leaveAdvance(now + 1);
      if (i == 40 || i == 41) {
        writer.flush(now + 1 + i % 2);
      }
    }
    writer.digest(new DigestPoint(2000, 5, List.of(new DigestPoint.Part("cpu", 1))));
    writer.close(3000, 9, "an \"outcome\"\n");
    same(file.bytes());
  }

  @Test
  void aFileWithoutCallsOrInputs() throws Exception {
    for (Boundary boundary : Boundary.values()) {
      MemoryLog file = new MemoryLog();
      RecordingWriter writer = new RecordingWriter(file, Samples.header(boundary), Runnable::run);
      writer.close(5, 1, "");
      same(file.bytes());
    }
  }

  @Test
  void damage() throws Exception {
    Random random = new Random(20260201);
    byte[] machine = Samples.recording(9, 100, 300, Codec.DEFLATE).file();
    byte[] cpu = CallReplayTest.recording(9);
    for (int i = 0; i < 16; i++) {
      byte[] whole = i % 2 == 0 ? machine : cpu;
      // the header's frame aside, without which neither reads anything
      int header = (int) RecordingReader.open(new MemoryLog(whole)).frames().get(1).position();
      int at = header + random.nextInt(whole.length - header);
      byte[] bytes = Arrays.copyOf(whole, i % 4 < 2 ? at : whole.length);
      if (i % 4 >= 2) {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
      }
      same(bytes);
    }
    same(Arrays.copyOf(machine, machine.length + 3));
    same(Arrays.copyOf(machine, machine.length - 1));
    for (int position = machine.length - 16; position < machine.length; position += 5) {
      byte[] bytes = machine.clone();
      bytes[position]++;
      same(bytes);
    }
  }

  @Test
  void theListNamesEveryFrame() throws Exception {
    byte[] bytes = Samples.recording(4, 300, 300, Codec.ZSTD).file();
    Result result = list(bytes);
    assertThat(result.exitCode()).as(result.err()).isZero();
    List<String> frames =
        RecordingReader.scan(new MemoryLog(bytes)).frames().stream()
            .map(frame ->
                "frame %d byte %d %s [a-z]+ now %d to %d stored %d expanded \\d+"
                    .formatted(
                        frame.sequence(),
                        frame.position(),
                        frame.kind(),
                        frame.firstNow(),
                        frame.lastNow(),
                        frame.length() - FrameFormat.HEAD - FrameFormat.TAIL))
            .toList();
    List<String> listed = result.out().stream().filter(line -> line.startsWith("frame ")).toList();
    assertThat(listed).hasSameSizeAs(frames);
    for (int i = 0; i < frames.size(); i++) {
      assertThat(listed.get(i)).matches(frames.get(i));
    }
    assertThat(result.out().getFirst()).isEqualTo("semantics 3");
    assertThat(result.out().getLast()).endsWith(" \"powered off\"");
  }

  @Test
  void whatIsNoRecordingIsOneLine() throws Exception {
    byte[] whole = Samples.recording(4, 10, 300, Codec.ZSTD).file();
    byte[] version = whole.clone();
    version[8] = 9;
    for (byte[] bytes :
        List.of(new byte[0], new byte[100], version, Arrays.copyOf(whole, 16), new byte[15])) {
      for (String[] options : new String[][] {{}, {"--events"}}) {
        Result result = list(bytes, options);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).containsExactly("");
        assertThat(result.err()).startsWith("deja-list: ").hasLineCount(1);
      }
    }
  }
}
