package dejavm.record;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Payloads that make no sense although all checksums are right: a faulty writer, or an evil one.
 */
class PayloadDamageTest {
  private static final Nucleus NOWHERE =
      new Nucleus() {
        @Override
        public void readRam(long address, byte[] into, int offset, int length) {}

        @Override
        public void writeRam(long address, byte[] from, int offset, int length) {}

        @Override
        public void signal(int cpu, Signal signal, int value) {}

        @Override
        public void map(
            Space space, long address, long length, Backing backing, Visibility visibility) {}
      };

  @Test
  void nothingButClearErrorsComesOfInputs() {
    byte[] file = Samples.recording(12, 100, 60, Codec.ZSTD).file();
    int reported = 0;
    for (int seed = 0; seed < 1000; seed++) {
      reported += read(damaged(new Random(seed), file)) ? 1 : 0;
    }
    assertThat(reported).isGreaterThan(200);
  }

  @Test
  void nothingButClearErrorsComesOfCalls() {
    byte[] file = CallReplayTest.recording(13);
    int reported = 0;
    for (int seed = 0; seed < 1000; seed++) {
      reported += read(damaged(new Random(seed), file)) ? 1 : 0;
    }
    assertThat(reported).isGreaterThan(200);
  }

  private static boolean read(byte[] file) {
    boolean reported = false;
    try {
      RecordingReader reader = RecordingReader.open(new MemoryLog(file));
      reported = reader.check().isPresent();
      for (String component : reader.pageComponents()) {
        reader.pages(component, (number, bytes) -> {});
      }
      for (int i = 0; i < reader.snapshots(); i++) {
        reader.snapshot(i);
        reader.snapshotPages(i, "ram", (number, bytes) -> {});
      }
      new LogText(line -> {}).write(reader);
      if (reader.header().boundary() == Boundary.CPU) {
        replay(new PlatformReplayer(reader, NOWHERE));
      }
    } catch (RecordingException | DivergenceException e) {
      reported = true;
      assertThat(e.getMessage()).isNotBlank();
    }
    return reported;
  }

  private static void replay(PlatformReplayer replayer) {
    Random random = new Random(1);
    for (long now = 0; now < replayer.end(); now = Math.min(replayer.horizon(), now + 500)) {
      replayer.advance(now);
      if (random.nextBoolean()) {
        replayer.read(now, 0, Space.PORT, 1, 1);
      }
    }
  }

  private static byte[] damaged(Random random, byte[] file) {
    FrameReader reader = new FrameReader(new MemoryLog(file));
    List<Frame> frames = reader.contents().frames();
    int victim = random.nextInt(frames.size());
    MemoryLog log = new MemoryLog();
    FrameWriter writer = new FrameWriter(log, Runnable::run, Codec.ZSTD);
    for (Frame frame : frames) {
      byte[] payload =
          frame.kind() == FrameKind.INDEX ? FrameReader.index(writer.frames()) : reader.load(frame);
      if (frame.sequence() == victim) {
        payload = mutated(random, payload);
      }
      writer.submit(frame.kind(), frame.firstNow(), frame.lastNow(), payload);
    }
    writer.drain();
    writer.trailer(writer.frames().get(frames.size() - 2).position());
    return log.bytes();
  }

  private static byte[] mutated(Random random, byte[] payload) {
    byte[] bytes =
        switch (random.nextInt(4)) {
          case 0 -> Arrays.copyOf(payload, random.nextInt(payload.length + 1));
          case 1 -> Arrays.copyOf(payload, payload.length + 1 + random.nextInt(5));
          default -> payload.clone();
        };
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(Math.min(bytes.length, 60))] =
          (byte) (random.nextBoolean() ? 0xFF : random.nextInt());
    }
    return bytes;
  }
}
