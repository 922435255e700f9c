package dejavm.cli;

import dejavm.record.RecordingReader;
import dejavm.session.Setup;
import dejavm.session.Verification;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dejavm verify}. */
@Command(
    name = "verify",
    description = {
      "Executes a recording again and compares every digest in it.",
      "Exit code 0 only for one that is complete and identical."
    })
final class VerifyCommand implements Callable<Integer> {
  private final Report report;

  @Mixin private References references;

  @Parameters(paramLabel = "FILE", description = "A recording.")
  private Path file;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Decides slice lengths, cache sizes and restore points. Default: the time.")
  private Long seed;

  @Option(
      names = "--restores",
      paramLabel = "N",
      defaultValue = "2",
      description = "How often to go on in a machine restored from a snapshot. Default: 2.")
  private int restores;

  @Option(
      names = "--against",
      paramLabel = "FILE|ENGINE|BUILD",
      description = {
        "Instead of comparing digests, step the replay together with another one, to the first"
            + " instruction after which they differ: of another recording of the same run; by another"
            + " engine: translate, interpret, step; by another build: its program, jar or source directory."
      })
  private String against;

  @Option(
      names = "--every",
      paramLabel = "N|block",
      defaultValue = "1048576",
      description = {
        "With --against: compare after every N instructions; a difference that is gone by then is"
            + " not seen. Default: ${DEFAULT-VALUE}.",
        "block: after each block of translated code, against another engine; 50 times as slow."
      })
  private String every;

  @Mixin private EngineOptions engine;

  @Option(names = "--json", description = "The result as JSON on standard output.")
  private boolean json;

  VerifyCommand(Report report) {
    this.report = report;
  }

  @Override
  public Integer call() {
    if (restores < 0) {
      throw Refusal.usage("--restores: a number from 0 on is needed");
    }
    long stride = stride();
    try {
      return new Opened(file, references).with((reader, _) -> verify(reader, stride));
    } catch (Refusal e) {
      if (json) {
        report.json(Map.of("identical", false, "difference", e.getMessage()));
      }
      throw e;
    }
  }

  /** Instructions between two comparisons, or {@link Against#BLOCK}. */
  private long stride() {
    if (every.equals("block")) {
      return Against.BLOCK;
    }
    try {
      long number = Long.parseLong(every);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw Refusal.usage("--every: a number from 1 on is needed, or block");
  }

  private int verify(RecordingReader reader, long stride) {
    new Opened(file).warn(report, reader);
    if (against != null) {
      return new Against(report, file, against, engine.kind(), stride, json).compare(reader);
    }
    Check check =
        new Check(
            report, engine.kind(), seed == null ? System.currentTimeMillis() : seed, restores);
    Verification.Result result = check.verify(reader);
    if (json) {
      report.json(check.json(result, Setup.of(reader).config().frequency()));
    } else if (result.identical()) {
      report.line(
          "%s: %s, %d restores, %.1f s"
              .formatted(file, Check.sentence(result), result.restores(), check.wallSeconds()));
    }
    return result.identical()
        ? ExitCode.DONE
        : report.error(ExitCode.FAILED, file + ": " + Check.sentence(result));
  }
}
