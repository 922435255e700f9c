package dejavm.cli;

import dejavm.host.Streams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The program, run inside this process with streams of its own. */
final class Program {
  /** What came of it. */
  record Result(int exitCode, String out, String err) {}

  private final Path cache;
  private InputStream in = new ByteArrayInputStream(new byte[0]);
  private boolean terminal;

  /**
   * @param cache a directory for what would go into the user's cache
   */
  Program(Path cache) {
    this.cache = cache;
  }

  Program input(InputStream stream) {
    in = stream;
    return this;
  }

  /** Somebody sits at a terminal, and has typed this. */
  Program typed(String text) {
    terminal = true;
    return input(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams =
        new Streams(in, out, new PrintStream(err, true, StandardCharsets.UTF_8), terminal, false);
    Map<String, String> environment = Map.of("XDG_CACHE_HOME", cache.toString());
    int exitCode = Dejavm.execute(streams, environment, arguments);
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
