package dejavm.cli;

import dejavm.host.RecordingFile;
import dejavm.machine.Execution;
import dejavm.record.Boundary;
import dejavm.record.DivergenceException;
import dejavm.record.RecordingReader;
import dejavm.session.Conversion;
import dejavm.session.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dejavm convert}. */
@Command(
    name = "convert",
    description = {
      "Makes a recording at the cpu boundary of one at the machine boundary, by replaying it.",
      "The new one replays without devices; verify proves that it is the same run."
    })
final class ConvertCommand implements Callable<Integer> {
  private final Report report;

  @Mixin private References references;

  @Parameters(paramLabel = "FILE", description = "A recording at the machine boundary.")
  private Path file;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      required = true,
      description = "Where the new recording goes.")
  private Path target;

  @Option(
      names = "--boundary",
      paramLabel = "cpu",
      defaultValue = "cpu",
      description = "Where the outer world begins in the new one. Default and only choice: cpu.")
  private Boundary boundary;

  @Option(names = "--force", description = "Replace the new file if it exists.")
  private boolean force;

  @Option(names = "--verify", description = "Verify the new recording when it is done.")
  private boolean verify;

  @Option(names = "--json", description = "The result as JSON on standard output.")
  private boolean json;

  ConvertCommand(Report report) {
    this.report = report;
  }

  @Override
  public Integer call() {
    if (boundary != Boundary.CPU) {
      throw Refusal.usage("--boundary machine: " + Conversion.ONE_WAY);
    }
    RecordCommand.refuseExisting(target, force);
    if (same()) {
      throw Refusal.usage(target + ": is the recording itself");
    }
    return new Opened(file, references).with((reader, _) -> convert(reader));
  }

  private boolean same() {
    try {
      return Files.exists(target) && Files.exists(file) && Files.isSameFile(file, target);
    } catch (IOException e) {
      return false;
    }
  }

  private int convert(RecordingReader reader) {
    if (reader.header().boundary() == Boundary.CPU) {
      throw Refusal.usage(file + ": made at the cpu boundary already: " + Conversion.ONE_WAY);
    }
    new Opened(file).warn(report, reader);
    // before the target is touched: refuses what cannot be replayed at all
    Setup.of(reader);
    long begun = System.nanoTime();
    Conversion conversion;
    try (RecordingFile open = new RecordingFile(target, force)) {
      conversion = open.convert(reader);
      convert(conversion, Math.max(1, reader.lastNow()));
    }
    report.clear();
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Opened(target)
        .with((written, bytes) -> tell(reader, written, bytes, conversion, seconds));
  }

  private void convert(Conversion conversion, long end) {
    try {
      conversion.run(report.progress(now -> "converting: %d %%".formatted(now * 100 / end)));
    } catch (DivergenceException e) {
      throw Refusal.failed(
          "%s: its replay differs: %s; what was converted before is in %s"
              .formatted(file, e.getMessage(), target));
    }
  }

  private int tell(
      RecordingReader from,
      RecordingReader written,
      long bytes,
      Conversion conversion,
      double seconds) {
    if (json) {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("instructions", conversion.retired());
      figures.put("ticks", conversion.now());
      figures.put("bytes", bytes);
      figures.put("wall_seconds", Figures.rounded(seconds));
      report.json(figures);
    } else {
      report.line(
          "%s: %,d instructions, %,d bytes, %.1f s"
              .formatted(target, conversion.retired(), bytes, seconds));
    }
    if (!written.complete()) {
      return report.error(ExitCode.FAILED, target + ": does not read back: " + Opened.gap(written));
    }
    int verified =
        verify
            ? new Check(report, Execution.fastest().engine(), 1, 1).run(written, target)
            : ExitCode.DONE;
    return from.complete()
        ? verified
        : report.error(
            ExitCode.FAILED,
            "%s: converted up to its last frame; it is not complete: %s"
                .formatted(file, Opened.gap(from)));
  }
}
