package dejavm.cli;

import dejavm.record.LogText;
import dejavm.record.RecordingReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dejavm log}. */
@Command(
    name = "log",
    description = "Prints a recording as lines of text, which can be read and compared.")
final class LogCommand implements Callable<Integer> {
  private final Report report;

  @Parameters(paramLabel = "FILE", description = "A recording.")
  private Path file;

  LogCommand(Report report) {
    this.report = report;
  }

  @Override
  public Integer call() {
    return new Opened(file).with((reader, _) -> print(reader));
  }

  private int print(RecordingReader reader) {
    new LogText(this::line).write(reader);
    return reader.complete()
        ? ExitCode.DONE
        : report.error(ExitCode.FAILED, file + ": not complete: " + Opened.gap(reader));
  }

  private void line(String line) {
    if (!report.line(line)) {
      throw report.sink().failure();
    }
  }
}
