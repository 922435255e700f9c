package dejavm.session;

import dejavm.record.LogSink;
import dejavm.record.LogSource;
import java.io.ByteArrayOutputStream;

/** A recording in memory. */
final class Bytes implements LogSink, LogSource {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private byte[] read;

  /** An empty one, to be written. */
  Bytes() {}

  /** One that holds these bytes. */
  Bytes(byte[] bytes) {
    written.writeBytes(bytes);
  }

  @Override
  public void append(byte[] bytes, int offset, int length) {
    written.write(bytes, offset, length);
    read = null;
  }

  @Override
  public void flush() {}

  @Override
  public long length() {
    return bytes().length;
  }

  @Override
  public void read(long position, byte[] into, int offset, int length) {
    System.arraycopy(bytes(), (int) position, into, offset, length);
  }

  byte[] bytes() {
    if (read == null) {
      read = written.toByteArray();
    }
    return read;
  }
}
