package dejavm.memory;

import java.util.Arrays;

/**
 * Notes that somebody relies on translations of fetches, and when these may lead elsewhere: an
 * engine that jumps from page to page by itself must look again then.
 */
public final class FetchReliance {
  /** By a hash of linear pages: somebody relies on the translation of such a page. */
  private final long[] pages = new long[1024];

  private boolean any;
  private int generation;

  FetchReliance() {}

  private static int hash(long linear) {
    return (int) (linear >>> 12 ^ linear >>> 24) & 0xFFFF;
  }

  /** From now on somebody relies on the present translation of a fetch from a page. */
  public void rely(long linear) {
    int hash = hash(linear);
    pages[hash >>> 6] |= 1L << hash;
    any = true;
  }

  /** A number that changes whenever a translation that somebody relies on may be another. */
  public int generation() {
    return generation;
  }

  /** The translation of a page was dropped. */
  void dropped(long linearPage) {
    int hash = hash(linearPage);
    if ((pages[hash >>> 6] & 1L << hash) != 0) {
      lose();
    }
  }

  /** All translations were dropped. */
  void lose() {
    if (any) {
      generation++;
      Arrays.fill(pages, 0);
      any = false;
    }
  }
}
