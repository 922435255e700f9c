package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.Engines;
import dejavm.bus.Input;
import dejavm.bus.Outputs;
import dejavm.device.timer.Counter;
import dejavm.device.timer.Pit;
import dejavm.machine.Machine;
import dejavm.record.DivergenceException;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import dejavm.record.Rewritten;
import dejavm.record.TimedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two recordings of one run that an earlier build made and that are checked in: whoever changes
 * what a guest can observe, or what state a component has, learns of it here, and which component
 * it is. The guest is in them, so it may change.
 *
 * <p>After a change that was meant, and once {@link Semantics} tells of it, they are made anew with
 * {@code mvn -pl core test -Dtest=GoldenTest#areWrittenAnew -Ddejavm.golden=write}.
 */
class GoldenTest {
  private static final String MACHINE = "tiny-machine.deja";
  private static final String CPU = "tiny-cpu.deja";

  private static final long HASHED_EVERY = 3_000_001;

  private static Bytes golden(String name) {
    try (InputStream in = GoldenTest.class.getResourceAsStream("golden/" + name)) {
      assertThat(in).as(name).isNotNull();
      return new Bytes(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The demonstration, disturbed by everything that can come from outside, and begun anew once. */
  private static List<TimedInput> inputs() {
    List<TimedInput> inputs = new ArrayList<>(TimedInputs.typed(4_000_000, 300_007, "time\r"));
    inputs.add(new TimedInput(7_000_000, new Input.Key(0x1E, true)));
    inputs.add(new TimedInput(7_400_001, new Input.Key(0x1E, false)));
    inputs.add(new TimedInput(8_000_000, new Input.Pointer(3, -4, 1, 5)));
    inputs.add(new TimedInput(8_000_000, new Input.Pointer(0, 0, 0, 0)));
    inputs.add(new TimedInput(10_000_000, new Input.SerialBytes(1, new byte[] {0x55})));
    inputs.add(new TimedInput(11_000_003, new Input.PowerButton()));
    inputs.add(new TimedInput(13_000_009, new Input.ResetButton()));
    inputs.addAll(TimedInputs.typed(20_000_000, 77_777, "help\r"));
    inputs.add(new TimedInput(27_000_000, new Input.Key(0xE04D, true)));
    return inputs;
  }

  private static TwoRecordings record() {
    TwoRecordings both =
        new TwoRecordings(
            TinyGuest.setup("job=demo"), new TimedInputs(inputs()), "golden: tiny, job=demo");
    Recording recording = both.recording();
    long moment = HASHED_EVERY;
    while (recording.run(moment) == Machine.Stop.UNTIL) {
      recording.digestAll();
      moment += HASHED_EVERY;
    }
    recording.close("powered off");
    return both;
  }

  @Test
  @EnabledIfSystemProperty(named = "dejavm.golden", matches = "write")
  void areWrittenAnew() throws IOException {
    TwoRecordings both = record();
    Path directory = Path.of("src/test/resources/dejavm/session/golden");
    Files.createDirectories(directory);
    Files.write(directory.resolve(MACHINE), both.outer().bytes());
    Files.write(directory.resolve(CPU), both.inner().bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {MACHINE, CPU})
  void verifyAsIdentical(String name) {
    RecordingReader reader = RecordingReader.scan(golden(name));
    assertThat(reader.complete()).isTrue();
    int version = reader.header().semantics();
    if (version != Semantics.VERSION) {
      assertThat(version).isLessThan(Semantics.VERSION);
      assertGoesAsFarAsItDoes(reader);
      return;
    }
    for (long seed = 0; seed < 4; seed++) {
      Verification.Result result =
          new Verification(reader, Engines.kind(), Outputs.NONE, seed, 3).run(_ -> {});
      assertThat(result.difference()).as("%s, seed %d", name, seed).isEmpty();
      assertThat(result.identical()).isTrue();
      assertThat(result.digests()).isGreaterThan(5);
    }
  }

  /** An older one opens, says why it may differ, and is replayed until it does. */
  private static void assertGoesAsFarAsItDoes(RecordingReader reader) {
    assertThat(Semantics.changesSince(reader.header().semantics())).isNotEmpty();
    Replay replay = new Replay(reader, Outputs.NONE);
    try {
      replay.run(Long.MAX_VALUE);
    } catch (DivergenceException e) {
      assertThat(e).hasMessageStartingWith("replay diverges at ");
    }
    assertThat(replay.machine().retired()).isPositive();
  }

  @Test
  void areTheSameRun() {
    RecordingReader atMachine = RecordingReader.scan(golden(MACHINE));
    RecordingReader atCpu = RecordingReader.scan(golden(CPU));
    TwoRecordings.assertSameDigests(atMachine, atCpu);
    assumeTrue(atMachine.header().semantics() == Semantics.VERSION, "they are of this version");
    assertThat(TwoRecordings.text(RecordingReader.scan(TwoRecordings.converted(atMachine))))
        .isEqualTo(TwoRecordings.text(atCpu));
  }

  @Test
  void staySmall() {
    assertThat(golden(MACHINE).length()).isLessThan(16_000);
    assertThat(golden(CPU).length()).isLessThan(32_000);
  }

  /** A timer chip that works otherwise from the middle of the run on is named, and it alone. */
  @Test
  void aDifferenceNamesTheDevice() {
    RecordingReader reader = RecordingReader.scan(golden(MACHINE));
    assumeTrue(reader.header().semantics() == Semantics.VERSION, "it is of this version");
    long middle = reader.lastNow() / 2;
    Verification verification = new Verification(reader, Engines.kind(), Outputs.NONE, 1, 0);
    List<Long> changedAt = new ArrayList<>();
    Verification.Result result =
        verification.run(now -> {
          if (changedAt.isEmpty() && now >= middle) {
            changedAt.add(now);
            otherCount(verification.machine());
          }
        });
    assertThat(result.identical()).isFalse();
    assertThat(result.difference())
        .startsWith("between ticks " + changedAt.getFirst() + " and ")
        .endsWith(": pit differs");
  }

  /** What stands latched in the loudspeaker's counter, which this guest never reads. */
  private static void otherCount(Machine machine) {
    Pit pit = (Pit) machine.components().get("pit");
    List<Counter.State> counters = new ArrayList<>(pit.state().counters());
    Counter.State speaker = counters.removeLast();
    counters.add(
        new Counter.State(
            speaker.control(),
            speaker.register(),
            speaker.written(),
            speaker.lowByte(),
            speaker.halfWritten(),
            speaker.highNext(),
            speaker.nullCount(),
            speaker.loadAt(),
            speaker.loaded(),
            speaker.length(),
            speaker.start(),
            speaker.paused(),
            speaker.elapsed(),
            speaker.held(),
            speaker.gate(),
            speaker.countLatched(),
            speaker.latchedCount() + 1,
            speaker.statusLatched(),
            speaker.latchedStatus()));
    pit.restore(new Pit.State(counters));
  }

  // ---- versions ----

  private static Bytes changed(Bytes recording, int semantics) {
    Bytes changed = new Bytes();
    RecordingReader reader = RecordingReader.scan(recording);
    Rewritten.write(reader, Rewritten.version(reader.header(), semantics), changed);
    return changed;
  }

  @Test
  void anOlderOneIsReplayed() {
    for (int version = 1; version < Semantics.VERSION; version++) {
      assertGoesAsFarAsItDoes(RecordingReader.scan(changed(golden(MACHINE), version)));
    }
    assertThat(Semantics.changesSince(Semantics.VERSION)).isEmpty();
    assertThat(Semantics.changesSince(1)).hasSize(Semantics.VERSION - 1);
  }

  @Test
  void aNewerOneIsRefused() {
    RecordingReader newer = RecordingReader.scan(changed(golden(MACHINE), Semantics.VERSION + 1));
    assertThatThrownBy(() -> new Replay(newer, Outputs.NONE))
        .isInstanceOf(RecordingException.class)
        .hasMessageContaining("made with version " + (Semantics.VERSION + 1));
  }
}
