package dejavm.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DamageTest {
  private static final Samples.Written WRITTEN = Samples.recording(11, 60, 48, Codec.ZSTD);

  @Test
  void aCutAtAnyByteLeavesAllWholeFrames() {
    byte[] file = WRITTEN.file();
    List<Frame> frames = RecordingReader.open(new MemoryLog(file)).frames();
    Frame first = frames.getFirst();
    for (int length = 0; length < file.length; length++) {
      MemoryLog cut = new MemoryLog(Arrays.copyOf(file, length));
      if (length < first.position() + first.length()) {
        assertThatThrownBy(() -> RecordingReader.open(cut)).isInstanceOf(RecordingException.class);
        continue;
      }
      RecordingReader reader = RecordingReader.open(cut);
      int end = length;
      List<Frame> whole = frames.stream().filter(f -> f.position() + f.length() <= end).toList();
      assertThat(reader.frames()).isEqualTo(whole);
      assertThat(reader.complete()).isFalse();
      Frame last = whole.getLast();
      assertThat(reader.damage().orElseThrow().position())
          .isEqualTo(last.position() + last.length());
      long covered =
          whole.stream()
              .filter(f -> f.kind() == FrameKind.EVENTS || f.kind() == FrameKind.END)
              .mapToLong(Frame::lastNow)
              .max()
              .orElse(-1);
      assertThat(reader.lastNow()).isEqualTo(covered);
      assertThat(Samples.text(Samples.all(reader.events())))
          .isEqualTo(
              Samples.text(WRITTEN.inputs().stream().filter(i -> i.now() <= covered).toList()));
      assertThat(Samples.all(reader.digests()))
          .isEqualTo(WRITTEN.digests().subList(0, Samples.all(reader.digests()).size()));
    }
  }

  @Test
  void everyMutationIsRefusedOrReportedWithItsPlace() {
    int refused = 0;
    for (int seed = 0; seed < 3000; seed++) {
      byte[] mutated = mutate(new Random(seed), WRITTEN.file());
      if (Arrays.equals(mutated, WRITTEN.file())) {
        continue;
      }
      long first = Arrays.mismatch(mutated, WRITTEN.file());
      try {
        reported(seed, mutated, first);
      } catch (RecordingException e) {
        refused++;
        assertThat(e.getMessage()).doesNotContain("\n").matches(".*(byte|bytes|version|empty).*");
      }
    }
    assertThat(refused).isPositive();
  }

  private static void reported(int seed, byte[] mutated, long first) {
    RecordingReader scanned = RecordingReader.scan(new MemoryLog(mutated));
    Damage damage = scanned.damage().orElseThrow(() -> new AssertionError("seed " + seed));
    assertThat(scanned.complete()).isFalse();
    assertThat(damage.reason()).isNotBlank();
    assertThat(damage.position()).as("seed %d", seed).isLessThanOrEqualTo(first);
    prefix(scanned);

    RecordingReader opened = RecordingReader.open(new MemoryLog(mutated));
    assertThat(opened.check()).as("seed %d", seed).isPresent();
    if (opened.damage().isPresent()) {
      prefix(opened);
      return;
    }
    EventCursor events = opened.events();
    List<TimedInput> seen = new ArrayList<>();
    try {
      while (events.peek() != null) {
        seen.add(events.next());
      }
    } catch (RecordingException e) {
      assertThat(e.position()).isNotNegative();
    }
    assertThat(Samples.text(seen))
        .isEqualTo(Samples.text(WRITTEN.inputs().subList(0, seen.size())));
  }

  private static void prefix(RecordingReader reader) {
    List<TimedInput> inputs = Samples.all(reader.events());
    assertThat(Samples.text(inputs))
        .isEqualTo(Samples.text(WRITTEN.inputs().subList(0, inputs.size())));
    assertThat(
            inputs.size() == WRITTEN.inputs().size()
                || WRITTEN.inputs().get(inputs.size()).now() > reader.lastNow())
        .isTrue();
    List<DigestPoint> digests = Samples.all(reader.digests());
    assertThat(digests).isEqualTo(WRITTEN.digests().subList(0, digests.size()));
  }

  private static byte[] mutate(Random random, byte[] file) {
    List<byte[]> frames = frames(file);
    int count = frames.size();
    int one = 1 + random.nextInt(count - 2);
    switch (random.nextInt(9)) {
      case 0 -> {
        byte[] flipped = file.clone();
        flipped[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
      }
      case 1 -> {
        return Arrays.copyOf(file, random.nextInt(file.length));
      }
      case 2 -> frames.remove(one);
      case 3 -> frames.add(one, frames.get(1 + random.nextInt(count - 2)));
      case 4 -> frames.add(one, frames.remove(1 + random.nextInt(count - 2)));
      case 5 -> {
        byte[] garbage = new byte[1 + random.nextInt(100)];
        random.nextBytes(garbage);
        frames.add(one, garbage);
      }
      case 6 -> {
        byte[] overwritten = file.clone();
        int from = random.nextInt(file.length);
        int length = Math.min(file.length - from, 1 + random.nextInt(64));
        byte[] garbage = new byte[length];
        random.nextBytes(garbage);
        System.arraycopy(garbage, 0, overwritten, from, length);
        return overwritten;
      }
      case 7 -> {
        int from = random.nextInt(file.length);
        int to = Math.min(file.length, from + 1 + random.nextInt(20));
        byte[] shorter = Arrays.copyOf(file, file.length - (to - from));
        System.arraycopy(file, to, shorter, from, file.length - to);
        return shorter;
      }
      default -> frames.add(new byte[1 + random.nextInt(40)]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    frames.forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** The file in pieces: what is before the frames, each frame, what is after. */
  private static List<byte[]> frames(byte[] file) {
    List<byte[]> pieces = new ArrayList<>();
    int at = 0;
    for (Frame frame : RecordingReader.open(new MemoryLog(file)).frames()) {
      if (frame.sequence() == 0) {
        pieces.add(Arrays.copyOf(file, (int) frame.position()));
      }
      at = (int) frame.position() + frame.length();
      pieces.add(Arrays.copyOfRange(file, (int) frame.position(), at));
    }
    pieces.add(Arrays.copyOfRange(file, at, file.length));
    return pieces;
  }

  @Test
  void aForeignVersionIsOneClearMessage() {
    byte[] file = WRITTEN.file().clone();
    BytesOut out = new BytesOut();
    out.raw(file, 0, 8);
    out.u32(2);
    out.u32(FrameFormat.crc(out.array(), 0, 12));
    System.arraycopy(out.array(), 0, file, 0, 16);
    assertThatThrownBy(() -> RecordingReader.open(new MemoryLog(file)))
        .hasMessage("recording has format version 2, this program reads version 1");
  }

  @Test
  void whatIsNoRecordingIsOneClearMessage() {
    assertThatThrownBy(() -> RecordingReader.open(new MemoryLog(new byte[0])))
        .hasMessage("not a recording: the file is empty");
    assertThatThrownBy(() -> RecordingReader.open(new MemoryLog(new byte[7])))
        .hasMessageContaining("only 7 bytes");
    assertThatThrownBy(() -> RecordingReader.open(new MemoryLog(new byte[4096])))
        .hasMessageContaining("does not begin like one");
  }

  @Test
  void unknownKindsAreSkipped() {
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run);
    writer.input(5, new dejavm.bus.Input.PowerButton());
    writer.flush(9);
    byte[] file = log.bytes();
    List<Frame> frames = RecordingReader.open(new MemoryLog(file)).frames();
    BytesOut out = new BytesOut();
    out.raw(file, 0, file.length);
    int start = out.size();
    out.u32(FrameFormat.MARK);
    out.u8(200);
    out.u8(0);
    out.u8(0);
    out.u8(0);
    out.u32(frames.size());
    out.u32(frames.getLast().crc());
    out.u64(9);
    out.u64(30);
    out.u32(3);
    out.u32(3);
    out.u32(FrameFormat.crc(out.array(), start, out.size() - start));
    out.raw(new byte[] {1, 2, 3}, 0, 3);
    out.u32(FrameFormat.crc(out.array(), start, out.size() - start));
    RecordingReader reader = RecordingReader.open(new MemoryLog(out.toByteArray()));
    assertThat(reader.frames()).hasSize(frames.size() + 1);
    assertThat(reader.frames().getLast().kind()).isNull();
    assertThat(reader.lastNow()).isEqualTo(9);
    assertThat(Samples.all(reader.events())).hasSize(1);
    assertThat(reader.check().orElseThrow().reason()).contains("cut off");
  }
}
