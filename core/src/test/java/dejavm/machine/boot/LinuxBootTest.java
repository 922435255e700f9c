package dejavm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LinuxBootTest {
  private static final long RAM = 16 << 20;

  @Test
  void entersTheKernelWithTheZeroPageInEsi() throws BootRefused {
    BootImage image = LinuxBoot.bzImage(Kernels.bzImage().array(), null, "quiet", RAM);

    assertThat(Kernels.registers(image)).containsExactly(0x100000, 0, 0, 0, 0x90000, 0x90000, 1);
    ByteBuffer body = Kernels.at(image, 0x100000);
    assertThat(body.capacity()).isEqualTo(Kernels.BODY);
    assertThat(body.get(0x123)).isEqualTo((byte) 0x23);
    assertThat(image.romAddress()).isEqualTo(0xFFFF0000L);
    assertThat(image.aliasAddress()).isEqualTo(0xF0000);
    assertThat(image.alias()).isEqualTo(image.rom());
  }

  @Test
  void tellsTheKernelWhatTheFirmwareWould() throws BootRefused {
    byte[] initrd = new byte[5000];
    BootImage image = LinuxBoot.bzImage(Kernels.bzImage().array(), initrd, "console=ttyS0", RAM);
    ByteBuffer zero = Kernels.at(image, 0x90000);

    assertThat(zero.getInt(0x202)).isEqualTo(0x53726448);
    assertThat(zero.get(0x210)).isEqualTo((byte) 0xFF);
    assertThat(zero.get(0x0F)).as("VGA").isEqualTo((byte) 1);
    assertThat(zero.getLong(0x70)).isEqualTo(0xF0000);
    byte[] text = Kernels.at(image, zero.getInt(0x228)).array();
    assertThat(new String(text, StandardCharsets.UTF_8)).isEqualTo("console=ttyS0\0");
    long disk = zero.getInt(0x218);
    assertThat(zero.getInt(0x21C)).isEqualTo(5000);
    assertThat(disk % 4096).isZero();
    assertThat(disk + 5000).isBetween(RAM - 0x10000 - 4096, RAM - 0x10000);
    assertThat(Kernels.at(image, disk).array()).isEqualTo(initrd);
  }

  @Test
  void describesMemoryWithoutOverlaps() throws BootRefused {
    for (long ram : new long[] {RAM, 2L << 30, 5L << 30}) {
      BootImage image = LinuxBoot.bzImage(Kernels.bzImage().array(), null, "", ram);
      ByteBuffer zero = Kernels.at(image, 0x90000);
      long usable = 0;
      long before = 0;
      for (int i = 0; i < zero.get(0x1E8); i++) {
        long start = zero.getLong(0x2D0 + 20 * i);
        long length = zero.getLong(0x2D8 + 20 * i);
        assertThat(start).isGreaterThanOrEqualTo(before);
        before = start + length;
        usable += zero.getInt(0x2E0 + 20 * i) == 1 ? length : 0;
      }
      assertThat(usable).isEqualTo(ram - 0x10000 - (0x100000 - 0x9FC00));
    }
  }

  @Test
  void keepsTheInitrdBelowTheKernelsLimit() throws BootRefused {
    byte[] kernel = Kernels.bzImage().putInt(0x22C, 0x7FFFFF).array();
    BootImage image = LinuxBoot.bzImage(kernel, new byte[4096], "", RAM);
    assertThat(Kernels.at(image, 0x90000).getInt(0x218)).isEqualTo(0x7FF000);
  }

  @Test
  void tellsAKernelFor64BitProcessors() {
    ByteBuffer kernel = Kernels.bzImage();
    assertThat(LinuxBoot.is64(kernel.array())).isFalse();
    assertThat(LinuxBoot.is64(kernel.putShort(0x236, (short) 0x7F).array())).isTrue();
    assertThat(LinuxBoot.is64(kernel.putShort(0x206, (short) 0x20B).array())).isFalse();
    assertThat(LinuxBoot.is64(new byte[0x237])).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void refusesWhatItCannotBoot(String message, Consumer<ByteBuffer> damage) {
    ByteBuffer kernel = Kernels.bzImage();
    damage.accept(kernel);
    assertThatThrownBy(() -> LinuxBoot.bzImage(kernel.array(), new byte[1 << 20], "12345", RAM))
        .isInstanceOf(BootRefused.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        broken("ELF file", k -> k.putInt(0, 0x464C457F)),
        broken("no boot sector signature", k -> k.putShort(0x1FE, (short) 0)),
        broken("no HdrS signature", k -> k.putInt(0x202, 0)),
        broken("boot protocol is 2.03; 2.04", k -> k.putShort(0x206, (short) 0x203)),
        broken("zImage", k -> k.put(0x211, (byte) 0)),
        broken("cut off: 9728 bytes where its header says 9744", k -> k.putInt(0x1F4, BODY16 + 1)),
        broken("cut off", k -> k.put(0x1F1, (byte) 64)),
        broken("command line has 5 bytes; this kernel takes 4", k -> k.putInt(0x238, 4)),
        broken("needs 35 MiB of RAM", k -> k.putInt(0x260, 0x2000000)),
        broken("initial RAM disk is too big", k -> k.putInt(0x22C, 0x1FFFFF)),
        broken("initial RAM disk is too big", k -> k.putInt(0x260, 0xD00000)));
  }

  private static final int BODY16 = Kernels.BODY / 16;

  private static Arguments broken(String message, Consumer<ByteBuffer> damage) {
    return Arguments.of(message, damage);
  }

  @Test
  void refusesEveryDamagedFileInWords() {
    Random random = new Random(2);
    for (int i = 0; i < 1000; i++) {
      byte[] kernel = Kernels.bzImage().array();
      for (int flip = random.nextInt(4); flip >= 0; flip--) {
        kernel[0x1F0 + random.nextInt(0x80)] ^= (byte) (1 << random.nextInt(8));
      }
      byte[] cut = Arrays.copyOf(kernel, random.nextInt(kernel.length + 1));
      for (byte[] file : new byte[][] {kernel, cut}) {
        try {
          LinuxBoot.bzImage(file, new byte[100], "a", RAM);
        } catch (BootRefused refused) {
          assertThat(refused).hasMessageNotContaining("\n");
        }
      }
    }
  }
}
