package dejavm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import dejavm.device.pci.HostBridge;
import dejavm.memory.PhysicalMemory;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ShadowTest {
  private final Map<Long, Backing> always = new TreeMap<>();
  private final Map<Long, Backing> managed = new TreeMap<>();
  private final StringBuilder written = new StringBuilder();
  private final HostBridge bridge = new HostBridge(this::map);
  private final byte[] rom = rom();
  private final Shadow shadow = new Shadow(new Noting(), bridge, rom, 0x20000, new byte[0]);

  private final class Noting implements Nucleus {
    @Override
    public void readRam(long address, byte[] into, int offset, int length) {}

    @Override
    public void writeRam(long address, byte[] from, int offset, int length) {
      written.append("%x %s ".formatted(address, HexFormat.of().formatHex(from)));
    }

    @Override
    public void signal(int cpu, Signal signal, int value) {}

    @Override
    public void map(
        Space space, long address, long length, Backing backing, Visibility visibility) {
      (visibility == Visibility.ALWAYS ? always : managed).put(address, backing);
      if (visibility == Visibility.ALWAYS) {
        managed.remove(address);
      }
    }
  }

  private static byte[] rom() {
    byte[] rom = new byte[0x40000];
    rom[0x3FFF0] = 0x5A;
    return rom;
  }

  private void map() {
    shadow.map();
  }

  @Test
  void eachPieceIsRomOrRamOrHalfOfEither() {
    shadow.map();
    assertThat(always).hasSize(14);
    assertThat(always.get(0xF0000L)).isInstanceOf(Backing.Rom.class);
    assertThat(always.get(0xE0000L)).isInstanceOf(Backing.Rom.class);
    assertThat(always.get(0xC0000L)).as("no ROM there").isEqualTo(new Backing.Outside());
    bridge.configure(0x59, 1, 0x30);
    bridge.configure(0x5A, 1, 0x12);
    assertThat(always.get(0xF0000L)).isEqualTo(new Backing.Ram(0xF0000));
    assertThat(always.get(0xC0000L)).isEqualTo(new Backing.HiddenRam(0xC0000));
    assertThat(always.get(0xC4000L)).isEqualTo(new Backing.ReadOnlyRam(0xC4000));
  }

  @Test
  void firmwareCopiesItselfIntoTheRamUnderIt() {
    bridge.configure(0x59, 1, 0x20);
    assertThat(shadow.read(0x3FFF0, 1)).isEqualTo(0x5A);
    shadow.write(0x3FFF0, 2, 0x1234);
    shadow.write(0x20000, 1, 0x55);
    assertThat(written).as("only where it may").hasToString("ffff0 3412 ");
  }

  @Test
  void aCardsRomAnswersWhereReadsGoToTheBus() {
    byte[] card = new byte[0x5000];
    card[0x4000] = 0x55;
    Shadow withCard = new Shadow(new Noting(), bridge, rom, 0x20000, card);
    withCard.map();
    assertThat(always.get(0xC4000L))
        .isInstanceOfSatisfying(
            Backing.Rom.class,
            piece -> {
              assertThat(piece.bytes()).hasSize(0x4000).startsWith(0x55, 0);
              assertThat(piece.bytes()[0x1000]).as("behind it nobody answers").isEqualTo((byte) -1);
            });
    assertThat(always.get(0xC8000L)).isEqualTo(new Backing.Outside());
    bridge.configure(0x5A, 1, 0x22);
    withCard.map();
    assertThat(always.get(0xC4000L)).isEqualTo(new Backing.HiddenRam(0xC4000));
    assertThat(withCard.read(0x4000, 2)).as("to be copied into RAM").isEqualTo(0x0055);
  }

  @Test
  void systemManagementHasItsOwnMemoryUnderTheVideoAdapter() {
    Backing ram = new Backing.Ram(0xA0000);
    Backing video = new Backing.Video(0);
    shadow.map();
    assertThat(always.get(0xA0000L)).isEqualTo(video);
    bridge.configure(0x72, 1, 0x4A);
    assertThat(always.get(0xA0000L)).as("open for all").isEqualTo(ram);
    bridge.configure(0x72, 1, 0x0A);
    assertThat(always.get(0xA0000L)).isEqualTo(video);
    assertThat(managed.get(0xA0000L)).isEqualTo(ram);
    bridge.configure(0x72, 1, 0x02);
    assertThat(managed).isEmpty();
  }

  @Test
  void hiddenRamIsReachedByDevicesOnly() {
    PhysicalMemory memory = new PhysicalMemory(1 << 20);
    memory.map(0xC0000, 0x2000, new Backing.HiddenRam(0));
    assertThat(memory.offset(0xC1234)).isEqualTo(-1);
    assertThat(memory.deviceOffset(0xC1234)).isEqualTo(0x1234);
    memory.map(0xC1000, 0x1000, new Backing.Outside());
    assertThat(memory.deviceOffset(0xC1234)).isEqualTo(-1);
  }
}
