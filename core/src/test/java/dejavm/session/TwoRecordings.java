package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Engines;
import dejavm.bus.Inputs;
import dejavm.bus.Outputs;
import dejavm.bus.Paged;
import dejavm.machine.Machine;
import dejavm.record.Boundary;
import dejavm.record.DigestCursor;
import dejavm.record.DigestPoint;
import dejavm.record.LogText;
import dejavm.record.RecordingReader;
import dejavm.snapshot.StateCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One run of a machine with its real board, recorded at both boundaries at once. */
final class TwoRecordings {
  private final Bytes outer = new Bytes();
  private final Bytes inner = new Bytes();
  private final Recording recording;

  TwoRecordings(Setup setup, Inputs inputs, String note) {
    recording =
        new Recording(
            setup,
            List.of(),
            note,
            inputs,
            Outputs.NONE,
            Map.of(Boundary.MACHINE, outer, Boundary.CPU, inner),
            Runnable::run);
  }

  /**
   * Runs to a moment, or until the power is off, and ends both recordings.
   *
   * @param dice decides how long slices are, and after which of them both are flushed or hashed
   */
  TwoRecordings run(long until, Dice dice) {
    Machine machine = recording.machine();
    while (machine.now() < until && recording.run(slice(until, dice)) == Machine.Stop.UNTIL) {
      switch (dice.below(24)) {
        case 0 -> recording.flush();
        case 1 -> recording.digestAll();
        default -> {}
      }
    }
    recording.close(machine.now() < until ? "power off" : "until");
    return this;
  }

  private long slice(long until, Dice dice) {
    return Math.min(until, recording.machine().now() + 1 + dice.below(1 << 8 + dice.below(14)));
  }

  Recording recording() {
    return recording;
  }

  Bytes outer() {
    return outer;
  }

  Bytes inner() {
    return inner;
  }

  // ---- what must hold ----

  /** Everything that is said of two recordings of one run. */
  void assertSameRun(long seed) {
    RecordingReader atMachine = RecordingReader.scan(outer);
    RecordingReader atCpu = RecordingReader.scan(inner);
    assertThat(atMachine.check()).isEmpty();
    assertThat(atCpu.check()).isEmpty();
    assertVerified(atMachine, seed);
    assertVerified(atCpu, ~seed);
    assertSameDigests(atMachine, atCpu);
    assertThat(text(RecordingReader.scan(converted(atMachine)))).isEqualTo(text(atCpu));
    assertSameEnd(replayed(atMachine), recording.machine());
    assertSameEnd(replayed(atCpu), recording.machine());
  }

  static void assertVerified(RecordingReader reader, long seed) {
    Verification.Result result =
        new Verification(reader, Engines.kind(), Outputs.NONE, seed, 2).run(_ -> {});
    assertThat(result.difference()).as("%s, seed %d", reader.header().boundary(), seed).isEmpty();
    assertThat(result.identical()).isTrue();
  }

  /** Of what is inside the cpu boundary both say the same, everywhere. */
  static void assertSameDigests(RecordingReader atMachine, RecordingReader atCpu) {
    DigestCursor outside = atMachine.digests();
    DigestCursor inside = atCpu.digests();
    for (DigestPoint point = outside.next(); point != null; point = outside.next()) {
      assertThat(inside.next()).isEqualTo(Digests.insideNucleus(point));
    }
    assertThat(inside.next()).isNull();
  }

  /** The recording at the cpu boundary that is made of one at the machine boundary. */
  static Bytes converted(RecordingReader atMachine) {
    Bytes bytes = new Bytes();
    new Conversion(atMachine, bytes, Runnable::run).run(_ -> {});
    return bytes;
  }

  /** All that is in a recording, where it was flushed apart. */
  static List<String> text(RecordingReader reader) {
    List<String> lines = new ArrayList<>();
    new LogText(lines::add).write(reader);
    return lines;
  }

  private static Machine replayed(RecordingReader reader) {
    Replay replay = new Replay(reader, Outputs.NONE);
    replay.run(Long.MAX_VALUE);
    return replay.machine();
  }

  /** Of two machines CPU, address map, video adapter and its memory, RAM and screen are equal. */
  static void assertSameEnd(Machine replayed, Machine recorded) {
    assertThat(replayed.now()).isEqualTo(recorded.now());
    assertThat(replayed.retired()).isEqualTo(recorded.retired());
    StateCodec codec = new StateCodec();
    for (String name : Machine.NUCLEUS) {
      if (recorded.pages().containsKey(name)) {
        assertSamePages(name, replayed.pages().get(name), recorded.pages().get(name));
      } else {
        assertThat(codec.digest(replayed.components().get(name).state()))
            .as(name)
            .isEqualTo(codec.digest(recorded.components().get(name).state()));
      }
    }
    assertThat(replayed.processor().video().text()).isEqualTo(recorded.processor().video().text());
  }

  private static void assertSamePages(String name, Paged replayed, Paged recorded) {
    assertThat(replayed.pages()).isEqualTo(recorded.pages());
    byte[] mine = new byte[Paged.PAGE];
    byte[] wanted = new byte[Paged.PAGE];
    for (int page = 0; page < recorded.pages(); page++) {
      replayed.readPage(page, mine);
      recorded.readPage(page, wanted);
      assertThat(Arrays.mismatch(mine, wanted)).as("%s, page %x", name, page).isEqualTo(-1);
    }
  }
}
