package dejavm.memory;

/**
 * Which bytes of a page hold code that an engine has decoded: a bit each. Real-mode programs keep
 * variables between their instructions, so anything coarser would drop their code all the time.
 */
public final class CodeBytes {
  private final long[] bits = new long[4096 >> 6];

  /** The bytes from one offset up to another, exclusive, hold code. */
  public void mark(int from, int to) {
    for (int at = from; at < to; at++) {
      bits[at >> 6] |= 1L << at;
    }
  }

  /** Whether any byte from one offset up to another, exclusive, holds code. */
  public boolean any(int from, int to) {
    for (int at = from; at < to; at++) {
      if ((bits[at >> 6] & 1L << at) != 0) {
        return true;
      }
    }
    return false;
  }
}
