package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.record.RecordingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
  @TempDir Path directory;

  @Test
  void whatASinkTookASourceGives() {
    Path file = directory.resolve("a.deja");
    try (FileSink sink = new FileSink(file, false)) {
      sink.append(new byte[] {1, 2, 3, 4}, 1, 2);
      sink.append(new byte[] {5}, 0, 1);
      sink.flush();
    }
    try (FileSource source = new FileSource(file)) {
      assertThat(source.length()).isEqualTo(3);
      byte[] bytes = new byte[4];
      source.read(1, bytes, 2, 2);
      assertThat(bytes).containsExactly(0, 0, 3, 5);
      assertThatThrownBy(() -> source.read(2, bytes, 0, 2))
          .isInstanceOf(RecordingException.class)
          .hasMessage(file + ": became shorter while it was read");
    }
  }

  @Test
  void doesNotWriteOverAFileUnlessTold() throws IOException {
    Path file = Files.writeString(directory.resolve("a.deja"), "precious");
    assertThatThrownBy(() -> new FileSink(file, false)).hasMessage(file + ": file exists");
    assertThat(file).hasContent("precious");
    try (FileSink sink = new FileSink(file, true)) {
      sink.append(new byte[] {'x'}, 0, 1);
    }
    assertThat(file).hasContent("x");
  }

  @Test
  void namesTheFileAndTheReason() {
    Path missing = directory.resolve("no").resolve("a.deja");
    assertThatThrownBy(() -> new FileSink(missing, true))
        .isInstanceOf(HostFailure.class)
        .hasMessage(missing + ": no such file or directory");
    assertThatThrownBy(() -> new FileSource(missing))
        .hasMessage(missing + ": no such file or directory");
    assertThatThrownBy(() -> new FileSource(directory)).hasMessage(directory + ": is a directory");
  }

  @Test
  void saysThatADiskIsFull() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));
    try (FileSink sink = new FileSink(full, false)) {
      assertThatThrownBy(() -> sink.append(new byte[1], 0, 1))
          .isInstanceOf(RecordingException.class)
          .hasMessage("/dev/full: no space left on device");
    }
  }
}
