package dejavm.device.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Mapped;
import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AtapiCdromTest {
  private static final int BLOCKS = 1000;

  private final Workbench bench = new Workbench();
  private final TestMedium first = new TestMedium("cd0", 4 * BLOCKS, 1);
  private final TestMedium second = new TestMedium("cd1", 8 * BLOCKS, 2);
  private final TestDma dma = new TestDma();
  private final Probe irq = new Probe();
  private final AtapiCdrom cdrom = new AtapiCdrom(bench.time, 2, List.of(first, second), dma);
  private final IdeChannel channel = new IdeChannel(irq, dma, cdrom, null);
  private final Mapped ports = channel.commandBlock();

  private int read(int register) {
    return (int) ports.read(register, 1);
  }

  private void write(int register, int value) {
    ports.write(register, 1, value);
  }

  private void pass() {
    bench.pass(2 * Workbench.MILLISECOND);
  }

  /** Sends a packet; the portions of data that come back are no longer than the limit. */
  private void send(int limit, boolean byDma, int... packet) {
    write(1, byDma ? 1 : 0);
    write(4, limit & 0xFF);
    write(5, limit >> 8);
    write(7, 0xA0);
    pass();
    assertThat(read(7)).isEqualTo(0x58);
    assertThat(read(2)).as("it wants a packet").isEqualTo(1);
    int[] whole = Arrays.copyOf(packet, 12);
    for (int i = 0; i < 12; i += 2) {
      ports.write(0, 2, whole[i] | whole[i + 1] << 8);
    }
    pass();
  }

  private byte[] portion() {
    assertThat(irq.level()).isTrue();
    assertThat(read(7)).isEqualTo(0x58);
    assertThat(read(2)).as("data comes").isEqualTo(2);
    byte[] bytes = new byte[read(4) | read(5) << 8];
    for (int i = 0; i < bytes.length; i += 2) {
      long word = ports.read(0, 2);
      bytes[i] = (byte) word;
      if (i + 1 < bytes.length) {
        bytes[i + 1] = (byte) (word >> 8);
      }
    }
    pass();
    return bytes;
  }

  private void over(int status) {
    assertThat(irq.level()).isTrue();
    assertThat(read(2)).as("it is over").isEqualTo(3);
    assertThat(read(7)).isEqualTo(status);
    assertThat(irq.level()).isFalse();
  }

  private byte[] answer(int... packet) {
    send(0xFFFE, false, packet);
    byte[] bytes = portion();
    over(0x50);
    return bytes;
  }

  /** Sense key, code and qualifier. */
  private int sense() {
    byte[] sense = answer(0x03, 0, 0, 0, 18);
    return sense[2] << 16 | sense[12] << 8 | sense[13];
  }

  private void fails(int sense, int... packet) {
    send(0xFFFE, false, packet);
    over(0x51);
    assertThat(read(1) >> 4).as("the sense key").isEqualTo(sense >> 16);
    assertThat(sense()).isEqualTo(sense);
    assertThat(sense()).as("it is told once").isZero();
  }

  private void succeeds(int... packet) {
    send(0xFFFE, false, packet);
    over(0x50);
  }

  @BeforeEach
  void theFirstCommandIsToldOfTheReset() {
    fails(0x062900, 0x00);
    succeeds(0x00);
  }

  private static byte[] blocks(TestMedium medium, int from, int count) {
    byte[] bytes = new byte[2048 * count];
    for (int i = 0; i < 4 * count; i++) {
      System.arraycopy(medium.sector(4L * from + i), 0, bytes, 512 * i, 512);
    }
    return bytes;
  }

  @Test
  void refusesToBeADiskAndShowsWhatItIs() {
    write(7, 0xEC);
    assertThat(read(7)).isEqualTo(0x51);
    assertThat(read(4)).isEqualTo(0x14);
    assertThat(read(5)).isEqualTo(0xEB);
    write(7, 0xA1);
    pass();
    assertThat(ports.read(0, 2)).isEqualTo(0x85C0);
    write(7, 0x08);
    assertThat(read(7)).as("ready only once it was used").isZero();
  }

  @Test
  void readsInPortions() {
    send(0x801, false, 0x28, 0, 0, 0, 0, 10, 0, 0, 2);
    byte[] whole = blocks(first, 10, 2);
    assertThat(portion()).as("no odd portion").isEqualTo(Arrays.copyOf(whole, 2048));
    assertThat(portion()).isEqualTo(Arrays.copyOfRange(whole, 2048, 4096));
    over(0x50);
  }

  @Test
  void whatWasNotGivenYetIsPartOfTheState() {
    send(2048, false, 0x28, 0, 0, 0, 0, 10, 0, 0, 2);
    portion();
    AtapiCdrom.State state = cdrom.state();
    portion();
    over(0x50);
    send(0xFFFE, false, 0x28, 0, 0, 0, 0, 50, 0, 0, 2);
    portion();
    over(0x50);
    cdrom.restore(state);
    byte[] next = blocks(first, 11, 1);
    assertThat(ports.read(0, 2)).isEqualTo(next[0] & 0xFF | (next[1] & 0xFF) << 8);
  }

  @Test
  void readsByDma() {
    send(0, true, 0xA8, 0, 0, 0, 0, 100, 0, 0, 0, 40);
    dma.start(5000);
    pass();
    assertThat(irq.level()).isFalse();
    dma.start(1 << 20);
    pass();
    over(0x50);
    assertThat(dma.stored.toByteArray()).isEqualTo(blocks(first, 100, 40));
  }

  @Test
  void tellsItsSize() {
    byte[] capacity = answer(0x25);
    assertThat(capacity).isEqualTo(new byte[] {0, 0, 3, (byte) 0xE7, 0, 0, 8, 0});
    byte[] toc = answer(0x43, 2, 0, 0, 0, 0, 0, 0, 100);
    assertThat(toc).hasSize(20);
    assertThat(Arrays.copyOfRange(toc, 8, 12)).as("00:02:00").isEqualTo(new byte[] {0, 0, 2, 0});
    assertThat(toc[14]).as("the lead-out").isEqualTo((byte) 0xAA);
    fails(0x052100, 0x28, 0, 0, 0, 3, 0xE8, 0, 0, 1);
    succeeds(0x28, 0, 0, 0, 3, 0xE8, 0, 0, 0);
  }

  @Test
  void repliesAreCutToWhatWasAllocated() {
    assertThat(answer(0x12, 0, 0, 0, 5)).isEqualTo(new byte[] {5, (byte) 0x80, 0, 0x21, 31});
    assertThat(answer(0x12, 0, 0, 0, 96)).hasSize(36);
    assertThat(answer(0x46, 2, 0, 0x1E, 0, 0, 0, 1, 0)).hasSize(16);
    assertThat(answer(0x46, 0, 0, 0, 0, 0, 0, 0, 8)[7]).as("a CD is in").isEqualTo((byte) 8);
    assertThat(answer(0x5A, 0, 0x2A, 0, 0, 0, 0, 0, 64)).hasSize(30);
    assertThat(answer(0x5A, 0, 0x3F, 0, 0, 0, 0, 0, 64)).hasSize(54);
    fails(0x052400, 0x5A, 0, 0x05, 0, 0, 0, 0, 0, 64);
    fails(0x052000, 0xFE);
  }

  @Test
  void anotherDiscIsToldOf() {
    cdrom.change("cd1");
    assertThat(answer(0x12, 0, 0, 0, 5)).as("passes by an attention").hasSize(5);
    byte[] event = answer(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8);
    assertThat(Arrays.copyOfRange(event, 4, 6)).as("new, and in").isEqualTo(new byte[] {2, 2});
    assertThat(answer(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8)[4]).as("told once").isZero();
    fails(0x062800, 0x00);
    assertThat(answer(0x25)[2]).isEqualTo((byte) 7);
    cdrom.change("");
    fails(0x023A00, 0x00);
    fails(0x023A00, 0x28, 0, 0, 0, 0, 10, 0, 0, 2);
    cdrom.change("nothing that was there");
    fails(0x023A00, 0x25);
    cdrom.change("cd0");
    fails(0x062800, 0x00);
    succeeds(0x00);
  }

  @Test
  void aLockedTrayStaysIn() {
    succeeds(0x1E, 0, 0, 0, 1);
    fails(0x055302, 0x1B, 0, 0, 0, 2);
    succeeds(0x1E, 0, 0, 0, 0);
    succeeds(0x1B, 0, 0, 0, 2);
    fails(0x023A00, 0x00);
    byte[] event = answer(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8);
    assertThat(Arrays.copyOfRange(event, 4, 6)).as("gone, open").isEqualTo(new byte[] {3, 1});
    succeeds(0x1B, 0, 0, 0, 3);
    fails(0x062800, 0x00);
    succeeds(0x00);
  }

  @Test
  void aPageThatTheHostCannotReadFails() {
    cdrom.fault(4 * 20);
    fails(0x031100, 0x28, 0, 0, 0, 0, 21, 0, 0, 1);
    send(0xFFFE, false, 0x28, 0, 0, 0, 0, 22, 0, 0, 1);
    assertThat(portion()).isEqualTo(blocks(first, 22, 1));
    cdrom.change("cd1");
    fails(0x062800, 0x00);
    send(0xFFFE, false, 0x28, 0, 0, 0, 0, 21, 0, 0, 1);
    assertThat(portion()).as("another disc has it").isEqualTo(blocks(second, 21, 1));
  }
}
