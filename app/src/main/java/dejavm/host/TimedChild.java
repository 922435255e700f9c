package dejavm.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs programs to their ends, one at a time, and tells what they took. The seconds of CPU are
 * those that the system has counted for children of this process which it has waited for, so no
 * other child may end meanwhile.
 *
 * <p>Source: proc_pid_stat(5), cutime and cstime; their unit is 10 ms on Linux for PCs.
 */
public final class TimedChild {
  private static final Path ACCOUNT = Path.of("/proc/self/stat");
  private static final double TICKS_PER_SECOND = 100;

  private final Path errors;
  private final Duration limit;

  /**
   * What a program took.
   *
   * @param wallSeconds from its start to its end
   * @param cpuSeconds of all its threads, in user and kernel mode; 0 where the system does not tell
   * @param errors what it wrote to standard error
   */
  public record Took(int exitCode, double wallSeconds, double cpuSeconds, String errors) {}

  /**
   * @param errors the file for what children write to standard error
   * @param limit how long one may take
   */
  public TimedChild(Path errors, Duration limit) {
    this.errors = errors;
    this.limit = limit;
  }

  /** A program of that name on the path of programs. */
  public static Optional<Path> find(String name, String searchPath) {
    return Pattern.compile(":")
        .splitAsStream(searchPath)
        .map(directory -> Path.of(directory.isEmpty() ? "." : directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Runs a program; it has no input, and what it prints is dropped. */
  public Took run(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(errors.toFile());
    try {
      double cpu = childrenSeconds();
      long begun = System.nanoTime();
      int exitCode = await(builder.start(), command);
      double wall = (System.nanoTime() - begun) / 1e9;
      String said = Files.readString(errors, StandardCharsets.UTF_8);
      return new Took(exitCode, wall, childrenSeconds() - cpu, said);
    } catch (IOException e) {
      throw HostFailure.reading(command.getFirst(), e);
    }
  }

  /** The child ends with this process, whatever ends that. */
  private int await(Process child, List<String> command) throws IOException {
    Thread end = new Thread(child::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(end);
    try {
      if (!child.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException(
            "not done after %d s: %s".formatted(limit.toSeconds(), String.join(" ", command)));
      }
      Runtime.getRuntime().removeShutdownHook(end);
      return child.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      child.destroyForcibly();
    }
  }

  private static double childrenSeconds() throws IOException {
    if (!Files.exists(ACCOUNT)) {
      return 0;
    }
    String account = Files.readString(ACCOUNT, StandardCharsets.ISO_8859_1);
    // the name of the program stands in parentheses, and may hold blanks
    String[] fields = account.substring(account.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND;
  }
}
