package dejavm.host;

import dejavm.record.LogSource;
import dejavm.record.RecordingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A recording in a file, as long as it was when it was opened. */
public final class FileSource implements LogSource, AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final long length;

  public FileSource(Path file) {
    this.file = file;
    if (Files.isDirectory(file)) {
      throw HostFailure.reading(file, new IOException("is a directory"));
    }
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      length = channel.size();
    } catch (IOException e) {
      throw HostFailure.reading(file, e);
    }
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void read(long position, byte[] into, int offset, int wanted) {
    ByteBuffer buffer = ByteBuffer.wrap(into, offset, wanted);
    try {
      while (buffer.hasRemaining()) {
        int done = channel.read(buffer, position + buffer.position() - offset);
        if (done < 0) {
          throw new RecordingException(file + ": became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw new RecordingException(file + ": " + HostFailure.reason(e), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw HostFailure.reading(file, e);
    }
  }
}
