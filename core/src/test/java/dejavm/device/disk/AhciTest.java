package dejavm.device.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Outputs;
import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AhciTest {
  private static final int LIST = 0x1000;
  private static final int RECEIVED = 0x1800;
  private static final int TABLE = 0x2000;
  private static final int DATA = 0x8000;
  private static final int PORT = 0x180;

  private final Workbench bench = new Workbench();
  private final TestRam ram = new TestRam(1 << 20);
  private final Probe irq = new Probe();
  private final TestMedium medium = new TestMedium("disk5", 5000, 1);
  private final OverlayDisk overlay = new OverlayDisk(medium, Outputs.NONE);
  private final AhciController ahci = new AhciController(ram, irq);
  private final AtaDisk disk = new AtaDisk(bench.time, 5, overlay, ahci.port(1));

  private int read(int register) {
    return (int) ahci.read(register, 4);
  }

  private void write(int register, int value) {
    ahci.write(register, 4, value & 0xFFFF_FFFFL);
  }

  @BeforeEach
  void start() {
    ahci.port(1).plug(disk);
    ahci.reset();
    write(PORT, LIST);
    write(PORT + 0x08, RECEIVED);
    write(PORT + 0x30, -1);
    write(PORT + 0x14, -1);
    write(0x04, 2);
    write(PORT + 0x18, 0x11);
  }

  /** A command in a slot: its frame, and where its data goes, in regions of some size. */
  private void command(int slot, int opcode, long sector, int count, boolean write, int region) {
    int bytes = count * 512;
    int regions = (bytes + region - 1) / region;
    int table = TABLE + slot * 0x800;
    ram.put(LIST + 32 * slot, 5 | (write ? 0x40 : 0) | regions << 16);
    ram.put(LIST + 32 * slot + 8, table);
    ram.put(table, 0x8027 | opcode << 16);
    ram.put(table + 4, (int) (sector & 0xFFFFFF) | 0x40000000);
    ram.put(table + 8, (int) (sector >> 24));
    ram.put(table + 12, count);
    for (int i = 0; i < regions; i++) {
      ram.put(table + 0x80 + 16 * i, DATA + 2 * i * region);
      ram.put(table + 0x80 + 16 * i + 12, Math.min(region, bytes - i * region) - 1);
    }
    write(PORT + 0x38, 1 << slot);
  }

  private void pass() {
    bench.pass(10 * Workbench.MILLISECOND);
  }

  private byte[] data(int bytes, int region) {
    byte[] data = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      data[i] = ram.bytes[DATA + 2 * (i / region) * region + i % region];
    }
    return data;
  }

  private byte[] sectors(long first, int count) {
    byte[] bytes = new byte[count * 512];
    overlay.read(first, count, bytes, 0);
    return bytes;
  }

  @Test
  void tellsWhatIsAtItsPorts() {
    assertThat(read(PORT + 0x28)).as("a link").isEqualTo(0x123);
    assertThat(read(PORT + 0x24)).as("a disk").isEqualTo(0x101);
    assertThat(read(PORT + 0x20)).isEqualTo(0x150);
    assertThat(ram.bytes[RECEIVED + 0x40]).as("it introduced itself").isEqualTo((byte) 0x34);
    assertThat(read(0x100 + 0x28)).isZero();
    assertThat(read(0x100 + 0x20)).isEqualTo(0x7F);
    assertThat(read(0x100 + 0x24)).isEqualTo(-1);
    assertThat(read(PORT + 0x18) & 0xC011).isEqualTo(0xC011);
  }

  @Test
  void movesDataOverRegions() {
    command(3, 0x25, 1000, 200, false, 3000);
    assertThat(read(PORT + 0x38)).isEqualTo(8);
    pass();
    assertThat(read(PORT + 0x38)).isZero();
    assertThat(data(200 * 512, 3000)).isEqualTo(sectors(1000, 200));
    assertThat(ram.word(LIST + 32 * 3 + 4)).as("bytes moved").isEqualTo(200 * 512);
    assertThat(irq.level()).isTrue();
    assertThat(read(0x08)).isEqualTo(2);
    write(0x08, 2);
    assertThat(irq.level()).as("the port still wants one").isTrue();
    write(PORT + 0x10, 1);
    write(0x08, 2);
    assertThat(irq.level()).isFalse();
  }

  @Test
  void takesCommandsOneAfterTheOther() {
    Arrays.fill(ram.bytes, DATA, DATA + 0x10000, (byte) 7);
    write(PORT + 0x18, 0x10);
    command(0, 0x35, 10, 4, true, 512);
    assertThat(read(PORT + 0x38)).as("not started").isZero();
    write(PORT + 0x18, 0x11);
    command(0, 0x35, 10, 4, true, 512);
    command(1, 0x34, 20, 2, true, 1024);
    command(2, 0xEA, 0, 0, false, 512);
    pass();
    assertThat(read(PORT + 0x38)).isZero();
    byte[] sevens = new byte[4 * 512];
    Arrays.fill(sevens, (byte) 7);
    assertThat(sectors(10, 4)).isEqualTo(sevens);
    assertThat(sectors(20, 2))
        .as("through the data register")
        .isEqualTo(Arrays.copyOf(sevens, 1024));
    assertThat(sectors(22, 1)).isEqualTo(medium.sector(22));
  }

  @Test
  void dataWithoutDmaIsAnnouncedByAFrame() {
    command(0, 0xEC, 0, 1, false, 512);
    pass();
    assertThat(ram.bytes[RECEIVED + 0x20]).isEqualTo((byte) 0x5F);
    assertThat(ram.bytes[RECEIVED + 0x2F]).as("the status after it").isEqualTo((byte) 0x50);
    assertThat(read(PORT + 0x10)).as("no other frame").isEqualTo(2);
    assertThat(data(512, 512)[152]).as("a serial link").isEqualTo((byte) 6);
    command(1, 0x24, 77, 3, false, 512);
    pass();
    assertThat(data(1536, 512)).isEqualTo(sectors(77, 3));
  }

  @Test
  void afterAnErrorItWaitsToBeStartedAnew() {
    disk.fault(100);
    command(4, 0x25, 96, 16, false, 8192);
    pass();
    assertThat(read(PORT + 0x10) & 0x40000000).isEqualTo(0x40000000);
    assertThat(read(PORT + 0x20)).isEqualTo(0x4051);
    assertThat(read(PORT + 0x38)).as("the command stays").isEqualTo(16);
    assertThat(read(PORT + 0x18) >> 8 & 31).as("and is named").isEqualTo(4);
    command(5, 0x25, 200, 1, false, 512);
    pass();
    assertThat(read(PORT + 0x38)).isEqualTo(48);
    write(PORT + 0x18, 0x10);
    assertThat(read(PORT + 0x38)).isZero();
    write(PORT + 0x18, 0x11);
    command(5, 0x25, 200, 1, false, 512);
    pass();
    assertThat(data(512, 512)).isEqualTo(medium.sector(200));
    command(6, 0xFF, 0, 0, false, 512);
    assertThat(read(PORT + 0x20)).as("refused at once").isEqualTo(0x0451);
  }

  @Test
  void resetsByFramesAndByTheLink() {
    ram.put(LIST, 5);
    ram.put(LIST + 8, TABLE);
    ram.put(TABLE, 0x27);
    ram.put(TABLE + 12, 4 << 24);
    write(PORT + 0x38, 1);
    ram.put(RECEIVED + 0x40, 0);
    ram.put(TABLE + 12, 0);
    write(PORT + 0x38, 1);
    assertThat(read(PORT + 0x38)).isZero();
    assertThat(ram.bytes[RECEIVED + 0x40]).isEqualTo((byte) 0x34);
    command(0, 0x25, 0, 100, false, 8192);
    write(PORT + 0x2C, 1);
    assertThat(read(PORT + 0x28)).as("no link").isZero();
    write(PORT + 0x2C, 0);
    assertThat(read(PORT + 0x30)).isEqualTo(1 << 26);
    assertThat(read(PORT + 0x10) & 0x40).isEqualTo(0x40);
    write(PORT + 0x30, -1);
    assertThat(read(PORT + 0x10) & 0x40).as("goes with its cause").isZero();
  }
}
