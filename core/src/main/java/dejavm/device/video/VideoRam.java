package dejavm.device.video;

import dejavm.bus.Derived;
import dejavm.bus.Paged;
import java.util.Arrays;

/**
 * The adapter's memory as one row of bytes. What was never written is zero, and takes no room on
 * the host.
 */
public final class VideoRam implements Paged {
  /** Bytes: those of an adapter that can show 2560 by 1600 points of 32 bits. */
  public static final int SIZE = 16 << 20;

  private static final int CHUNK_BITS = 16;
  private static final int CHUNK = 1 << CHUNK_BITS;

  @Derived("saved as pages")
  private final byte[][] chunks = new byte[SIZE / CHUNK][];

  @Derived("which pages to save; the guest cannot see it")
  private final boolean[] dirty = new boolean[SIZE / PAGE];

  int get(int at) {
    byte[] chunk = chunks[at >> CHUNK_BITS];
    return chunk == null ? 0 : chunk[at & CHUNK - 1] & 0xFF;
  }

  void put(int at, int value) {
    chunk(at)[at & CHUNK - 1] = (byte) value;
    dirty[at / PAGE] = true;
  }

  private byte[] chunk(int at) {
    byte[] chunk = chunks[at >> CHUNK_BITS];
    if (chunk == null) {
      chunk = new byte[CHUNK];
      chunks[at >> CHUNK_BITS] = chunk;
    }
    return chunk;
  }

  /** Makes all of it zero. */
  void clear() {
    for (int page = 0; page < dirty.length; page++) {
      byte[] chunk = chunks[page * PAGE >> CHUNK_BITS];
      dirty[page] |= chunk != null;
    }
    Arrays.fill(chunks, null);
  }

  @Override
  public int pages() {
    return dirty.length;
  }

  @Override
  public void readPage(int page, byte[] into) {
    byte[] chunk = chunks[page * PAGE >> CHUNK_BITS];
    int from = page * PAGE & CHUNK - 1;
    if (chunk == null) {
      Arrays.fill(into, 0, PAGE, (byte) 0);
    } else {
      System.arraycopy(chunk, from, into, 0, PAGE);
    }
  }

  @Override
  public void writePage(int page, byte[] from) {
    byte[] chunk = chunk(page * PAGE);
    int to = page * PAGE & CHUNK - 1;
    System.arraycopy(from, 0, chunk, to, PAGE);
    dirty[page] = true;
  }

  @Override
  public int nextDirty(int from) {
    for (int page = from; page < dirty.length; page++) {
      if (dirty[page]) {
        return page;
      }
    }
    return -1;
  }

  @Override
  public void clean() {
    Arrays.fill(dirty, false);
  }
}
