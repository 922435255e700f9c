package dejavm.record;

import java.io.ByteArrayOutputStream;

/** A file in memory. */
final class MemoryLog implements LogSink, LogSource {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private byte[] bytes;
  long bytesRead;
  int flushed;

  MemoryLog() {}

  MemoryLog(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    if (bytes == null || written.size() > 0) {
      bytes = written.toByteArray();
    }
    return bytes;
  }

  @Override
  public synchronized void append(byte[] from, int offset, int length) {
    written.write(from, offset, length);
  }

  @Override
  public void flush() {
    flushed = written.size();
  }

  @Override
  public long length() {
    return bytes().length;
  }

  @Override
  public void read(long position, byte[] into, int offset, int length) {
    bytesRead += length;
    System.arraycopy(bytes(), (int) position, into, offset, length);
  }
}
