package dejavm.host;

import dejavm.record.LogSink;
import dejavm.record.RecordingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A recording on its way into a file. What was appended belongs to the system at once, so it
 * survives this process; closing makes it survive the system too.
 */
public final class FileSink implements LogSink, AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  /**
   * Opens a file to be written from its start.
   *
   * @param overwrite whether one that exists already is replaced, rather than a failure
   */
  public FileSink(Path file, boolean overwrite) {
    this.file = file;
    boolean device = Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    try {
      if (device) {
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
      } else if (overwrite) {
        channel =
            FileChannel.open(
                file,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING);
      } else {
        channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
      }
    } catch (IOException e) {
      throw HostFailure.writing(file, e);
    }
  }

  @Override
  public void append(byte[] bytes, int offset, int length) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Nothing is held back here. */
  @Override
  public void flush() {}

  @Override
  public void close() {
    try (channel) {
      if (Files.isRegularFile(file)) {
        channel.force(false);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private RecordingException failed(IOException e) {
    return new RecordingException(file + ": " + HostFailure.reason(e), e);
  }
}
