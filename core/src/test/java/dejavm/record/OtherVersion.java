package dejavm.record;

/**
 * Writes a recording anew under another version of the machine's semantics, as if another build had
 * made it. All else stays: configuration, initial pages, inputs, digests, end.
 */
public final class OtherVersion {
  private OtherVersion() {}

  /**
   * Does it.
   *
   * @param from a complete recording at the machine boundary
   */
  public static void write(RecordingReader from, int semantics, LogSink to) {
    RecordingHeader header = from.header();
    RecordingWriter writer =
        new RecordingWriter(
            to,
            new RecordingHeader(
                semantics,
                header.boundary(),
                header.configuration(),
                header.images(),
                header.note()),
            Runnable::run);
    for (String component : from.pageComponents()) {
      from.pages(component, (number, bytes) -> writer.page(component, number, bytes.clone()));
    }
    EventCursor events = from.events();
    DigestCursor digests = from.digests();
    while (events.peek() != null || digests.peek() != null) {
      if (digests.peek() == null
          || events.peek() != null && events.peek().now() <= digests.peek().now()) {
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
