package dejavm.display;

import java.io.OutputStream;

/**
 * What came out of the serial console, for any number of readers. The last bytes are kept, so that
 * who comes later sees what went before; a reader so slow that they are gone goes on with the
 * oldest that are there.
 */
public final class SerialFeed extends OutputStream {
  private static final int KEPT = 1 << 17;

  /**
   * Bytes on their way to a reader.
   *
   * @param next where to go on
   */
  public record Chunk(byte[] bytes, long next) {}

  private final byte[] ring = new byte[KEPT];
  private long end;
  private boolean closed;

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      ring[(int) (end++ % KEPT)] = bytes[offset + i];
    }
    notifyAll();
  }

  /** Nothing more will come; readers get what is there, then nothing. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  /**
   * Waits for bytes from a place on, 0 for the oldest.
   *
   * @return null when there are none left and none will come
   */
  public synchronized Chunk await(long from) throws InterruptedException {
    while (from >= end && !closed) {
      wait();
    }
    if (from >= end) {
      return null;
    }
    long first = Math.max(from, end - KEPT);
    byte[] bytes = new byte[(int) (end - first)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = ring[(int) ((first + i) % KEPT)];
    }
    return new Chunk(bytes, end);
  }
}
