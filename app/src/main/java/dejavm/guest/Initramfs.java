package dejavm.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/**
 * The root file system of the Debian guests: a static busybox and our {@code init} script, nothing
 * else. {@code /dev/console} must be in the archive, or the kernel starts init with no standard
 * output at all. The same busybox always gives the same bytes: there is no time, owner or name of a
 * host in it.
 */
final class Initramfs {
  private final byte[] init;

  Initramfs() {
    try (InputStream in = Initramfs.class.getResourceAsStream("init")) {
      init = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the archive would be without busybox: changes when, and only when, our part of it does.
   */
  byte[] recipe() {
    return archive(new byte[0]);
  }

  /** Packs the archive, gzipped. */
  byte[] pack(byte[] busybox) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(archive(busybox));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private byte[] archive(byte[] busybox) {
    return new Cpio()
        .directory("bin", 0755)
        .directory("dev", 0755)
        .directory("proc", 0755)
        .directory("root", 0700)
        .directory("sys", 0755)
        .directory("tmp", 01777)
        .characterDevice("dev/console", 0600, 5, 1)
        .file("bin/busybox", 0755, busybox)
        .symlink("bin/sh", "busybox")
        .file("init", 0755, init)
        .finish();
  }
}
