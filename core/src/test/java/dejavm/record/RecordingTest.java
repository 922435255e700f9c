package dejavm.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Input;
import dejavm.bus.Paged;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class RecordingTest {
  @Test
  void whatWasWrittenIsRead() {
    for (int seed = 0; seed < 60; seed++) {
      Codec codec = Codec.values()[seed % 3];
      Samples.Written written = Samples.recording(seed, 200, 1 << 4 + seed % 8, codec);
      MemoryLog file = new MemoryLog(written.file());
      for (RecordingReader reader :
          List.of(RecordingReader.open(file), RecordingReader.scan(file))) {
        assertThat(reader.complete()).isTrue();
        assertThat(reader.damage()).isEmpty();
        assertThat(reader.check()).isEmpty();
        assertThat(reader.header()).isEqualTo(Samples.header(Boundary.MACHINE));
        assertThat(reader.header().configuration().sequencedKeySet())
            .containsExactly("memory", "clock.ips", "an empty one", "größe");
        assertThat(reader.lastNow()).isEqualTo(written.end());
        assertThat(reader.end()).contains(new End(written.end(), written.end() / 2, "powered off"));
        assertThat(Samples.text(Samples.all(reader.events())))
            .isEqualTo(Samples.text(written.inputs()));
        assertThat(Samples.all(reader.digests())).isEqualTo(written.digests());
      }
    }
  }

  @Test
  void readingMayBeginAtAnyMoment() {
    Samples.Written written = Samples.recording(1, 300, 64, Codec.ZSTD);
    RecordingReader reader = RecordingReader.open(new MemoryLog(written.file()));
    for (long after = -1; after < written.end(); after += 1 + written.end() / 200) {
      long from = after;
      assertThat(Samples.text(Samples.all(reader.events(after))))
          .isEqualTo(Samples.text(written.inputs().stream().filter(i -> i.now() > from).toList()));
      assertThat(Samples.all(reader.digests(after)))
          .isEqualTo(written.digests().stream().filter(d -> d.now() > from).toList());
    }
  }

  @Test
  void aCursorGoesBackToWhereItWas() {
    Samples.Written written = Samples.recording(2, 300, 64, Codec.ZSTD);
    RecordingReader reader = RecordingReader.open(new MemoryLog(written.file()));
    List<EventCursor.Position> positions = new ArrayList<>();
    EventCursor cursor = reader.events();
    Random random = new Random(3);
    for (int i = 0; i < written.inputs().size(); i++) {
      if (random.nextBoolean()) {
        cursor.peek();
      }
      positions.add(cursor.position());
      cursor.next();
    }
    for (int i = 0; i < 200; i++) {
      int at = random.nextInt(positions.size());
      cursor.seek(positions.get(at));
      assertThat(Samples.text(Samples.all(cursor)))
          .isEqualTo(Samples.text(written.inputs().subList(at, written.inputs().size())));
    }
  }

  @Test
  void openingAWholeFileReadsLittleOfIt() {
    Random random = new Random(4);
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(
            log, Samples.header(Boundary.MACHINE), Runnable::run, Codec.STORED, 1 << 12);
    for (int now = 0; now < 20_000; now++) {
      writer.input(now, Samples.input(random));
    }
    writer.close(20_000, 20_000, "");
    byte[] file = log.bytes();
    RecordingReader reader = RecordingReader.open(log);
    assertThat(log.bytesRead).isLessThan(file.length / 50);
    long opened = log.bytesRead;
    reader.events().next();
    assertThat(log.bytesRead - opened).isLessThan(file.length / 20);
  }

  @Test
  void pagesComeBackAndZeroOnesTakeNoRoom() {
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run);
    Samples.Pages pages = Samples.Pages.random(new Random(6), 2000);
    writer.pages("ram", pages);
    writer.pages("empty", new Samples.Pages(new byte[100][Paged.PAGE]));
    writer.flush(10);
    byte[] late = new byte[Paged.PAGE];
    late[1] = 5;
    writer.page("disk", 1 << 30, late);
    writer.close(20, 10, "");
    RecordingReader reader = RecordingReader.open(log);
    assertThat(reader.pageComponents()).containsExactly("ram", "disk");
    byte[][] back = new byte[2000][Paged.PAGE];
    reader.pages("ram", (number, bytes) -> back[number] = bytes.clone());
    assertThat(back).isDeepEqualTo(pages.bytes());
    reader.pages(
        "disk",
        (number, bytes) -> {
          assertThat(number).isEqualTo(1 << 30);
          assertThat(bytes).isEqualTo(late);
        });
    assertThat(log.bytes().length).isLessThan(400_000);
  }

  @Test
  void snapshotsGiveThePagesAsTheyWere() {
    Random random = new Random(7);
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run);
    Samples.Pages pages = Samples.Pages.random(random, 600);
    writer.pages("ram", pages);
    List<byte[][]> then = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      BitSet changed = new BitSet();
      for (int k = 0; k < 40 * i; k++) {
        int page = random.nextInt(600);
        pages.bytes()[page] = new byte[Paged.PAGE];
        pages.bytes()[page][9] = (byte) random.nextInt(2);
        changed.set(page);
      }
      SequencedMap<String, byte[]> states = new LinkedHashMap<>();
      states.put("cpu", new byte[] {(byte) i});
      states.put("none", new byte[0]);
      writer.snapshot(
          new Snapshot(100 * i, 50 * i, states), List.of(new ChangedPages("ram", pages, changed)));
      byte[][] copy = pages.bytes().clone();
      for (int k = 0; k < copy.length; k++) {
        copy[k] = copy[k].clone();
      }
      then.add(copy);
    }
    writer.close(1000, 500, "");
    RecordingReader reader = RecordingReader.open(log);
    assertThat(reader.snapshots()).isEqualTo(6);
    for (int i = 0; i < 6; i++) {
      byte[][] back = new byte[600][Paged.PAGE];
      reader.snapshotPages(i, "ram", (number, bytes) -> back[number] = bytes.clone());
      assertThat(back).isDeepEqualTo(then.get(i));
      Snapshot snapshot = reader.snapshot(i);
      assertThat(reader.snapshotNow(i)).isEqualTo(100 * i);
      assertThat(snapshot.now()).isEqualTo(100 * i);
      assertThat(snapshot.retired()).isEqualTo(50 * i);
      assertThat(snapshot.states().sequencedKeySet()).containsExactly("cpu", "none");
      assertThat(snapshot.states().get("cpu")).containsExactly(i);
    }
  }

  @Test
  void theExecutorChangesNothing() {
    byte[] direct = withExecutor(Runnable::run);
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 10; i++) {
        assertThat(withExecutor(pool)).isEqualTo(direct);
      }
    }
    assertThat(withExecutor(task -> {})).isEqualTo(direct);
    List<Runnable> later = new ArrayList<>();
    assertThat(withExecutor(later::add)).isEqualTo(direct);
    later.reversed().forEach(Runnable::run);
    Random random = new Random(8);
    assertThat(
            withExecutor(task -> {
              later.add(random.nextInt(later.size() + 1), task);
              if (random.nextInt(3) == 0) {
                later.removeFirst().run();
              }
            }))
        .isEqualTo(direct);
  }

  private static byte[] withExecutor(Executor executor) {
    Random random = new Random(9);
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), executor, Codec.ZSTD, 256);
    writer.pages("ram", Samples.Pages.random(random, 700));
    for (long now = 1; now < 3000; now++) {
      writer.input(now, Samples.input(random));
      if (now % 100 == 0) {
        writer.digest(Samples.digest(random, now, now));
      }
    }
    writer.close(3000, 3000, "done");
    return log.bytes();
  }

  @Test
  void whatWasFlushedCanBeReadWithoutAnEnd() {
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run);
    assertThat(RecordingReader.open(new MemoryLog(log.bytes())).lastNow()).isEqualTo(-1);
    writer.input(5, new Input.PowerButton());
    writer.digest(new DigestPoint(6, 6, List.of()));
    writer.flush(9);
    writer.input(12, new Input.PowerButton());
    RecordingReader reader = RecordingReader.open(new MemoryLog(log.bytes()));
    assertThat(reader.complete()).isFalse();
    assertThat(reader.lastNow()).isEqualTo(9);
    assertThat(reader.damage().orElseThrow().position()).isEqualTo(log.length());
    assertThat(Samples.all(reader.events())).hasSize(1);
    assertThat(Samples.all(reader.digests())).hasSize(1);
    assertThat(log.flushed).isEqualTo((int) log.length());
  }

  @Test
  void anIdleRecordingTakesNoRoom() {
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run);
    long before = log.length();
    writer.flush(1000);
    writer.flush(1000);
    writer.flush(2000);
    assertThat(log.length()).isEqualTo(before);
    writer.close(3000, 7, "");
    assertThat(RecordingReader.open(new MemoryLog(log.bytes())).lastNow()).isEqualTo(3000);
  }

  @Test
  void aSealedMomentTakesNoInput() {
    RecordingWriter writer =
        new RecordingWriter(new MemoryLog(), Samples.header(Boundary.MACHINE), Runnable::run);
    writer.input(10, new Input.PowerButton());
    writer.flush(10);
    assertThatThrownBy(() -> writer.input(10, new Input.PowerButton()))
        .isInstanceOf(IllegalStateException.class);
    writer.input(11, new Input.PowerButton());
    writer.input(11, new Input.ResetButton());
    assertThatThrownBy(() -> writer.flush(10)).isInstanceOf(IllegalStateException.class);
    writer.digest(new DigestPoint(20, 20, List.of()));
    assertThatThrownBy(() -> writer.input(20, new Input.PowerButton()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFailingSinkIsReportedOnceAndForAll() {
    MemoryLog log = new MemoryLog();
    LogSink failing =
        new LogSink() {
          @Override
          public void append(byte[] bytes, int offset, int length) {
            if (log.length() > 500) {
              throw new RecordingException("no space left on device");
            }
            log.append(bytes, offset, length);
          }

          @Override
          public void flush() {}
        };
    RecordingWriter writer =
        new RecordingWriter(failing, Samples.header(Boundary.MACHINE), Runnable::run);
    assertThatThrownBy(
            () -> {
              for (int i = 1; i < 100; i++) {
                writer.input(i, new Input.PowerButton());
                writer.flush(i);
              }
            })
        .isInstanceOf(RecordingException.class)
        .hasMessage("no space left on device");
    assertThatThrownBy(() -> writer.close(200, 1, ""))
        .isInstanceOf(RecordingException.class)
        .hasMessage("no space left on device");
    RecordingReader reader = RecordingReader.open(new MemoryLog(log.bytes()));
    assertThat(reader.complete()).isFalse();
    assertThat(reader.lastNow()).isPositive();
  }

  @Test
  void theTextIsTheSameHoweverItWasFlushed() {
    List<String> one = lines(7);
    assertThat(lines(1000)).isEqualTo(one);
    assertThat(one)
        .contains(
            "boundary machine", "configuration memory \"268435456\"", "note \"made by a test\"")
        .anyMatch(line -> line.matches("now \\d+ key 0x[0-9a-f]+ down"))
        .anyMatch(line -> line.matches("now \\d+ digest retired \\d+ .*part\\d=[0-9a-f]{16}.*"))
        .endsWith("now 500 end retired 500 \"a \\\"quoted\\\" end\"");
  }

  private static List<String> lines(int flushEach) {
    Random random = new Random(10);
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run);
    for (int now = 1; now < 500; now++) {
      writer.input(now, Samples.input(random));
      if (now % 50 == 0) {
        writer.digest(Samples.digest(random, now, now));
      }
      if (now % flushEach == 0) {
        writer.flush(now);
      }
    }
    writer.close(500, 500, "a \"quoted\" end");
    List<String> lines = new ArrayList<>();
    new LogText(lines::add).write(RecordingReader.open(log));
    return lines;
  }
}
