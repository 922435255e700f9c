package dejavm.memory;

import java.util.Arrays;

/**
 * Up to four stretches of linear memory whose accesses are noted. A page that holds one gets no
 * entry in the translation cache, so that only accesses which miss it are compared.
 */
public final class DataWatches {
  private static final int COUNT = 4;

  private final long[] start = new long[COUNT];

  /** Bytes, 0 where a watch is off. */
  private final int[] length = new int[COUNT];

  private final boolean[] reads = new boolean[COUNT];
  private boolean any;
  private int hits;

  /** Ends all watches. */
  public void clear() {
    any = false;
    Arrays.fill(length, 0);
  }

  /**
   * Begins a watch.
   *
   * @param number 0 to 3
   * @param linear first byte, a multiple of the length
   * @param bytes 1, 2, 4 or 8
   * @param readsToo whether loads count as stores do
   */
  public void set(int number, long linear, int bytes, boolean readsToo) {
    start[number] = linear;
    length[number] = bytes;
    reads[number] = readsToo;
    any = true;
  }

  boolean inPage(long linearPage) {
    for (int i = 0; any && i < COUNT; i++) {
      if (length[i] != 0 && (start[i] & ~0xFFFL) == linearPage) {
        return true;
      }
    }
    return false;
  }

  /** Notes an access; whether it hit. */
  boolean accessed(long linear, int size, boolean write) {
    int before = hits;
    for (int i = 0; any && i < COUNT; i++) {
      if (length[i] != 0
          && (write || reads[i])
          && linear < start[i] + length[i]
          && start[i] < linear + size) {
        hits |= 1 << i;
      }
    }
    return hits != before;
  }

  /** The watches that were hit since the last call: a bit each. */
  public int takeHits() {
    int taken = hits;
    hits = 0;
    return taken;
  }
}
