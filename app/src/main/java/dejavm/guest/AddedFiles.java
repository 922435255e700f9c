package dejavm.guest;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Files that are put into a guest's initial RAM disk, over what is there. Linux unpacks any number
 * of archives, one after the other, compressed or not, so these are a second archive behind the
 * disk; an archive that is not compressed must begin at a multiple of four bytes.
 *
 * <p>Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */
public final class AddedFiles {
  private static final int EXECUTABLE = 0755;
  private static final int READABLE = 0644;

  private record Added(int permissions, byte[] content) {}

  /** In the order of their names, so that the order of the calls makes no difference. */
  private final TreeMap<String, Added> files = new TreeMap<>();

  /**
   * Adds a file; the directories above it come with it.
   *
   * @param path from the root, with a slash before each name
   * @throws IllegalArgumentException where that is no such path
   */
  public void add(String path, boolean executable, byte[] content) {
    List<String> names = List.of(path.split("/", -1));
    if (names.size() < 2 || !names.getFirst().isEmpty()) {
      throw new IllegalArgumentException("'" + path + "' does not begin with /");
    }
    for (String name : names.subList(1, names.size())) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException("'" + path + "' is no file's path");
      }
    }
    String file = path.substring(1);
    files.put(file, new Added(executable ? EXECUTABLE : READABLE, content.clone()));
  }

  public boolean empty() {
    return files.isEmpty();
  }

  /**
   * The disk with these files; without a disk, these files alone.
   *
   * @throws IllegalArgumentException where one of them is to lie in another
   */
  public byte[] appendedTo(byte[] disk) {
    Cpio archive = new Cpio();
    TreeSet<String> directories = new TreeSet<>();
    for (String file : files.keySet()) {
      for (String above = parent(file); !above.isEmpty(); above = parent(above)) {
        directories.add(above);
      }
    }
    for (String directory : directories) {
      if (files.containsKey(directory)) {
        throw new IllegalArgumentException("'/" + directory + "' is a file and a directory");
      }
      archive.directory(directory, EXECUTABLE);
    }
    files.forEach((path, added) -> archive.file(path, added.permissions(), added.content()));
    byte[] more = archive.finish();
    int begin = disk == null ? 0 : (disk.length + 3) & ~3;
    byte[] both = disk == null ? new byte[more.length] : Arrays.copyOf(disk, begin + more.length);
    System.arraycopy(more, 0, both, begin, more.length);
    return both;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
