package dejavm.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class KernelModulesTest {
  private static byte[] module(String depends) {
    return ("\177ELF\0license=GPL\0depends=" + depends + "\0name=x\0")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static KernelModules modules() {
    String kernel = "lib/modules/6.1/kernel/";
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put(kernel + "drivers/ata/ata_piix.ko", module("libata"));
    files.put(kernel + "drivers/ata/libata.ko", module("scsi_mod,scsi_common"));
    files.put(kernel + "drivers/ata/pata_other.ko", module("libata"));
    files.put(kernel + "drivers/scsi/scsi_mod.ko", module("scsi_common"));
    files.put(kernel + "drivers/scsi/scsi_common.ko", module(""));
    files.put(kernel + "drivers/scsi/sd_mod.ko", module("scsi_mod,crc-t10dif,built_in"));
    files.put(kernel + "lib/crc-t10dif.ko", module(""));
    return new KernelModules(files, new byte[] {1});
  }

  @Test
  void eachComesAfterWhatItNeeds() {
    assertThat(modules().order())
        .containsExactly("scsi_common", "scsi_mod", "libata", "ata_piix", "crc_t10dif", "sd_mod");
  }

  @Test
  void theArchiveHasThemAndTheirOrder() throws IOException {
    byte[] packed = modules().pack();
    assertThat(packed).isEqualTo(modules().pack());
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      assertThat(new String(gzip.readAllBytes(), StandardCharsets.ISO_8859_1))
          .contains("modules/crc_t10dif.ko\0", "scsi_common.ko\nscsi_mod.ko\n", "bin/e2fsck\0")
          .doesNotContain("pata_other");
    }
  }

  @Test
  void onlySomePlacesArePacked() {
    String kernel = "lib/modules/6.1.0-50-686/kernel/";
    assertThat(KernelModules.wanted(kernel + "drivers/ata/ahci.ko")).isTrue();
    assertThat(KernelModules.wanted("usr/" + kernel + "fs/mbcache.ko")).isTrue();
    assertThat(KernelModules.wanted(kernel + "lib/crypto/libsha256.ko")).isTrue();
    assertThat(KernelModules.wanted(kernel + "drivers/scsi/sd_mod.ko")).isTrue();
    assertThat(KernelModules.wanted(kernel + "drivers/scsi/aic7xxx.ko")).isFalse();
    assertThat(KernelModules.wanted(kernel + "fs/xfs/xfs.ko")).isFalse();
    assertThat(KernelModules.wanted("boot/vmlinuz")).isFalse();
  }
}
