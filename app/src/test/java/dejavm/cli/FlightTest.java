package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's flight recorder is told what the engine does. */
class FlightTest {
  @TempDir Path directory;

  @Test
  void theEngineTellsTheFlightRecorder() throws IOException {
    Path flight = directory.resolve("flight.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dejavm.Engine");
      recording.start();
      String[] tiny = {"run", "--guest", "tiny", "--append", "job=demo", "--pace", "max"};
      assertThat(new Program(directory).run(tiny).exitCode()).isZero();
      recording.dump(flight);
    }
    List<RecordedEvent> events =
        RecordingFile.readAllEvents(flight).stream()
            .filter(event -> event.getEventType().getName().equals("dejavm.Engine"))
            .toList();
    assertThat(events).isNotEmpty();
    assertThat(events.getLast().getLong("instructions")).isGreaterThan(100_000);
  }
}
