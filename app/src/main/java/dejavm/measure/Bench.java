package dejavm.measure;

import dejavm.host.HostFailure;
import dejavm.host.TemporaryDirectory;
import dejavm.host.TimedChild;
import dejavm.host.TimedChild.Took;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where measurements take place: a directory of their own, which goes when they are done. */
public final class Bench implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofHours(1);

  private final List<String> program;
  private final String searchPath;
  private final TemporaryDirectory directory = new TemporaryDirectory("dejavm-bench");
  private final TimedChild child;

  /**
   * @param program the command that runs DejaVM
   * @param searchPath where QEMU is looked for
   */
  public Bench(List<String> program, String searchPath) {
    this.program = List.copyOf(program);
    this.searchPath = searchPath;
    child = new TimedChild(directory.file("errors"), LIMIT);
  }

  Path file(String name) {
    return directory.file(name);
  }

  /** Whether QEMU for this processor is there. */
  public boolean hasQemu(boolean is64) {
    return qemu(is64).isPresent();
  }

  private Optional<Path> qemu(boolean is64) {
    return TimedChild.find(is64 ? "qemu-system-x86_64" : "qemu-system-i386", searchPath);
  }

  /** Runs DejaVM. */
  Took dejavm(List<String> arguments, int exitCode) throws MeasurementFailed {
    List<String> command = new ArrayList<>(program);
    command.addAll(arguments);
    return run("dejavm", command, exitCode);
  }

  /** Runs QEMU: a PC of one thread, translated. */
  Took qemu(boolean is64, List<String> arguments, int exitCode) throws MeasurementFailed {
    Path program = qemu(is64).orElseThrow();
    List<String> command =
        new ArrayList<>(List.of(program.toString(), "-accel", "tcg,thread=single", "-M", "pc"));
    command.addAll(List.of("-display", "none", "-no-reboot", "-monitor", "none"));
    command.addAll(arguments);
    return run(program.getFileName().toString(), command, exitCode);
  }

  private Took run(String name, List<String> command, int exitCode) throws MeasurementFailed {
    Took took = child.run(command);
    if (took.exitCode() != exitCode) {
      String said = took.errors().lines().findFirst().orElse("it said nothing");
      throw new MeasurementFailed(
          "%s ended with exit code %d, not %d: %s"
              .formatted(name, took.exitCode(), exitCode, said));
    }
    return took;
  }

  void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw HostFailure.writing(file, e);
    }
  }

  String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw HostFailure.reading(file, e);
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
