package dejavm.host;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A stream of single bytes to a file or standard output. A failure does not disturb the machine
 * that writes; it shows in {@link #failure}.
 */
public final class ByteSink implements AutoCloseable {
  private final String name;
  private final OutputStream stream;
  private final byte[] buffer = new byte[8192];
  private int length;
  private HostFailure failure;

  /** A sink that a user knows by this name. */
  public ByteSink(String name, OutputStream stream) {
    this.name = name;
    this.stream = stream;
  }

  public void write(int value) {
    buffer[length++] = (byte) value;
    if (length == buffer.length) {
      flush();
    }
  }

  /** Hands on what was written. */
  public void flush() {
    try {
      if (length > 0 && failure == null) {
        stream.write(buffer, 0, length);
        stream.flush();
      }
    } catch (IOException e) {
      failure = HostFailure.writing(name, e);
    }
    length = 0;
  }

  /** Why it can no longer be written, or null. */
  public HostFailure failure() {
    return failure;
  }

  @Override
  public void close() {
    flush();
    try {
      stream.close();
    } catch (IOException e) {
      failure = failure == null ? HostFailure.writing(name, e) : failure;
    }
  }
}
