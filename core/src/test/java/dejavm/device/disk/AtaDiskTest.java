package dejavm.device.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Disk;
import dejavm.bus.Mapped;
import dejavm.bus.Outputs;
import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AtaDiskTest {
  private static final int SECTORS = 5000;

  private final Workbench bench = new Workbench();
  private final TestMedium medium = new TestMedium("disk0", SECTORS, 1);
  private final OverlayDisk overlay = new OverlayDisk(medium, Outputs.NONE);
  private final TestDma dma = new TestDma();
  private final Probe irq = new Probe();
  private final AtaDisk disk = new AtaDisk(bench.time, 0, overlay, dma);
  private final IdeChannel channel = new IdeChannel(irq, dma, disk, null);
  private final Mapped ports = channel.commandBlock();
  private final Mapped control = channel.controlBlock();

  private int status() {
    return (int) control.read(0, 1);
  }

  private void write(int register, int value) {
    ports.write(register, 1, value);
  }

  private int read(int register) {
    return (int) ports.read(register, 1);
  }

  private void wait(int microseconds) {
    bench.pass(microseconds * Workbench.MICROSECOND);
  }

  private void lba28(long sector, int count, int command) {
    write(2, count);
    write(3, (int) sector & 0xFF);
    write(4, (int) (sector >> 8) & 0xFF);
    write(5, (int) (sector >> 16) & 0xFF);
    write(6, 0xE0 | (int) (sector >> 24));
    write(7, command);
  }

  private void lba48(long sector, int count, int command) {
    write(2, count >> 8);
    write(3, (int) (sector >> 24) & 0xFF);
    write(4, (int) (sector >> 32) & 0xFF);
    write(5, (int) (sector >> 40) & 0xFF);
    write(2, count & 0xFF);
    write(3, (int) sector & 0xFF);
    write(4, (int) (sector >> 8) & 0xFF);
    write(5, (int) (sector >> 16) & 0xFF);
    write(6, 0x40);
    write(7, command);
  }

  private byte[] take(int bytes) {
    byte[] data = new byte[bytes];
    for (int i = 0; i < bytes; i += 2) {
      long word = ports.read(0, 2);
      data[i] = (byte) word;
      data[i + 1] = (byte) (word >> 8);
    }
    return data;
  }

  private void give(byte[] data) {
    for (int i = 0; i < data.length; i += 4) {
      ports.write(
          0,
          4,
          data[i] & 0xFFL
              | (data[i + 1] & 0xFFL) << 8
              | (data[i + 2] & 0xFFL) << 16
              | (data[i + 3] & 0xFFL) << 24);
    }
  }

  private byte[] sectors(long first, int count) {
    byte[] bytes = new byte[count * Disk.SECTOR];
    overlay.read(first, count, bytes, 0);
    return bytes;
  }

  private static byte[] random(int sectors) {
    byte[] bytes = new byte[sectors * Disk.SECTOR];
    new Random(sectors).nextBytes(bytes);
    return bytes;
  }

  @Test
  void whoIsSelectedShowsThoughItIsNotThere() {
    write(6, 0xB0);
    assertThat(read(6)).isEqualTo(0xB0);
    write(7, 0xEC);
    assertThat(read(7)).isZero();
    assertThat(read(2)).isZero();
    write(6, 0xA0);
    assertThat(read(6)).isEqualTo(0xA0);
    assertThat(read(7)).isEqualTo(0x50);
  }

  @Test
  void readsSectorsOneInterruptEach() {
    lba28(77, 3, 0x20);
    assertThat(status()).isEqualTo(0xD0);
    for (int i = 0; i < 3; i++) {
      assertThat(irq.level()).isFalse();
      wait(60);
      assertThat(irq.level()).isTrue();
      assertThat(status()).isEqualTo(0x58);
      assertThat(read(7)).as("takes the interrupt back").isEqualTo(0x58);
      assertThat(irq.level()).isFalse();
      assertThat(take(512)).isEqualTo(medium.sector(77 + i));
    }
    assertThat(status()).isEqualTo(0x50);
    wait(1000);
    assertThat(irq.level()).as("no interrupt after the last").isFalse();
    assertThat(read(3)).as("the last sector").isEqualTo(79);
    assertThat(read(2)).isZero();
  }

  @Test
  void takesASectorAfterTheFirstWithoutAnInterrupt() {
    byte[] data = random(2);
    lba28(10, 2, 0x30);
    wait(10);
    assertThat(status()).isEqualTo(0x58);
    assertThat(irq.level()).as("the first is asked for silently").isFalse();
    give(Arrays.copyOf(data, 512));
    assertThat(status()).isEqualTo(0xD0);
    wait(60);
    assertThat(irq.level()).isTrue();
    assertThat(read(7)).isEqualTo(0x58);
    give(Arrays.copyOfRange(data, 512, 1024));
    wait(60);
    assertThat(read(7)).isEqualTo(0x50);
    assertThat(sectors(10, 2)).isEqualTo(data);
    assertThat(sectors(9, 1)).as("beside it").isEqualTo(medium.sector(9));
    assertThat(sectors(12, 1)).isEqualTo(medium.sector(12));
  }

  @Test
  void readsAsZerosWhileItWaitsForData() {
    write(6, 0xA0);
    write(7, 0xEC);
    wait(10);
    assertThat(ports.read(0, 2)).isEqualTo(0x0040);
    lba28(10, 1, 0x30);
    wait(10);
    assertThat(ports.read(0, 4)).isZero();
  }

  @Test
  void multipleSectorsGoInBlocks() {
    lba28(0, 5, 0xC4);
    assertThat(read(7) & 1).as("off until it is set").isEqualTo(1);
    assertThat(read(1)).isEqualTo(0x04);
    write(2, 3);
    write(7, 0xC6);
    assertThat(read(7) & 1).as("no power of two").isEqualTo(1);
    write(2, 4);
    write(7, 0xC6);
    wait(10);
    assertThat(read(7)).isEqualTo(0x50);
    lba28(100, 5, 0xC4);
    wait(80);
    assertThat(take(4 * 512)).isEqualTo(sectors(100, 4));
    assertThat(status()).isEqualTo(0xD0);
    wait(10);
    assertThat(take(512)).isEqualTo(medium.sector(104));
    assertThat(status()).isEqualTo(0x50);
  }

  @Test
  void wideAddressesUseRegistersTwice() {
    lba48(4990, 1, 0x24);
    wait(60);
    assertThat(take(512)).isEqualTo(medium.sector(4990));
    write(7, 0x27);
    wait(10);
    assertThat(read(3)).isEqualTo(4999 & 0xFF);
    assertThat(read(4)).isEqualTo(4999 >> 8);
    lba48(0x0102_0304_0506L, 0x1234, 0x24);
    assertThat(read(7) & 1).isEqualTo(1);
    assertThat(read(1)).as("no such sector").isEqualTo(0x10);
    control.write(0, 1, 0x80);
    assertThat(read(2)).as("what was pushed back").isEqualTo(0x12);
    assertThat(read(3)).isEqualTo(0x03);
    assertThat(read(5)).isEqualTo(0x01);
    write(1, 0);
    assertThat(read(5)).as("any write ends it").isEqualTo(0x04);
  }

  @Test
  void cylindersHeadsAndSectorsCountFromOne() {
    write(2, 1);
    write(3, 1);
    write(4, 2);
    write(5, 0);
    write(6, 0xA3);
    write(7, 0x20);
    wait(60);
    assertThat(take(512)).isEqualTo(medium.sector((2 * 16 + 3) * 63));
    write(3, 0);
    write(7, 0x20);
    assertThat(read(1)).as("there is no sector 0").isEqualTo(0x10);
  }

  @Test
  void dmaWaitsForTheController() {
    lba28(500, 100, 0xC8);
    wait(1000);
    assertThat(status()).isEqualTo(0x58);
    dma.start(1000);
    assertThat(irq.level()).isFalse();
    dma.start(1 << 20);
    wait(1000);
    assertThat(irq.level()).isTrue();
    assertThat(read(7)).isEqualTo(0x50);
    assertThat(dma.stored.toByteArray()).isEqualTo(sectors(500, 100));
  }

  @Test
  void dmaWrites() {
    dma.source = random(70);
    lba28(600, 70, 0xCA);
    dma.start(1 << 20);
    wait(1000);
    assertThat(read(7)).isEqualTo(0x50);
    assertThat(sectors(600, 70)).isEqualTo(dma.source);
    byte[] page = new byte[4096];
    overlay.readPage(600 / 8, page);
    assertThat(Arrays.copyOf(page, 512)).as("the overlay").isEqualTo(Arrays.copyOf(page, 512));
    assertThat(overlay.nextDirty(0)).isEqualTo(75);
    assertThat(overlay.nextStored(84)).isEqualTo(-1);
  }

  @Test
  void itsIdentitySaysWhatItIs() {
    write(6, 0xA0);
    write(7, 0xEC);
    wait(10);
    assertThat(irq.level()).isTrue();
    byte[] identity = take(512);
    assertThat(identity[0]).isEqualTo((byte) 0x40);
    byte[] model = Arrays.copyOfRange(identity, 54, 94);
    for (int i = 0; i < model.length; i += 2) {
      byte first = model[i];
      model[i] = model[i + 1];
      model[i + 1] = first;
    }
    assertThat(new String(model, StandardCharsets.US_ASCII).strip()).isEqualTo("DEJAVM DISK");
    assertThat(identity[120] & 0xFF | (identity[121] & 0xFF) << 8).isEqualTo(SECTORS);
    int sum = 0;
    for (byte one : identity) {
      sum += one;
    }
    assertThat(sum & 0xFF).as("its checksum").isZero();
    assertThat(status()).isEqualTo(0x50);
  }

  @Test
  void aPageThatTheHostCannotReadFailsInAllItsSectors() {
    lba28(20, 1, 0x20);
    disk.fault(16);
    wait(60);
    assertThat(read(7)).isEqualTo(0x51);
    assertThat(read(1)).as("uncorrectable").isEqualTo(0x40);
    assertThat(read(3)).isEqualTo(20);
    lba28(10, 20, 0xC8);
    dma.start(1 << 20);
    wait(1000);
    assertThat(read(7)).isEqualTo(0x51);
    assertThat(read(3)).as("the first that fails").isEqualTo(16);
    lba28(24, 1, 0x20);
    wait(60);
    assertThat(read(7)).isEqualTo(0x58);
  }

  @Test
  void aWriteThatTheHostCannotKeepFails() {
    lba28(40, 1, 0x30);
    wait(10);
    give(new byte[512]);
    disk.fault(40);
    wait(100);
    assertThat(read(7)).isEqualTo(0x51);
  }

  @Test
  void commandsThatItLacksAreAborted() {
    for (int command : new int[] {0x00, 0xA0, 0xA1, 0xB0, 0x08, 0xFE}) {
      write(7, command);
      assertThat(read(7)).as("%x", command).isEqualTo(0x51);
      assertThat(read(1)).isEqualTo(0x04);
    }
  }

  @Test
  void aResetShowsTheSignature() {
    lba28(77, 3, 0x20);
    control.write(0, 1, 0x06);
    assertThat(status()).isEqualTo(0xD0);
    control.write(0, 1, 0x02);
    assertThat(status()).isEqualTo(0x50);
    for (int register = 1; register <= 6; register++) {
      assertThat(read(register)).isEqualTo(register <= 3 ? 1 : 0);
    }
    wait(1000);
    assertThat(irq.level()).isFalse();
    write(7, 0x90);
    assertThat(irq.level()).as("interrupts are off").isFalse();
    control.write(0, 1, 0);
    assertThat(irq.level()).as("and were only held back").isTrue();
    assertThat(read(1)).isEqualTo(1);
  }

  @Test
  void nobodyAnswersForTheSlave() {
    write(6, 0xB0);
    write(2, 0x55);
    assertThat(read(2)).isZero();
    assertThat(read(7)).isZero();
    write(7, 0xEC);
    assertThat(status()).isZero();
    write(6, 0xA0);
    assertThat(read(2)).as("the master heard it").isEqualTo(0x55);
  }

  @Test
  void theTimeDoesNotDependOnHowTheDataIsTaken() {
    ByteArrayOutputStream moments = new ByteArrayOutputStream();
    for (int sector = 0; sector < 3; sector++) {
      long begun = bench.time.now();
      lba28(sector, 1, 0x20);
      bench.until(bench.time.nextDue());
      moments.write((int) ((bench.time.now() - begun) / Workbench.MICROSECOND));
      take(512);
    }
    assertThat(moments.toByteArray()).containsOnly(55);
  }
}
