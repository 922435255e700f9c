package dejavm.device.pci;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Backing;
import dejavm.bus.Mapped;
import dejavm.bus.MasterChannel;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import dejavm.device.Probe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdeControllerTest {
  private static final byte[] DATA = new byte[600];

  private final byte[] ram = new byte[1 << 16];
  private final Probe irq14 = new Probe();
  private final Probe irq15 = new Probe();
  private final IdeController ide = new IdeController(new Memory(), irq14, irq15);
  private final MasterChannel dma = ide.dma(0);
  private final Mapped registers;

  private final class Memory implements Nucleus {
    @Override
    public void readRam(long address, byte[] into, int offset, int length) {
      System.arraycopy(ram, (int) address, into, offset, length);
    }

    @Override
    public void writeRam(long address, byte[] from, int offset, int length) {
      System.arraycopy(from, offset, ram, (int) address, length);
    }

    @Override
    public void signal(int cpu, Signal signal, int value) {}

    @Override
    public void map(
        Space space, long address, long length, Backing backing, Visibility visibility) {}
  }

  IdeControllerTest() {
    Arrays.setAll(new int[DATA.length], i -> DATA[i] = (byte) (i * 7));
    ide.configure(0x20, 4, 0xC001);
    ide.configure(0x04, 2, 0x0005);
    List<Placement> placements = new ArrayList<>();
    ide.config().placements(placements);
    registers = placements.getFirst().device();
  }

  private void descriptor(int at, int address, int length, boolean last) {
    for (int i = 0; i < 4; i++) {
      ram[at + i] = (byte) (address >> 8 * i);
    }
    ram[at + 4] = (byte) length;
    ram[at + 5] = (byte) (length >> 8);
    ram[at + 7] = (byte) (last ? 0x80 : 0);
  }

  private void start(int command) {
    registers.write(4, 4, 0x1000);
    registers.write(0, 1, command & ~1);
    registers.write(0, 1, command);
  }

  @Test
  void movesDataWhereTheTableSays() {
    descriptor(0x1000, 0x2000, 200, false);
    descriptor(0x1008, 0x4001, 400, true);
    assertThat(dma.store(DATA, 0, 600)).as("not started").isZero();
    start(0x09);
    assertThat(dma.load(new byte[9], 0, 9)).as("the other way").isZero();
    assertThat(dma.store(DATA, 0, 150)).isEqualTo(150);
    assertThat(registers.read(2, 1)).isEqualTo(0x01);
    assertThat(dma.store(DATA, 150, 450)).isEqualTo(450);
    assertThat(registers.read(2, 1)).as("the table was used up").isEqualTo(0);
    assertThat(Arrays.copyOfRange(ram, 0x2000, 0x20C8)).isEqualTo(Arrays.copyOf(DATA, 200));
    assertThat(Arrays.copyOfRange(ram, 0x4000, 0x4190))
        .isEqualTo(Arrays.copyOfRange(DATA, 200, 600));
    assertThat(dma.store(DATA, 0, 2)).isZero();
  }

  @Test
  void aTableThatIsTooLongStaysActive() {
    descriptor(0x1000, 0x2000, 0, true);
    start(0x01);
    Arrays.fill(ram, 0x2000, 0x2200, (byte) 9);
    byte[] got = new byte[512];
    assertThat(dma.load(got, 0, 512)).isEqualTo(512);
    assertThat(got).containsOnly(9);
    ide.interrupt(0).set(true);
    assertThat(irq14.level()).isTrue();
    assertThat(registers.read(2, 1)).isEqualTo(0x05);
    registers.write(0, 1, 0);
    registers.write(2, 1, 0x64);
    assertThat(registers.read(2, 1)).as("cleared, and two bits for drivers").isEqualTo(0x60);
    ide.interrupt(0).set(true);
    assertThat(registers.read(2, 1)).as("no edge").isEqualTo(0x60);
  }

  @Test
  void waitsUntilItMayBeMaster() {
    List<String> goes = new ArrayList<>();
    dma.attach(() -> goes.add("go " + dma.store(DATA, 0, 4)));
    descriptor(0x1000, 0x2000, 4, true);
    ide.configure(0x04, 2, 0x0001);
    start(0x09);
    assertThat(goes).containsExactly("go 0");
    ide.configure(0x04, 2, 0x0005);
    assertThat(goes).containsExactly("go 0", "go 4");
  }

  @Test
  void theSecondChannelIsBehindTheFirst() {
    registers.write(12, 4, 0x1235);
    assertThat(registers.read(12, 4)).as("a multiple of 4").isEqualTo(0x1234);
    assertThat(registers.read(4, 4)).isZero();
    ide.interrupt(1).set(true);
    assertThat(irq15.level()).isTrue();
    assertThat(registers.read(10, 1)).isEqualTo(0x04);
  }
}
