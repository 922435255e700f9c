package dejavm.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Nucleus;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CallReplayTest {
  private static final long UNTIL = 60_000;

  private record Recorded(byte[] file, long digest, long now) {}

  private static Recorded record(long seed, boolean traced, long until) {
    Random random = new Random(seed);
    MemoryLog file = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(
            file, Samples.header(Boundary.CPU), Runnable::run, Codec.ZSTD, 1 << 5 + seed % 6);
    CallLog log = new CallLog(writer, traced);
    FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
    FakeWorld.Board board =
        new FakeWorld.Board(
            new NucleusRecorder(cpu, log), new InputGate(new FakeWorld.Typist(seed), writer), seed);
    FakeWorld.run(
        cpu,
        new PlatformRecorder(board, log),
        until,
        random,
        () -> {
          switch (random.nextInt(30)) {
            case 0 -> writer.flush(cpu.now);
            case 1, 2 -> writer.digest(point(cpu));
            case 3 ->
                writer.snapshot(
                    new Snapshot(cpu.now, cpu.retired, new LinkedHashMap<>()), List.of());
            default -> {}
          }
        });
    writer.digest(point(cpu));
    writer.close(cpu.now, cpu.retired, "");
    return new Recorded(file.bytes(), cpu.digest(), cpu.now);
  }

  /** A recording at the cpu boundary. */
  static byte[] recording(long seed) {
    return record(seed, true, 8000).file;
  }

  private static DigestPoint point(FakeWorld.Cpu cpu) {
    return new DigestPoint(
        cpu.now, cpu.retired, List.of(new DigestPoint.Part("cpu", cpu.digest())));
  }

  /** Stops at each digest and compares. */
  private static void verify(
      FakeWorld.Cpu cpu, PlatformReplayer replayer, DigestCursor digests, Random slices) {
    for (DigestPoint point = digests.next(); point != null; point = digests.next()) {
      FakeWorld.run(cpu, replayer, point.now(), slices, () -> {});
      assertThat(point(cpu)).isEqualTo(point);
    }
  }

  @Test
  void aReplayWithoutTheBoardIsTheSame() {
    for (int seed = 0; seed < 150; seed++) {
      Recorded recorded = record(seed, seed % 4 == 0, UNTIL);
      RecordingReader reader = RecordingReader.open(new MemoryLog(recorded.file));
      assertThat(reader.check()).isEmpty();
      FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
      PlatformReplayer replayer = new PlatformReplayer(reader, cpu);
      assertThat(replayer.horizon()).isZero();
      verify(cpu, replayer, reader.digests(), new Random(seed + 1));
      assertThat(cpu.now).isEqualTo(recorded.now).isEqualTo(replayer.end());
      assertThat(cpu.digest()).isEqualTo(recorded.digest);
    }
  }

  @Test
  void aCheckpointBringsItBack() {
    for (int seed = 0; seed < 40; seed++) {
      Recorded recorded = record(seed, seed % 2 == 0, UNTIL);
      RecordingReader reader = RecordingReader.open(new MemoryLog(recorded.file));
      Random random = new Random(seed);
      FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
      PlatformReplayer replayer = new PlatformReplayer(reader, cpu);
      List<FakeWorld.Cpu.State> cpus = new ArrayList<>();
      List<PlatformReplayer.State> places = new ArrayList<>();
      FakeWorld.run(
          cpu,
          replayer,
          replayer.end(),
          random,
          () -> {
            if (random.nextInt(10) == 0) {
              cpus.add(cpu.state());
              places.add(replayer.state());
            }
          });
      for (int i = 0; i < 10 && !cpus.isEmpty(); i++) {
        int at = random.nextInt(cpus.size());
        cpu.restore(cpus.get(at));
        replayer.restore(places.get(at));
        assertThat(replayer.state()).isEqualTo(places.get(at));
        FakeWorld.run(cpu, replayer, replayer.end(), random, () -> {});
        assertThat(cpu.digest()).isEqualTo(recorded.digest);
      }
    }
  }

  @Test
  void aReplayMayBeginAtASnapshot() {
    int begun = 0;
    for (int seed = 0; seed < 30; seed++) {
      Recorded recorded = record(seed, false, UNTIL);
      RecordingReader reader = RecordingReader.open(new MemoryLog(recorded.file));
      FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
      PlatformReplayer replayer = new PlatformReplayer(reader, cpu);
      for (int i = 0; i < reader.snapshots(); i++) {
        FakeWorld.run(cpu, replayer, reader.snapshotNow(i), new Random(seed), () -> {});
        FakeWorld.Cpu other = new FakeWorld.Cpu(0);
        other.restore(cpu.state());
        PlatformReplayer later = PlatformReplayer.fromSnapshot(reader, other, i);
        FakeWorld.run(other, later, later.end(), new Random(i), () -> {});
        assertThat(other.digest()).isEqualTo(recorded.digest);
        begun++;
      }
    }
    assertThat(begun).isGreaterThan(20);
  }

  @Test
  void aCutRecordingReplaysToItsLastWholeFrame() {
    for (int seed = 0; seed < 20; seed++) {
      Recorded recorded = record(seed, false, UNTIL);
      Random random = new Random(seed);
      for (int i = 0; i < 10; i++) {
        int length = 1000 + random.nextInt(recorded.file.length - 1000);
        RecordingReader reader =
            RecordingReader.open(new MemoryLog(Arrays.copyOf(recorded.file, length)));
        FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
        PlatformReplayer replayer = new PlatformReplayer(reader, cpu);
        verify(cpu, replayer, reader.digests(), random);
        if (reader.lastNow() >= 0) {
          FakeWorld.run(cpu, replayer, replayer.end(), random, () -> {});
          assertThat(cpu.now).isEqualTo(reader.lastNow());
        }
      }
    }
  }

  @Test
  void anotherProgramIsToldApart() {
    int told = 0;
    for (int seed = 0; seed < 60; seed++) {
      Recorded recorded = record(seed, seed % 2 == 0, UNTIL);
      RecordingReader reader = RecordingReader.open(new MemoryLog(recorded.file));
      FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
      PlatformReplayer replayer = new PlatformReplayer(reader, cpu);
      Random random = new Random(seed);
      FakeWorld.run(cpu, replayer, random.nextInt(20_000), random, () -> {});
      cpu.hash ^= 1L << random.nextInt(64);
      try {
        FakeWorld.run(cpu, replayer, replayer.end(), random, () -> {});
      } catch (DivergenceException e) {
        told++;
        assertThat(e.getMessage()).startsWith("replay diverges at now ");
        assertThat(e.now()).isNotNegative();
        if (seed % 2 == 0) {
          assertThat(e.getMessage()).doesNotContain("one of the last");
        }
      }
    }
    assertThat(told).isEqualTo(60);
  }

  @Test
  void everyKindOfEffectLeftOutIsCaught() {
    for (String left : List.of("writeRam", "signal", "map")) {
      int caught = 0;
      for (int seed = 0; seed < 20; seed++) {
        Recorded recorded = record(seed, false, UNTIL);
        RecordingReader reader = RecordingReader.open(new MemoryLog(recorded.file));
        FakeWorld.Cpu cpu = new FakeWorld.Cpu(seed);
        PlatformReplayer replayer = new PlatformReplayer(reader, without(cpu, left));
        try {
          FakeWorld.run(cpu, replayer, replayer.end(), new Random(seed), () -> {});
          caught += cpu.digest() == recorded.digest ? 0 : 1;
        } catch (DivergenceException e) {
          caught++;
        }
      }
      assertThat(caught).as(left).isEqualTo(20);
    }
  }

  private static Nucleus without(Nucleus real, String method) {
    return (Nucleus)
        Proxy.newProxyInstance(
            Nucleus.class.getClassLoader(),
            new Class<?>[] {Nucleus.class},
            (proxy, called, arguments) ->
                called.getName().equals(method) ? null : called.invoke(real, arguments));
  }

  @Test
  void aCallThatDiffersIsNamedWhereTheLogHoldsCalls() {
    MemoryLog file = new MemoryLog();
    RecordingWriter writer = new RecordingWriter(file, Samples.header(Boundary.CPU), Runnable::run);
    CallLog log = new CallLog(writer, true);
    FakeWorld.Cpu cpu = new FakeWorld.Cpu(0);
    Platform platform = new PlatformRecorder(quiet(), log);
    platform.advance(0);
    platform.read(10, 0, Space.PORT, 0x60, 1);
    platform.write(20, 0, Space.PORT, 0x61, 1, 5);
    writer.close(30, 3, "");
    PlatformReplayer replayer =
        new PlatformReplayer(RecordingReader.open(new MemoryLog(file.bytes())), cpu);
    replayer.advance(0);
    assertThat(replayer.read(10, 0, Space.PORT, 0x60, 1)).isEqualTo(0x60);
    assertThatThrownBy(() -> replayer.write(20, 0, Space.PORT, 0x64, 1, 5))
        .isInstanceOf(DivergenceException.class)
        .hasMessage(
            "replay diverges at now 20: call 1 was write port 0x61 size 1 of cpu 0 at now 20,"
                + " is write port 0x64 size 1 of cpu 0 at now 20");
  }

  @Test
  void oneCallMoreOrLessIsNamed() {
    MemoryLog file = new MemoryLog();
    RecordingWriter writer = new RecordingWriter(file, Samples.header(Boundary.CPU), Runnable::run);
    Platform platform = new PlatformRecorder(quiet(), new CallLog(writer));
    platform.read(10, 0, Space.PORT, 0x60, 1);
    writer.close(30, 3, "");
    RecordingReader reader = RecordingReader.open(new MemoryLog(file.bytes()));
    FakeWorld.Cpu cpu = new FakeWorld.Cpu(0);
    PlatformReplayer less = new PlatformReplayer(reader, cpu);
    assertThat(less.horizon()).isEqualTo(30);
    assertThatThrownBy(() -> less.advance(30))
        .hasMessageContaining("0 platform calls were made, 1 were recorded");
    PlatformReplayer more = new PlatformReplayer(reader, cpu);
    more.read(10, 0, Space.PORT, 0x60, 1);
    assertThatThrownBy(() -> more.pin(11, 0, Pin.FERR, true))
        .hasMessageContaining("pin 1 of cpu 0 at now 11 is call 1, where none was recorded");
    PlatformReplayer other = new PlatformReplayer(reader, cpu);
    assertThatThrownBy(() -> other.read(10, 0, Space.PORT, 0x61, 1))
        .isInstanceOf(DivergenceException.class)
        .hasMessageContaining("read port 0x61 size 1");
  }

  @Test
  void effectsOutsideACallAreRefused() {
    RecordingWriter writer =
        new RecordingWriter(new MemoryLog(), Samples.header(Boundary.CPU), Runnable::run);
    CallLog log = new CallLog(writer);
    Nucleus nucleus = new NucleusRecorder(new FakeWorld.Cpu(0), log);
    nucleus.signal(0, Signal.RESET, 0);
    new PlatformRecorder(quiet(), log).advance(0);
    assertThatThrownBy(() -> nucleus.signal(0, Signal.NMI, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theTextNamesEffectsAndAnswers() {
    Recorded recorded = record(3, false, 5000);
    List<String> lines = new ArrayList<>();
    new LogText(lines::add).write(RecordingReader.open(new MemoryLog(recorded.file)));
    assertThat(lines)
        .contains(
            "boundary cpu",
            "now 0 before call 0 map memory 0xf000 length 0x1000 to rom 0",
            "now 0 before call 0 cpu 0 signal RESET 0")
        .anyMatch(line -> line.matches("under call \\d+ ram 0x[0-9a-f]+ bytes [0-9a-f]+"))
        .anyMatch(line -> line.matches("answer \\d+ 0x[0-9a-f]+"));
  }

  /** A board on which nothing happens; a read gives its address. */
  private static Platform quiet() {
    return new Platform() {
      @Override
      public long read(long now, int cpu, Space space, long address, int size) {
        return address;
      }

      @Override
      public void write(long now, int cpu, Space space, long address, int size, long value) {}

      @Override
      public int acknowledgeInterrupt(long now, int cpu) {
        return 8;
      }

      @Override
      public void pin(long now, int cpu, Pin pin, boolean level) {}

      @Override
      public long horizon() {
        return Long.MAX_VALUE;
      }

      @Override
      public void advance(long now) {}

      @Override
      public long idle(long now, long until) {
        return until;
      }
    };
  }
}
