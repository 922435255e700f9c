package dejavm.record;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A recording written anew under another header, as if another build, or another machine, had made
 * it. All else stays: initial pages, inputs, digests, end.
 */
public final class Rewritten {
  private Rewritten() {}

  /** A header that says another version of the machine's semantics. */
  public static RecordingHeader version(RecordingHeader header, int semantics) {
    return new RecordingHeader(
        semantics, header.boundary(), header.configuration(), header.images(), header.note());
  }

  /** A header in which one value of the configuration is another. */
  public static RecordingHeader configured(RecordingHeader header, String name, String value) {
    SequencedMap<String, String> configuration = new LinkedHashMap<>(header.configuration());
    configuration.replace(name, value);
    return new RecordingHeader(
        header.semantics(), header.boundary(), configuration, header.images(), header.note());
  }

  /**
   * Writes it.
   *
   * @param from a complete recording at the machine boundary
   * @param header in place of its own
   */
  public static void write(RecordingReader from, RecordingHeader header, LogSink to) {
    RecordingWriter writer = new RecordingWriter(to, header, Runnable::run);
    for (String component : from.pageComponents()) {
      from.pages(component, (number, bytes) -> writer.page(component, number, bytes.clone()));
    }
    EventCursor events = from.events();
    DigestCursor digests = from.digests();
    while (events.peek() != null || digests.peek() != null) {
      if (digests.peek() == null
          || (events.peek() != null && events.peek().now() <= digests.peek().now())) {
        TimedInput event = events.next();
        writer.input(event.now(), event.input());
      } else {
        writer.digest(digests.next());
      }
    }
    End end = from.end().orElseThrow();
    writer.close(end.now(), end.retired(), end.outcome());
  }
}
