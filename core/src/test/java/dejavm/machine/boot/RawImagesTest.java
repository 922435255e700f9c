package dejavm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link FlatBinary}, {@link RomImage} and what lies in low memory. */
class RawImagesTest {
  private static final long RAM = 4 << 20;

  @Test
  void aBootSectorStartsInRealMode() throws BootRefused {
    BootImage image = FlatBinary.bootSector(new byte[] {1, 2, 3}, RAM);
    assertThat(Kernels.at(image, 0x7C00).array()).containsExactly(1, 2, 3);
    assertThat(Kernels.registers(image)).containsExactly(0x7C00, 0, 0, 0x80, 0, 0x7C00, 0);
  }

  @Test
  void aFlatBinaryStartsWhereItIsTold() throws BootRefused {
    BootImage image = FlatBinary.at(new byte[70000], 0x1000, 0x10, RAM);
    assertThat(Kernels.at(image, 0x10010).capacity()).isEqualTo(70000);
    assertThat(Kernels.registers(image)[0]).isEqualTo(0x1000_0010);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> FlatBinary.bootSector(new byte[0xA0000], RAM))
        .isInstanceOf(BootRefused.class)
        .hasMessage("655360 bytes at 0x7c00 do not fit between 0x500 and 0x9fc00");
  }

  @Test
  void firmwareEndsAtFourGibibytes() throws BootRefused {
    byte[] firmware = new byte[256 << 10];
    firmware[firmware.length - 1] = 9;
    firmware[128 << 10] = 8;
    BootImage image = RomImage.image(firmware);
    assertThat(image.romAddress()).isEqualTo(0xFFFC0000L);
    assertThat(image.rom()).isEqualTo(firmware);
    assertThat(image.aliasAddress()).isEqualTo(0xE0000);
    assertThat(image.alias()).hasSize(128 << 10).startsWith(8).endsWith(9);
    assertThat(image.blobs()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 65537, (16 << 20) + 4096})
  void firmwareOfOtherSizesIsRefused(int size) {
    assertThatThrownBy(() -> RomImage.image(new byte[size])).isInstanceOf(BootRefused.class);
  }

  @Test
  void lowMemoryLooksAsAfterABios() throws BootRefused {
    BootImage image = FlatBinary.bootSector(new byte[1], RAM);
    ByteBuffer vectors = Kernels.at(image, 0);
    int target =
        (vectors.getShort(0x13 * 4 + 2) & 0xFFFF) * 16 + (vectors.getShort(0x13 * 4) & 0xFFFF);
    assertThat(image.alias()[target - 0xF0000]).as("IRET").isEqualTo((byte) 0xCF);
    ByteBuffer data = Kernels.at(image, 0x400);
    assertThat(data.getShort(0)).isEqualTo((short) 0x3F8);
    assertThat(data.getShort(0x0E)).isEqualTo((short) 0x9FC0);
    assertThat(data.getShort(0x13)).isEqualTo((short) 639);
    assertThat(data.getShort(0x63)).isEqualTo((short) 0x3D4);
  }

  @Test
  void aRomConsistsOfWholePages() {
    assertThatThrownBy(() -> new BootImage(List.of(), new byte[100], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
