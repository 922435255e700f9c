package dejavm.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A directory of files with their checksums on record. Files appear whole or not at all (written
 * beside, then renamed), and the record is written last: whatever does not match it is treated as
 * absent, so a killed fetch, a full disk or a flipped bit costs another fetch and nothing else.
 */
final class Store {
  private static final String RECORD = "manifest";

  private final Path directory;
  private final Map<String, String> record = new TreeMap<>();

  Store(Path directory) {
    this.directory = directory;
    try {
      for (String line : Files.readAllLines(directory.resolve(RECORD))) {
        int blank = line.indexOf(' ');
        if (blank > 0) {
          record.put(line.substring(blank + 1), line.substring(0, blank));
        }
      }
    } catch (IOException absentOrDamaged) {
      record.clear();
    }
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  /** Whether a file is there with exactly these bytes on record. */
  boolean holds(String name) {
    try {
      return record.containsKey(name)
          && sha256(Files.readAllBytes(path(name))).equals(record.get(name));
    } catch (IOException absent) {
      return false;
    }
  }

  /** Whether a fact is on record with this value. */
  boolean states(String name, String value) {
    return value.equals(record.get(name));
  }

  void put(String name, byte[] content) throws IOException {
    Files.createDirectories(directory);
    replace(name, content);
    record.put(name, sha256(content));
  }

  /** Puts a fact on record that is no file; {@code value} is without blanks. */
  void state(String name, String value) {
    record.put(name, value);
  }

  /** Makes the record lasting. */
  void commit() throws IOException {
    StringBuilder lines = new StringBuilder();
    record.forEach((name, value) -> lines.append(value).append(' ').append(name).append('\n'));
    replace(RECORD, lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void replace(String name, byte[] content) throws IOException {
    Path beside = Files.createTempFile(directory, name, ".new");
    try {
      Files.write(beside, content);
      Files.move(
          beside, path(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** Deletes a directory with all that is in it. */
  static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
