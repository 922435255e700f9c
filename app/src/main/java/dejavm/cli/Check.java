package dejavm.cli;

import dejavm.bus.Outputs;
import dejavm.machine.Execution;
import dejavm.record.RecordingReader;
import dejavm.session.Verification;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Re-executes a recording and tells what came of it. */
final class Check {
  private final Report report;
  private final Execution.Kind engine;
  private final long seed;
  private final int restores;
  private long wallNanos;

  Check(Report report, Execution.Kind engine, long seed, int restores) {
    this.report = report;
    this.engine = engine;
    this.seed = seed;
    this.restores = restores;
  }

  /** Does it. */
  Verification.Result verify(RecordingReader reader) {
    long begun = System.nanoTime();
    Verification verification = new Verification(reader, engine, Outputs.NONE, seed, restores);
    long end = Math.max(1, reader.lastNow());
    Verification.Result result =
        verification.run(report.progress(now -> "verifying: %d %%".formatted(now * 100 / end)));
    report.clear();
    wallNanos = System.nanoTime() - begun;
    return result;
  }

  double wallSeconds() {
    return wallNanos / 1e9;
  }

  /** Does it, and tells on standard error; the result is an exit code. */
  int run(RecordingReader reader, Path file) {
    Verification.Result result = verify(reader);
    report.error(file + ": " + sentence(result));
    return result.identical() ? ExitCode.DONE : ExitCode.FAILED;
  }

  /** The result in words. */
  static String sentence(Verification.Result result) {
    if (result.identical()) {
      return "identical: %,d instructions, %,d digests"
          .formatted(result.retired(), result.digests());
    }
    boolean same = !result.complete() && result.now() >= result.end() && cut(result);
    return same
        ? "identical up to its last frame at tick %d, but not complete: it %s"
            .formatted(result.end(), result.difference())
        : "differs: " + result.difference();
  }

  /** Whether everything that is there matched, and only the end is missing. */
  static boolean cut(Verification.Result result) {
    return !result.complete()
        && (result.difference().startsWith("ends at byte")
            || result.difference().startsWith("was not ended"));
  }

  Map<String, Object> json(Verification.Result result, long frequency) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("identical", result.identical());
    json.put("complete", result.complete());
    json.put("digests", result.digests());
    json.put("instructions", result.retired());
    json.put("guest_seconds", (double) result.now() / frequency);
    json.put("now", result.now());
    json.put("end", result.end());
    json.put("restores", result.restores());
    json.put("seed", seed);
    json.put("wall_seconds", Figures.rounded(wallSeconds()));
    json.put("difference", result.difference());
    return json;
  }
}
