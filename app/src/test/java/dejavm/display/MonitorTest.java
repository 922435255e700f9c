package dejavm.display;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Clock;
import dejavm.device.video.Picture;
import dejavm.device.video.Vga;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class MonitorTest {
  private record Still(long now, long frequency) implements Clock {}

  private static final long LONGER_THAN_A_FRAME = 60_000_000;

  private final Vga vga = new Vga(new Still(0, 1_000_000));
  private final Monitor monitor = new Monitor();
  private final AtomicInteger told = new AtomicInteger();

  private void write(int value) {
    vga.memory().write((int) Vga.WINDOW + 0x18000, 1, value);
  }

  private void later() {
    LockSupport.parkNanos(LONGER_THAN_A_FRAME);
    monitor.look(vga);
  }

  @Test
  void nothingIsDrawnForNobody() {
    monitor.look(vga);
    assertThat(monitor.picture()).isNull();
    assertThat(monitor.watched()).isFalse();
  }

  @Test
  void whoComesSeesTheScreenAtOnceAndWhatIsWrittenLater() {
    Runnable viewer = told::incrementAndGet;
    monitor.enter(viewer);
    monitor.look(vga);
    Picture first = monitor.picture();
    assertThat(first.width()).isEqualTo(720);
    assertThat(told).hasValue(1);
    write('x');
    monitor.look(vga);
    assertThat(monitor.picture()).as("not so soon").isSameAs(first);
    // how soon depends on how long the first one took
    while (monitor.picture().equals(first)) {
      later();
    }
    assertThat(told).hasValue(2);
    monitor.leave(viewer);
    write('y');
    later();
    assertThat(told).hasValue(2);
  }

  @Test
  void aScreenThatNobodyWritesToIsNotDrawnAgain() {
    monitor.enter(told::incrementAndGet);
    monitor.look(vga);
    later();
    later();
    assertThat(told).hasValue(1);
  }

  @Test
  void whatAnAdapterIsToldMayChangeItsScreen() {
    long before = vga.changes();
    vga.ports().write(0x10, 1, 0x20);
    assertThat(vga.changes()).isNotEqualTo(before);
    before = vga.changes();
    vga.restore(vga.state());
    assertThat(vga.changes()).isNotEqualTo(before);
  }

  @Test
  void aSerialFeedHasWhatWasBeforeAndEnds() throws InterruptedException {
    SerialFeed feed = new SerialFeed();
    byte[] bytes = "before".getBytes(StandardCharsets.US_ASCII);
    feed.write(bytes, 0, bytes.length);
    SerialFeed.Chunk chunk = feed.await(0);
    assertThat(chunk.bytes()).asString().isEqualTo("before");
    feed.write('!');
    assertThat(feed.await(chunk.next()).bytes()).asString().isEqualTo("!");
    feed.close();
    assertThat(feed.await(0).bytes()).asString().isEqualTo("before!");
    assertThat(feed.await(7)).isNull();
  }

  @Test
  void aSlowReaderOfTheSerialFeedGoesOnWithWhatIsKept() throws InterruptedException {
    SerialFeed feed = new SerialFeed();
    byte[] many = new byte[100_000];
    for (byte round = 1; round <= 3; round++) {
      Arrays.fill(many, round);
      feed.write(many, 0, many.length);
    }
    SerialFeed.Chunk chunk = feed.await(10);
    assertThat(chunk.next()).isEqualTo(300_000);
    assertThat(chunk.bytes()).hasSize(1 << 17).startsWith(2).endsWith(3);
  }

  @Test
  void aStatusIsPutUpForReadersAndAtTheEnd() throws InterruptedException {
    StatusBoard board = new StatusBoard();
    MachineStatus running = new MachineStatus("run", "running", false, 1, 0.1, -1);
    board.offer(() -> {
      throw new AssertionError("nobody reads");
    });
    board.enter();
    board.offer(() -> running);
    assertThat(board.await(null)).isEqualTo(running);
    MachineStatus ended = new MachineStatus("run", "powered off", true, 2, 0.2, -1);
    board.put(ended);
    board.close();
    assertThat(board.await(running)).isEqualTo(ended);
    assertThat(board.await(ended)).isNull();
  }
}
