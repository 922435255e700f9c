package dejavm.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Input;
import dejavm.bus.Inputs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InputReplayTest {
  private static final long UNTIL = 60_000;

  /** One run, recorded at both boundaries at once. */
  private record Recorded(byte[] machine, byte[] calls, long digest) {}

  private static Recorded record(long seed, Inputs inputs) {
    Random random = new Random(seed + 1000);
    MemoryLog machine = new MemoryLog();
    MemoryLog calls = new MemoryLog();
    RecordingWriter inner =
        new RecordingWriter(calls, Samples.header(Boundary.CPU), Runnable::run, Codec.ZSTD, 300);
    RecordingWriter outer =
        new RecordingWriter(
            machine, Samples.header(Boundary.MACHINE), Runnable::run, Codec.ZSTD, 40);
    CallLog log = new CallLog(inner);
    FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
    Inputs recorder = new InputRecorder(new InputGate(inputs, inner), outer);
    FakeWorld.Board board = new FakeWorld.Board(new NucleusRecorder(cpu, log), recorder, seed);
    FakeWorld.run(
        cpu,
        new PlatformRecorder(board, log),
        UNTIL,
        random,
        () -> {
          switch (random.nextInt(20)) {
            case 0 -> outer.flush(cpu.now);
            case 1 -> inner.flush(cpu.now);
            case 2 -> {
              outer.digest(point(cpu));
              inner.digest(point(cpu));
            }
            default -> {}
          }
        });
    outer.digest(point(cpu));
    outer.close(cpu.now, cpu.retired, "");
    inner.close(cpu.now, cpu.retired, "");
    return new Recorded(machine.bytes(), calls.bytes(), cpu.digest());
  }

  private static DigestPoint point(FakeWorld.Cpu cpu) {
    return new DigestPoint(
        cpu.now, cpu.retired, List.of(new DigestPoint.Part("cpu", cpu.digest())));
  }

  private static FakeWorld.Cpu verify(RecordingReader reader, Inputs inputs, long seed, long end) {
    Random slices = new Random(seed + 5);
    FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
    FakeWorld.Board board = new FakeWorld.Board(cpu, inputs, seed);
    DigestCursor digests = reader.digests();
    for (DigestPoint point = digests.next(); point != null; point = digests.next()) {
      FakeWorld.run(cpu, board, point.now(), slices, () -> {});
      assertThat(point(cpu)).isEqualTo(point);
    }
    FakeWorld.run(cpu, board, end, slices, () -> {});
    return cpu;
  }

  @Test
  void bothBoundariesReplayTheSameRun() {
    int inputs = 0;
    for (int seed = 0; seed < 100; seed++) {
      Recorded recorded = record(seed, new FakeWorld.Typist(seed));
      RecordingReader machine = RecordingReader.open(new MemoryLog(recorded.machine));
      InputReplayer replayer = new InputReplayer(machine);
      assertThat(verify(machine, replayer, seed, replayer.end()).digest())
          .isEqualTo(recorded.digest);
      assertThat(machine.check()).isEmpty();
      inputs += Samples.all(machine.events()).size();

      RecordingReader calls = RecordingReader.open(new MemoryLog(recorded.calls));
      FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
      FakeWorld.run(
          cpu, new PlatformReplayer(calls, cpu), calls.lastNow(), new Random(seed), () -> {});
      assertThat(cpu.digest()).isEqualTo(recorded.digest);
    }
    assertThat(inputs).isGreaterThan(500);
  }

  @Test
  void aCutRecordingReplaysToItsLastWholeFrame() {
    for (int seed = 0; seed < 20; seed++) {
      Recorded recorded = record(seed, new FakeWorld.Typist(seed));
      Random random = new Random(seed);
      for (int i = 0; i < 10; i++) {
        int length = 600 + random.nextInt(recorded.machine.length - 600);
        RecordingReader reader =
            RecordingReader.open(new MemoryLog(Arrays.copyOf(recorded.machine, length)));
        InputReplayer replayer = new InputReplayer(reader);
        verify(reader, replayer, seed, replayer.end());
      }
    }
  }

  @Test
  void anInputLeftOutIsCaught() {
    for (int seed = 0; seed < 30; seed++) {
      Recorded recorded = record(seed, new FakeWorld.Typist(seed));
      RecordingReader reader = RecordingReader.open(new MemoryLog(recorded.machine));
      List<TimedInput> inputs = Samples.all(reader.events());
      inputs.remove(new Random(seed).nextInt(inputs.size()));
      MemoryLog log = new MemoryLog();
      RecordingWriter writer = new RecordingWriter(log, reader.header(), Runnable::run);
      inputs.forEach(timed -> writer.input(timed.now(), timed.input()));
      writer.close(reader.lastNow(), 0, "");
      InputReplayer replayer = new InputReplayer(RecordingReader.open(log));
      int which = seed;
      assertThatThrownBy(() -> verify(reader, replayer, which, replayer.end()))
          .isInstanceOfAny(AssertionError.class, DivergenceException.class);
    }
  }

  @Test
  void aRecordingOfAReplayIsTheSameRecording() {
    for (int seed = 0; seed < 30; seed++) {
      Recorded recorded = record(seed, new FakeWorld.Typist(seed));
      RecordingReader reader = RecordingReader.open(new MemoryLog(recorded.machine));
      Recorded again = record(seed, new InputReplayer(reader));
      assertThat(again.digest).isEqualTo(recorded.digest);
      assertThat(
              Samples.text(
                  Samples.all(RecordingReader.open(new MemoryLog(again.machine)).events())))
          .isEqualTo(Samples.text(Samples.all(reader.events())));
    }
  }

  @Test
  void aReplayerAsksToStopAtEachInputAndAtTheEnd() {
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run);
    writer.input(10, new Input.PowerButton());
    writer.input(10, new Input.ResetButton());
    writer.input(25, new Input.PowerButton());
    writer.close(40, 1, "");
    InputReplayer replayer = new InputReplayer(RecordingReader.open(log));
    assertThat(replayer.end()).isEqualTo(40);
    assertThat(replayer.horizon(0)).isEqualTo(10);
    assertThat(replayer.next(9)).isNull();
    assertThat(replayer.idle(3, 7)).isEqualTo(7);
    assertThat(replayer.idle(3, 70)).isEqualTo(10);
    assertThat(replayer.next(10)).isEqualTo(new Input.PowerButton());
    InputReplayer.State between = replayer.state();
    assertThat(replayer.next(10)).isEqualTo(new Input.ResetButton());
    assertThat(replayer.next(10)).isNull();
    assertThat(replayer.horizon(10)).isEqualTo(25);
    assertThat(replayer.next(25)).isEqualTo(new Input.PowerButton());
    assertThat(replayer.horizon(25)).isEqualTo(40);
    assertThat(replayer.idle(30, 70)).isEqualTo(40);
    assertThat(replayer.next(40)).isNull();
    assertThat(replayer.horizon(40)).isEqualTo(Long.MAX_VALUE);
    replayer.restore(between);
    assertThat(replayer.next(10)).isEqualTo(new Input.ResetButton());
    assertThat(replayer.state()).isNotEqualTo(between);
    assertThatThrownBy(() -> replayer.next(26))
        .isInstanceOf(DivergenceException.class)
        .hasMessage("replay diverges at now 26: no instruction ended at 25, where an input came");
    InputReplayer late = new InputReplayer(RecordingReader.open(log), 10);
    assertThat(late.horizon(10)).isEqualTo(25);
  }

  @Test
  void anInputAtASealedMomentWaitsForTheNext() {
    RecordingWriter writer =
        new RecordingWriter(new MemoryLog(), Samples.header(Boundary.MACHINE), Runnable::run);
    Queue<Input> typed =
        new ArrayDeque<>(List.of(new Input.PowerButton(), new Input.ResetButton()));
    Inputs recorder =
        new InputRecorder(
            new Inputs() {
              @Override
              public long horizon(long now) {
                return now + 5;
              }

              @Override
              public Input next(long now) {
                return typed.poll();
              }

              @Override
              public long idle(long now, long nextEvent) {
                return now + 1;
              }
            },
            writer);
    assertThat(recorder.next(5)).isEqualTo(new Input.PowerButton());
    writer.digest(new DigestPoint(5, 5, List.of()));
    assertThat(recorder.next(5)).isNull();
    assertThat(recorder.horizon(5)).isEqualTo(10);
    assertThat(recorder.idle(5, 9)).isEqualTo(6);
    assertThat(recorder.next(6)).isEqualTo(new Input.ResetButton());
    List<Input> left = new ArrayList<>(typed);
    assertThat(left).isEmpty();
  }
}
