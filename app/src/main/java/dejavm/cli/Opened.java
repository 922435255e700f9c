package dejavm.cli;

import dejavm.host.FileSource;
import dejavm.record.DivergenceException;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import dejavm.session.Semantics;
import java.nio.file.Path;
import java.util.List;

/** A recording that a command works on. */
final class Opened {
  /** What is done with it; the result is an exit code. */
  interface Work {
    int on(RecordingReader reader, long bytes);
  }

  private final Path file;
  private final References references;

  Opened(Path file) {
    this(file, new References());
  }

  /**
   * @param references where the images are that it refers to
   */
  Opened(Path file, References references) {
    this.file = file;
    this.references = references;
  }

  /**
   * Checks every byte of the file and works on what is valid of it.
   *
   * @throws Refusal naming the file, where it is no recording, or turns out to be unusable
   */
  int with(Work work) {
    try (FileSource source = new FileSource(file)) {
      RecordingReader reader;
      try {
        reader = RecordingReader.scan(source);
      } catch (RecordingException e) {
        throw Refusal.usage(named(e));
      }
      reader.images(references);
      try {
        return work.on(reader, source.length());
      } catch (DivergenceException e) {
        throw Refusal.failed(named(e));
      } catch (RecordingException e) {
        boolean damaged = e.position() >= 0 || !reader.complete();
        throw damaged ? Refusal.failed(named(e)) : Refusal.usage(named(e));
      }
    }
  }

  /** Says what changed since a recording was made that an older version made. */
  void warn(Report report, RecordingReader reader) {
    int version = reader.header().semantics();
    List<String> changes = Semantics.changesSince(version);
    if (!changes.isEmpty()) {
      report.error(
          "%s: made with version %d of the machine, this is %d; it may replay differently, for since"
                  .formatted(file, version, Semantics.VERSION)
              + " then "
              + String.join("; ", changes));
    }
  }

  private String named(RuntimeException e) {
    return e.getMessage().startsWith(file + ":") ? e.getMessage() : file + ": " + e.getMessage();
  }

  /** Why a recording is not complete, for the end of a sentence. */
  static String gap(RecordingReader reader) {
    return reader.damage().map(Object::toString).orElse("it was not ended");
  }
}
