package dejavm.cli;

import dejavm.record.RecordingReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dejavm info}. */
@Command(name = "info", description = "Tells what is in a recording.")
final class InfoCommand implements Callable<Integer> {
  private final Report report;

  @Parameters(paramLabel = "FILE", description = "A recording.")
  private Path file;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  InfoCommand(Report report) {
    this.report = report;
  }

  @Override
  public Integer call() {
    return new Opened(file).with(this::tell);
  }

  private int tell(RecordingReader reader, long bytes) {
    Map<String, Object> contents = new Contents(reader, bytes).json();
    if (json) {
      report.json(contents);
    } else {
      show("", contents);
    }
    return reader.complete()
        ? ExitCode.DONE
        : report.error(ExitCode.FAILED, file + ": not complete: " + Opened.gap(reader));
  }

  private void show(String indent, Map<?, ?> contents) {
    for (Map.Entry<?, ?> entry : contents.entrySet()) {
      String name = entry.getKey().toString().replace('_', ' ');
      switch (entry.getValue()) {
        case Map<?, ?> inner when inner.isEmpty() -> report.line(indent + name + ": none");
        case Map<?, ?> inner -> {
          report.line(indent + name + ":");
          show(indent + "  ", inner);
        }
        case Iterable<?> list -> list.forEach(item -> item(indent, name, item));
        case Long number -> report.line("%s%s: %,d".formatted(indent, name, number));
        default -> report.line(indent + name + ": " + entry.getValue());
      }
    }
  }

  private void item(String indent, String name, Object item) {
    if (item instanceof Map<?, ?> map) {
      StringBuilder line = new StringBuilder(indent).append(name).append(':');
      map.forEach((_, value) -> line.append(' ').append(value));
      report.line(line.toString());
    }
  }
}
