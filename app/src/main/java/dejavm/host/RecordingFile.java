package dejavm.host;

import dejavm.bus.Inputs;
import dejavm.bus.Outputs;
import dejavm.record.Boundary;
import dejavm.record.Image;
import dejavm.record.RecordingReader;
import dejavm.session.Conversion;
import dejavm.session.Recording;
import dejavm.session.Setup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A file that takes a recording, with the thread that compresses what goes into it. */
public final class RecordingFile implements AutoCloseable {
  private final FileSink sink;
  private final BackgroundWriter writer = new BackgroundWriter();

  /**
   * Opens a file to be written from its start.
   *
   * @param overwrite whether one that exists already is replaced, rather than a failure
   */
  public RecordingFile(Path file, boolean overwrite) {
    sink = new FileSink(file, overwrite);
  }

  /**
   * Begins the recording of a run.
   *
   * @param boundary where
   * @param images the files that the machine was made from
   * @param note how it was asked for
   */
  public Recording begin(
      Setup setup,
      Boundary boundary,
      List<Image> images,
      String note,
      Inputs inputs,
      Outputs outputs) {
    return new Recording(setup, images, note, inputs, outputs, Map.of(boundary, sink), writer);
  }

  /** Begins the conversion of a recording. */
  public Conversion convert(RecordingReader from) {
    return new Conversion(from, sink, writer);
  }

  @Override
  public void close() {
    writer.close();
    sink.close();
  }
}
