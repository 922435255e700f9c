package dejavm.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Writes a cpio archive in the "newc" format, which is what Linux unpacks into its first root file
 * system. Every header is ASCII hexadecimal; names and contents are padded to four bytes, and the
 * archive ends with an entry called {@code TRAILER!!!}. Owners are root, times are zero and inode
 * numbers count up, so the same calls give the same bytes.
 *
 * <p>Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */
final class Cpio {
  private static final int DIRECTORY = 0040000;
  private static final int FILE = 0100000;
  private static final int SYMLINK = 0120000;
  private static final int CHARACTER_DEVICE = 0020000;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int inode;
  private boolean finished;

  Cpio directory(String name, int permissions) {
    entry(name, DIRECTORY | permissions, 2, new byte[0], 0, 0);
    return this;
  }

  Cpio file(String name, int permissions, byte[] content) {
    entry(name, FILE | permissions, 1, content, 0, 0);
    return this;
  }

  Cpio symlink(String name, String target) {
    entry(name, SYMLINK | 0777, 1, target.getBytes(StandardCharsets.UTF_8), 0, 0);
    return this;
  }

  Cpio characterDevice(String name, int permissions, int major, int minor) {
    entry(name, CHARACTER_DEVICE | permissions, 1, new byte[0], major, minor);
    return this;
  }

  /** The whole archive; nothing can be added after this. */
  byte[] finish() {
    if (!finished) {
      inode = -1;
      entry("TRAILER!!!", 0, 1, new byte[0], 0, 0);
      finished = true;
    }
    return out.toByteArray();
  }

  private void entry(String name, int mode, int links, byte[] content, int major, int minor) {
    if (finished) {
      throw new IllegalStateException("the archive is finished");
    }
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    inode++;
    int[] fields = {
      inode, mode, 0, 0, links, 0, content.length, 0, 0, major, minor, path.length + 1, 0
    };
    StringBuilder header = new StringBuilder("070701");
    for (int field : fields) {
      header.append(String.format(Locale.ROOT, "%08X", field));
    }
    out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(path);
    out.write(0);
    pad();
    out.writeBytes(content);
    pad();
  }

  private void pad() {
    while ((out.size() & 3) != 0) {
      out.write(0);
    }
  }
}
