package dejavm.machine.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcpiTablesTest {
  private static final MemoryMap MEMORY = new MemoryMap(64 << 20);

  private final AcpiTables acpi = new AcpiTables(MEMORY);

  @Test
  void theRootPointerSumsToZeroInBothItsParts() {
    byte[] pointer = acpi.rootPointer();
    assertThat(new String(pointer, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("RSD PTR ");
    assertThat(sum(Arrays.copyOf(pointer, 20))).isZero();
    assertThat(sum(pointer)).isZero();
    assertThat(pointer).hasSize(36);
  }

  @Test
  void everyTableIsReachedAndSumsToZero() {
    ByteBuffer pointer = little(acpi.rootPointer());
    ByteBuffer rsdt = table("RSDT", pointer.getInt(16));
    ByteBuffer xsdt = table("XSDT", pointer.getLong(24));
    assertThat(rsdt.getInt(36)).isEqualTo((int) xsdt.getLong(36));
    ByteBuffer fadt = table("FACP", rsdt.getInt(36));
    assertThat(fadt.getLong(140)).isEqualTo(fadt.getInt(40));
    table("DSDT", fadt.getInt(40));
    ByteBuffer facs = bytesAt(fadt.getInt(36));
    assertThat(facs.getInt(0))
        .isEqualTo(little("FACS".getBytes(StandardCharsets.US_ASCII)).getInt(0));
    assertThat(fadt.getInt(36) % 64).isZero();
  }

  @Test
  void theRegistersAreWhereTheBoardHasThem() {
    ByteBuffer rsdt = table("RSDT", little(acpi.rootPointer()).getInt(16));
    ByteBuffer fadt = table("FACP", rsdt.getInt(36));
    assertThat(fadt.getShort(46)).as("SCI").isEqualTo((short) 9);
    assertThat(fadt.getInt(48)).isEqualTo(0xB2);
    assertThat(fadt.get(52)).isEqualTo((byte) 0xF1);
    assertThat(fadt.get(53)).isEqualTo((byte) 0xF0);
    assertThat(fadt.getInt(56)).isEqualTo(0x600);
    assertThat(fadt.getInt(64)).isEqualTo(0x604);
    assertThat(fadt.getInt(76)).isEqualTo(0x608);
    assertThat(fadt.getInt(80)).isEqualTo(0x60C);
    assertThat(fadt.get(108)).as("century").isEqualTo((byte) 0x32);
    assertThat(fadt.getLong(120)).as("reset").isEqualTo(0xCF9);
    assertThat(fadt.get(128)).isEqualTo((byte) 6);
    assertThat(fadt.getLong(152)).isEqualTo(0x600);
    assertThat(fadt.getLong(176)).isEqualTo(0x604);
  }

  @Test
  void allLiesInMemoryThatTheMapReservesForIt() {
    for (BootImage.Blob blob : acpi.blobs()) {
      assertThat(MEMORY.ranges())
          .anyMatch(range ->
              range.type() >= MemoryMap.ACPI_DATA
                  && range.start() <= blob.address()
                  && blob.end() <= range.end());
    }
  }

  @Test
  void acpicaDisassemblesThemWithoutComplaint(@TempDir Path directory) throws Exception {
    assumeTrue(Tools.present("iasl"), "acpica-tools are installed");
    ByteBuffer rsdt = table("RSDT", little(acpi.rootPointer()).getInt(16));
    ByteBuffer fadt = table("FACP", rsdt.getInt(36));
    ByteBuffer dsdt = table("DSDT", fadt.getInt(40));
    for (ByteBuffer table : new ByteBuffer[] {rsdt, fadt, dsdt}) {
      String name =
          new String(table.array(), 0, 4, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
      Files.write(directory.resolve(name + ".aml"), table.array());
      assertThat(Tools.run(directory, "iasl", "-d", name + ".aml"))
          .doesNotContain("Error", "Warning", "Invalid");
    }
    assertThat(Tools.run(directory, "iasl", "dsdt.dsl")).contains("0 Errors, 0 Warnings");
  }

  private ByteBuffer table(String signature, long address) {
    ByteBuffer all = bytesAt(address);
    byte[] table = Arrays.copyOf(all.array(), all.getInt(4));
    assertThat(new String(table, 0, 4, StandardCharsets.US_ASCII)).isEqualTo(signature);
    assertThat(sum(table)).as(signature).isZero();
    return little(table);
  }

  private ByteBuffer bytesAt(long address) {
    for (BootImage.Blob blob : acpi.blobs()) {
      if (address >= blob.address() && address < blob.end()) {
        int from = (int) (address - blob.address());
        return little(Arrays.copyOfRange(blob.bytes(), from, blob.bytes().length));
      }
    }
    throw new AssertionError("nothing lies at " + Long.toHexString(address));
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int sum(byte[] bytes) {
    int sum = 0;
    for (byte b : bytes) {
      sum += b;
    }
    return sum & 0xFF;
  }
}
