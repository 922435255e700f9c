package dejavm.cli;

import dejavm.host.ByteSink;
import dejavm.host.Streams;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a command says: figures on standard output, all else in lines on standard error. */
final class Report {
  private static final long PROGRESS_NANOS = 200_000_000;

  private final ByteSink out;
  private final PrintStream err;
  private final boolean watched;
  private boolean progress;
  private String said = "";

  Report(Streams streams) {
    this.out = new ByteSink("standard output", streams.out());
    this.err = streams.err();
    this.watched = streams.errorIsTerminal();
  }

  /** Standard output, for what is no line. */
  ByteSink sink() {
    return out;
  }

  OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int value) {
        out.write(value);
      }
    };
  }

  PrintStream err() {
    return err;
  }

  /** A line on standard output; whether there is still somebody to read it. */
  boolean line(String line) {
    for (byte b : line.getBytes(StandardCharsets.UTF_8)) {
      out.write(b);
    }
    out.write('\n');
    return out.failure() == null;
  }

  /** Figures as JSON on standard output. */
  void json(Map<String, ?> figures) {
    line(text(figures));
  }

  static String text(Object figures) {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(figures)
        .replace("\r\n", "\n");
  }

  /** One clear line on standard error. */
  void error(String message) {
    clear();
    said = oneLine(message);
    err.println("dejavm: " + said);
  }

  int error(int exitCode, String message) {
    error(message);
    return exitCode;
  }

  /** A line on standard error that a script need not see. */
  void note(String message) {
    if (watched) {
      error(message);
    }
  }

  /** Shows on a terminal what is being done. */
  void progress(String message) {
    if (watched) {
      err.print("\r\033[K" + oneLine(message));
      err.flush();
      progress = true;
    }
  }

  /** Shows how far something is, as often as an eye can follow. */
  LongConsumer progress(LongFunction<String> message) {
    long[] shown = {System.nanoTime()};
    return reached -> {
      if (System.nanoTime() - shown[0] > PROGRESS_NANOS) {
        shown[0] = System.nanoTime();
        progress(message.apply(reached));
      }
    };
  }

  /** Takes away what {@link #progress} shows. */
  void clear() {
    if (progress) {
      err.print("\r\033[K");
      err.flush();
      progress = false;
    }
  }

  /** The exit code, now that nothing more is said. */
  int finish(int exitCode) {
    clear();
    out.flush();
    if (out.failure() == null) {
      return exitCode;
    }
    // whoever closed the pipe does not want to hear about it
    String message = out.failure().getMessage();
    if (!message.equals(said) && !message.endsWith("broken pipe")) {
      error(message);
    }
    return exitCode == ExitCode.DONE ? ExitCode.FAILED : exitCode;
  }

  static String oneLine(String message) {
    return message == null ? "" : message.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }

  static String lower(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
