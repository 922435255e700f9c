package dejavm.cli;

import dejavm.host.FileSource;
import dejavm.host.OtherBuild;
import dejavm.machine.Execution;
import dejavm.record.LogText;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import dejavm.session.Comparison;
import dejavm.session.Lockstep;
import dejavm.session.ReplaySide;
import dejavm.session.Side;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** {@code verify --against}: steps two sides together, and tells where they part. */
final class Against {
  /** In place of instructions between two comparisons: each block of translated code. */
  static final long BLOCK = 0;

  private static final int EVENTS_BEFORE = 3;
  private static final int EVENTS_AFTER = 2;

  private final Report report;
  private final Path file;
  private final String other;
  private final Execution.Kind engine;
  private final long every;
  private final boolean json;

  Against(Report report, Path file, String other, Execution.Kind engine, long every, boolean json) {
    this.report = report;
    this.file = file;
    this.other = other;
    this.engine = engine;
    this.every = every;
    this.json = json;
  }

  /** The result is an exit code. */
  int compare(RecordingReader reader) {
    Side left = new ReplaySide(file.toString(), reader, engine);
    Execution.Kind second = EngineOptions.named(other);
    boolean translated =
        (engine == Execution.Kind.TRANSLATE) != (second == Execution.Kind.TRANSLATE);
    if (every == BLOCK && (second == null || !translated)) {
      throw Refusal.usage(
          "--every block: one of the two engines must be translate, the other another one");
    }
    if (second != null) {
      Side right = new ReplaySide("engine " + other, reader, second);
      return compareEngines(left, right, reader, translated, second);
    }
    Path path = Path.of(other);
    if (!Files.exists(path)) {
      throw Refusal.usage(
          "--against: no such engine (translate, interpret, step), and no such file: " + other);
    }
    if (Files.isDirectory(path) || Files.isExecutable(path) || other.endsWith(".jar")) {
      try (OtherBuild right = new OtherBuild(path, file)) {
        return compare(left, right, Map.of(file.toString(), reader));
      }
    }
    try (FileSource source = new FileSource(path)) {
      RecordingReader recorded = RecordingReader.scan(source);
      Map<String, RecordingReader> readers = new LinkedHashMap<>();
      readers.put(file.toString(), reader);
      readers.put(path.toString(), recorded);
      return compare(left, new ReplaySide(path.toString(), recorded, engine), readers);
    } catch (RecordingException e) {
      throw Refusal.usage(path + ": " + e.getMessage());
    }
  }

  /** Translated code runs no single instructions, so where it differs is found by blocks. */
  private int compareEngines(
      Side left, Side right, RecordingReader reader, boolean translated, Execution.Kind second) {
    Map<String, RecordingReader> readers = Map.of(file.toString(), reader);
    Comparison.Result result = null;
    if (every != BLOCK) {
      result = new Comparison(left, right, every).run(progress());
    }
    if (translated && (result == null || !result.identical())) {
      Lockstep lockstep =
          new Lockstep(reader, engine == Execution.Kind.TRANSLATE ? second : engine);
      Comparison.Result byBlock = lockstep.run(progress());
      if (result == null || !byBlock.identical()) {
        return tell(lockstep.left(), lockstep.right(), byBlock, readers);
      }
    }
    return tell(left, right, result, readers);
  }

  private LongConsumer progress() {
    return report.progress(retired -> "comparing: %,d instructions".formatted(retired));
  }

  private int compare(Side left, Side right, Map<String, RecordingReader> readers) {
    return tell(left, right, new Comparison(left, right, every).run(progress()), readers);
  }

  private int tell(
      Side left, Side right, Comparison.Result result, Map<String, RecordingReader> readers) {
    report.clear();
    Map<String, Object> figures = figures(left, right, result, readers);
    if (json) {
      report.json(figures);
    } else if (result.identical()) {
      report.line(
          "%s: identical to %s: %,d instructions".formatted(file, right.name(), result.retired()));
    } else {
      tell(result.difference(), figures);
    }
    return result.identical()
        ? ExitCode.DONE
        : report.error(
            ExitCode.FAILED,
            "%s: differs from %s after %d instructions: %s"
                .formatted(file, right.name(), result.retired(), reason(result.difference())));
  }

  private static String reason(Comparison.Difference difference) {
    return difference.components().isEmpty()
        ? String.join("; ", difference.details())
        : String.join(", ", difference.components());
  }

  private static Map<String, Object> figures(
      Side left, Side right, Comparison.Result result, Map<String, RecordingReader> readers) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("identical", result.identical());
    figures.put("left", left.name());
    figures.put("right", right.name());
    figures.put("instructions", result.retired());
    figures.put("now", result.now());
    if (!result.identical()) {
      Comparison.Difference difference = result.difference();
      figures.put("executed", difference.instructions());
      figures.put("next", difference.next());
      figures.put("components", difference.components());
      figures.put("details", difference.details());
      Map<String, List<String>> events = new LinkedHashMap<>();
      readers.forEach((name, reader) ->
          events.put(name, LogText.around(reader, result.now(), EVENTS_BEFORE, EVENTS_AFTER)));
      figures.put("events", events);
    }
    return figures;
  }

  private void tell(Comparison.Difference difference, Map<String, Object> figures) {
    List<String> executed = difference.instructions();
    report.line(
        executed.isEmpty()
            ? "after tick %d, %d instructions:".formatted(difference.now(), difference.retired())
            : "tick %d, instruction %d:".formatted(difference.now(), difference.retired() + 1));
    for (int i = 0; i < executed.size(); i++) {
      report.line((i + 1 < executed.size() ? "   " : "=> ") + executed.get(i));
    }
    report.line("then %s has: %s".formatted(figures.get("left"), difference.next().getFirst()));
    report.line("then %s has: %s".formatted(figures.get("right"), difference.next().getLast()));
    difference.details().forEach(detail -> report.line("differs: " + detail));
    ((Map<?, ?>) figures.get("events"))
        .forEach((name, lines) ->
            ((List<?>) lines).forEach(line -> report.line("log of " + name + ": " + line)));
  }
}
