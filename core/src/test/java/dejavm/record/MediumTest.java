package dejavm.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Input;
import dejavm.bus.Medium;
import dejavm.bus.Paged;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is read of a medium is in the recording, and no later than what came of it. */
class MediumTest {
  private static final int PAGES = 3000;

  /** Pages with bytes that follow from their number, some of them zeros. */
  private record Numbered(String name, long sectors) implements Medium {
    @Override
    public void readPage(int page, byte[] into) {
      Arrays.fill(into, (byte) (page % 5 == 0 ? 0 : page));
    }
  }

  private static byte[] page(Medium medium, int number) {
    byte[] bytes = new byte[Paged.PAGE];
    medium.readPage(number, bytes);
    return bytes;
  }

  private static void assertHolds(MemoryLog log, Medium medium, Set<Integer> pages) {
    RecordingReader reader = RecordingReader.scan(new MemoryLog(log.bytes()));
    Medium replayed = reader.medium(medium.name(), medium.sectors(), "");
    for (int number : pages) {
      assertThat(page(replayed, number)).isEqualTo(page(medium, number));
    }
    assertThatThrownBy(() -> page(replayed, PAGES))
        .isInstanceOf(DivergenceException.class)
        .hasMessage(
            "replay diverges: page bb8 of disk0 is read, which was not when it was recorded");
  }

  @Test
  void whatWasReadIsThereOnceItIsCovered() {
    Random random = new Random(1);
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run);
    Medium medium = new Numbered("disk0", 8 * (PAGES + 1));
    Medium other = new Numbered("cd0", 8 * PAGES);
    Medium recorded = new RecordedMedium(medium, writer);
    Medium recordedOther = new RecordedMedium(other, writer);
    Set<Integer> read = new TreeSet<>();
    for (long now = 1; now < 400; now++) {
      int first = random.nextInt(PAGES - 20);
      for (int number = first; number < first + random.nextInt(20); number++) {
        assertThat(page(recorded, number)).isEqualTo(page(medium, number));
        read.add(number);
      }
      page(recordedOther, random.nextInt(PAGES));
      writer.input(now, new Input.PowerButton());
      if (random.nextInt(20) == 0) {
        writer.flush(now);
        assertHolds(log, medium, read);
      }
    }
    writer.close(400, 400, "until");
    assertHolds(log, medium, read);
    assertThat(RecordingReader.scan(new MemoryLog(log.bytes())).pageComponents())
        .containsExactlyInAnyOrder("disk0", "cd0");
  }

  @Test
  void whatIsReferredToIsAskedFor() {
    MemoryLog log = new MemoryLog();
    new RecordingWriter(log, Samples.header(Boundary.MACHINE), Runnable::run).close(1, 1, "");
    RecordingReader reader = RecordingReader.scan(new MemoryLog(log.bytes()));
    assertThatThrownBy(() -> reader.medium("disk0", 9, "a.img"))
        .isInstanceOf(RecordingException.class)
        .hasMessage("disk0 is in the file a.img, which it refers to only");
    reader.images((_, name, sectors, path) -> new Numbered(name + path, sectors));
    assertThat(reader.medium("disk0", 9, "a.img").name()).isEqualTo("disk0a.img");
  }
}
