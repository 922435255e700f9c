package dejavm.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * What a Debian kernel has as modules and needs for drives: controllers, disks, discs, file
 * systems; and a program that checks those. They lie in an archive for the initial RAM disk, with a
 * list in which each comes after those it needs.
 *
 * <p>A module names what it needs in a text within itself, so no index is needed.
 */
final class KernelModules {
  /** Changes whenever what is packed does. */
  static final String RECIPE = "2";

  /** Modules to be loaded; crc32c is one that ext4 asks for by its function only. */
  private static final List<String> LOADED =
      List.of(
          "ata_piix",
          "ahci",
          "sd_mod",
          "sr_mod",
          "crc32c_generic",
          "ext4",
          "isofs",
          "vfat",
          "nls_cp437",
          "nls_ascii",
          "floppy");

  private static final String PLACES =
      "(usr/)?lib/modules/[^/]+/kernel/"
          + "(crypto|lib|block|drivers/(ata|cdrom)|fs/(ext4|jbd2|fat|isofs|nls)"
          + "|fs(?=/mbcache)|drivers/block(?=/floppy\\.)|drivers/scsi(?=/(scsi_common|scsi_mod|sd_mod|sr_mod)\\.))"
          + "/([^/]+/)*[^/]+\\.ko";
  private static final String DEPENDS = "\0depends=";

  private final Map<String, byte[]> modules = new TreeMap<>();
  private final byte[] check;

  /**
   * @param files modules by their paths, those among them that are needed and others
   * @param check a program that checks a file system
   */
  KernelModules(SortedMap<String, byte[]> files, byte[] check) {
    files.forEach((path, bytes) -> modules.put(name(path), bytes));
    this.check = check.clone();
  }

  /** Whether a file of a kernel's package is such a module. */
  static boolean wanted(String path) {
    return path.matches(PLACES);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1, path.length() - ".ko".length())
        .replace('-', '_');
  }

  /** The names of the modules to be loaded, in order; what the kernel has built in is left out. */
  List<String> order() {
    Set<String> order = new LinkedHashSet<>();
    LOADED.forEach(name -> add(name, order));
    return List.copyOf(order);
  }

  private void add(String name, Set<String> order) {
    byte[] module = modules.get(name);
    if (module == null || order.contains(name)) {
      return;
    }
    String text = new String(module, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(DEPENDS);
    if (at >= 0) {
      int begin = at + DEPENDS.length();
      for (String needed : text.substring(begin, text.indexOf('\0', begin)).split(",")) {
        add(needed.replace('-', '_'), order);
      }
    }
    order.add(name);
  }

  /** The archive, gzipped. */
  byte[] pack() {
    Cpio archive = new Cpio().directory("modules", 0755);
    StringBuilder list = new StringBuilder();
    for (String name : order()) {
      archive.file("modules/" + name + ".ko", 0644, modules.get(name));
      list.append(name).append(".ko\n");
    }
    archive.file("modules/order", 0644, list.toString().getBytes(StandardCharsets.US_ASCII));
    archive.file("bin/e2fsck", 0755, check);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(archive.finish());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
