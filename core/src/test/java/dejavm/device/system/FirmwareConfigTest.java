package dejavm.device.system;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.device.FakeRam;
import dejavm.machine.boot.FirmwareItems;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FirmwareConfigTest {
  private final List<String> log = new ArrayList<>();
  private final FakeRam ram = new FakeRam(1 << 20, log);
  private final FirmwareConfig config =
      new FirmwareConfig(ram, FirmwareItems.of(256 << 20, true, new byte[0]));

  private byte[] read(int item, int length) {
    config.selector().write(0, 2, item);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) config.selector().read(1, 1);
    }
    return bytes;
  }

  private void transfer(int address) {
    config.dma().write(0, 4, 0);
    config.dma().write(4, 4, Integer.reverseBytes(address) & 0xFFFFFFFFL);
  }

  private Map<String, ByteBuffer> files() {
    ByteBuffer directory = ByteBuffer.wrap(read(0x19, 4096));
    Map<String, ByteBuffer> files = new LinkedHashMap<>();
    for (int left = directory.getInt(); left > 0; left--) {
      int length = directory.getInt();
      int number = directory.getShort();
      directory.getShort();
      byte[] name = new byte[56];
      directory.get(name);
      files.put(
          new String(name, StandardCharsets.US_ASCII).trim(),
          ByteBuffer.wrap(read(number, length)));
    }
    return files;
  }

  @Test
  void itemsAreReadByteByByte() {
    assertThat(new String(read(0, 4), StandardCharsets.US_ASCII)).isEqualTo("QEMU");
    assertThat(read(1, 4)).containsExactly(3, 0, 0, 0);
    assertThat(read(3, 10))
        .as("zeros behind the end")
        .containsExactly(0, 0, 0, 16, 0, 0, 0, 0, 0, 0);
    assertThat(read(0x0E, 2)).as("a menu").containsExactly(1, 0);
    assertThat(read(0x7777, 1)).containsExactly(0);
  }

  @Test
  void theDirectoryNamesTheFiles() {
    assertThat(files().keySet())
        .containsExactly(
            "etc/acpi/rsdp",
            "etc/acpi/tables",
            "etc/table-loader",
            "etc/e820",
            "etc/boot-fail-wait");
  }

  /** What the loader's commands come to: every table sums to zero, wherever they are put. */
  @Test
  void theTablesCanBePutAnywhere() {
    Map<String, ByteBuffer> files = files();
    files.values().forEach(file -> file.order(java.nio.ByteOrder.LITTLE_ENDIAN));
    ByteBuffer loader = files.get("etc/table-loader");
    int base = 0x0FFE_0000;
    int sums = 0;
    for (int at = 0; at < loader.capacity(); at += 128) {
      byte[] name = new byte[56];
      loader.get(at + 4, name);
      ByteBuffer file = files.get(new String(name, StandardCharsets.US_ASCII).trim());
      if (loader.getInt(at) == 2) {
        int offset = loader.getInt(at + 116);
        int target = file.getInt(offset);
        assertThat(target).isBetween(0, files.get("etc/acpi/tables").capacity() - 1);
        file.putInt(offset, target + base);
      } else if (loader.getInt(at) == 3) {
        int start = loader.getInt(at + 64);
        int length = loader.getInt(at + 68);
        file.put(loader.getInt(at + 60), (byte) 0);
        int sum = 0;
        for (int i = 0; i < length; i++) {
          sum += file.get(start + i);
        }
        file.put(loader.getInt(at + 60), (byte) -sum);
        sums++;
      }
    }
    ByteBuffer tables = files.get("etc/acpi/tables");
    int xsdt = (int) files.get("etc/acpi/rsdp").getLong(24) - base;
    assertThat(tables.getInt(xsdt)).isEqualTo(0x54445358); // XSDT
    int fadt = (int) tables.getLong(xsdt + 36) - base;
    assertThat(tables.getInt(fadt)).isEqualTo(0x50434146); // FACP
    assertThat(tables.getInt(tables.getInt(fadt + 36) - base)).isEqualTo(0x53434146); // FACS
    assertThat(sums).as("six tables, and twice the root pointer").isEqualTo(8);
  }

  @Test
  void transfersAreBigEndianAndOverAtOnce() {
    assertThat(config.dma().read(0, 8)).isEqualTo(0x47464320554D4551L); // "QEMU CFG"
    ByteBuffer descriptor = ByteBuffer.wrap(ram.bytes);
    descriptor.putInt(0x1000, 0x0000_000A).putInt(0x1004, 6).putLong(0x1008, 0x2000);
    transfer(0x1000);
    assertThat(new String(ram.bytes, 0x2000, 4, StandardCharsets.US_ASCII)).isEqualTo("QEMU");
    assertThat(descriptor.getInt(0x1000)).isZero();
    assertThat(log).containsExactly("ram 2000+6", "ram 1000+4");
    descriptor.putInt(0x1000, 0x0003_000C).putInt(0x1004, 3);
    transfer(0x1000);
    assertThat(config.selector().read(1, 1)).as("after a skip").isEqualTo(0x10);
    descriptor.putInt(0x1000, 0x0000_0018).putInt(0x1004, 1);
    transfer(0x1000);
    assertThat(descriptor.getInt(0x1000)).as("nothing can be written").isEqualTo(1);
  }
}
