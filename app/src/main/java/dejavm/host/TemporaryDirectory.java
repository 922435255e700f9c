package dejavm.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory that goes with all that is in it: when it is closed, or when the program ends. */
public final class TemporaryDirectory implements AutoCloseable {
  private final Path path;
  private final Thread end;

  public TemporaryDirectory(String prefix) {
    try {
      path = Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw HostFailure.writing("the directory of temporary files", e);
    }
    end = new Thread(this::delete);
    Runtime.getRuntime().addShutdownHook(end);
  }

  /** A file in it. */
  public Path file(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(end);
    delete();
  }

  private void delete() {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw HostFailure.writing(path, e);
    }
  }
}
