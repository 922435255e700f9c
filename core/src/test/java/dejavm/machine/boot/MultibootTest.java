package dejavm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MultibootTest {
  private static final long RAM = 4 << 20;
  private static final int INFO = 0x90000;

  @Test
  void loadsByTheAddressesInTheHeader() throws BootRefused {
    byte[] file = Kernels.multiboot(0x100000).array();
    assertThat(Multiboot.recognises(file)).isTrue();
    BootImage image = Multiboot.image(file, List.of(), "a b", RAM);

    ByteBuffer kernel = Kernels.at(image, 0x100000);
    assertThat(kernel.capacity()).as("with bss").isEqualTo(1000);
    assertThat(kernel.get(255)).isEqualTo((byte) 0x5A);
    assertThat(kernel.get(256)).isZero();
    assertThat(Kernels.registers(image))
        .containsExactly(0x100040, 0x2BADB002, INFO, 0, 0, 0x7C00, 1);
  }

  @Test
  void loadsElfSegmentsAtTheirPhysicalAddresses() throws BootRefused {
    BootImage image = Multiboot.image(Kernels.elf().array(), List.of(), "", RAM);
    ByteBuffer kernel = Kernels.at(image, 0x100000);
    assertThat(kernel.capacity()).isEqualTo(0x2000);
    assertThat(Kernels.registers(image)[0]).isEqualTo(0x100020);
  }

  @Test
  void describesModulesAndMemory() throws BootRefused {
    byte[] file = Kernels.multiboot(0x100000).array();
    List<Multiboot.Module> modules =
        List.of(
            new Multiboot.Module(new byte[5000], "first one"),
            new Multiboot.Module(new byte[] {7}, "second"));
    BootImage image = Multiboot.image(file, modules, "line", RAM);
    ByteBuffer info = Kernels.at(image, INFO);

    assertThat(info.getInt(0)).isEqualTo(0b10_0100_1101);
    assertThat(info.getInt(4)).isEqualTo(639);
    assertThat(info.getInt(8)).isEqualTo(3 * 1024 - 64);
    assertThat(text(info, info.getInt(16))).isEqualTo("line");
    assertThat(text(info, info.getInt(64))).isEqualTo("DejaVM");
    assertThat(info.getInt(20)).isEqualTo(2);
    int table = info.getInt(24) - INFO;
    assertThat(info.getInt(table)).isEqualTo(0x101000);
    assertThat(info.getInt(table + 4)).isEqualTo(0x101000 + 5000);
    assertThat(text(info, info.getInt(table + 8))).isEqualTo("first one");
    assertThat(info.getInt(table + 16)).isEqualTo(0x103000);
    assertThat(text(info, info.getInt(table + 24))).isEqualTo("second");
    assertThat(Kernels.at(image, 0x103000).array()).containsExactly(7);
    int map = info.getInt(48) - INFO;
    assertThat(info.getInt(44) % 24).isZero();
    assertThat(info.getInt(map)).isEqualTo(20);
    assertThat(info.getLong(map + 12)).isEqualTo(0x9FC00);
    assertThat(info.getInt(map + 20)).isEqualTo(1);
  }

  @Test
  void bootsTheGuestTiny() throws BootRefused {
    BootImage image = Multiboot.image(Embedded.tiny(), List.of(), "job=demo", RAM);
    assertThat(Kernels.at(image, 0x100000).getInt(0)).isEqualTo(0x1BADB002);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void refusesWhatItCannotBoot(String message, ByteBuffer file, Consumer<ByteBuffer> damage) {
    damage.accept(file);
    List<Multiboot.Module> modules = List.of(new Multiboot.Module(new byte[1 << 20], "m"));
    assertThatThrownBy(() -> Multiboot.image(file.array(), modules, "", RAM))
        .isInstanceOf(BootRefused.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        broken("no multiboot header", Kernels.multiboot(0x100000), k -> k.putInt(24, 0)),
        broken(
            "unknown multiboot features",
            Kernels.multiboot(0x100000),
            k -> k.putInt(20, 0x10008).putInt(24, -(0x1BADB002 + 0x10008))),
        broken("no free RAM", Kernels.multiboot(0x9F000), k -> {}),
        broken("no free RAM", Kernels.multiboot(0x3EFFFF), k -> {}),
        broken("modules do not fit", Kernels.multiboot(0x3E0000), k -> {}),
        broken("cut off", Kernels.multiboot(0x100000), k -> k.putInt(36, 0x100000 + 257)),
        broken("cut off", Kernels.multiboot(0x100000), k -> k.putInt(32, 0x100020)),
        broken("neither a 32-bit ELF", Kernels.elf(), k -> k.put(4, (byte) 2)),
        broken("headers are cut off", Kernels.elf(), k -> k.putInt(0x1C, 500)),
        broken("nothing to load", Kernels.elf(), k -> k.putInt(52, 4)),
        broken("cut off", Kernels.elf(), k -> k.putInt(68, 0x1000)),
        broken("no free RAM", Kernels.elf(), k -> k.putInt(64, 0xC0100000)));
  }

  private static Arguments broken(String message, ByteBuffer file, Consumer<ByteBuffer> damage) {
    return Arguments.of(message, file, damage);
  }

  @Test
  void refusesEveryDamagedFileInWords() {
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      byte[] file = (i % 2 == 0 ? Kernels.elf() : Kernels.multiboot(0x100000)).array();
      for (int flip = random.nextInt(4); flip >= 0; flip--) {
        file[random.nextInt(84)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Multiboot.image(file, List.of(), "a", RAM);
      } catch (BootRefused refused) {
        assertThat(refused).hasMessageNotContaining("\n");
      }
    }
  }

  private static String text(ByteBuffer info, int address) {
    StringBuilder text = new StringBuilder();
    for (int at = address - INFO; info.get(at) != 0; at++) {
      text.append((char) info.get(at));
    }
    return text.toString();
  }
}
