package dejavm.host;

/**
 * Bytes on their way from a thread that reads them to the machine's. Bounded: the reader waits, or
 * loses some.
 */
public final class ByteQueue {
  private static final int CAPACITY = 1 << 16;

  private final byte[] ring = new byte[CAPACITY];
  private int head;
  private int size;
  private boolean ended;

  /** Puts bytes in, waiting for room. */
  public synchronized void put(byte[] bytes, int length) throws InterruptedException {
    for (int i = 0; i < length; i++) {
      while (size == CAPACITY) {
        wait();
      }
      ring[(head + size++) % CAPACITY] = bytes[i];
    }
  }

  /** Puts in what there is room for; the rest is lost, as on a line that nobody reads. */
  public synchronized void offer(byte[] bytes) {
    for (int i = 0; i < bytes.length && size < CAPACITY; i++) {
      ring[(head + size++) % CAPACITY] = bytes[i];
    }
  }

  /** No more will come. */
  public synchronized void end() {
    ended = true;
  }

  /** Whether no more will come; there may still be some in it. */
  public synchronized boolean ended() {
    return ended;
  }

  public synchronized boolean isEmpty() {
    return size == 0;
  }

  /** Takes out up to so many bytes. */
  public synchronized byte[] take(int most) {
    byte[] bytes = new byte[Math.min(most, size)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = ring[(head + i) % CAPACITY];
    }
    head = (head + bytes.length) % CAPACITY;
    size -= bytes.length;
    notifyAll();
    return bytes;
  }
}
