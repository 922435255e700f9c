package dejavm.snapshot;

import dejavm.bus.Paged;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Hashes of the pages of a component, and a tree of hashes over them whose root stands for all. An
 * update costs in proportion to the pages that were written since the last.
 *
 * <p>It takes the dirty marks of its component for itself: whoever else wants to know what was
 * written asks {@link #track}. The root is a function of the bytes alone, not of what was dirty
 * when.
 */
public final class PageTree {
  private static final int FAN_OUT = 16;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Paged pages;
  private final List<Hashes> levels = new ArrayList<>();
  private final List<BitSet> stale = new ArrayList<>();
  private final List<BitSet> tracks = new ArrayList<>();
  private final byte[] page = new byte[Paged.PAGE];
  private final byte[] children = new byte[FAN_OUT * Long.BYTES];

  /** Hashes by number, of which those that nobody set are alike and take no room. */
  private static final class Hashes {
    private static final int CHUNK = 1 << 10;

    private final int size;
    private final long common;
    private final long[][] chunks;

    Hashes(int size, long common) {
      this.size = size;
      this.common = common;
      chunks = new long[(size + CHUNK - 1) / CHUNK][];
    }

    long get(int number) {
      long[] chunk = chunks[number / CHUNK];
      return chunk == null ? common : chunk[number % CHUNK];
    }

    void set(int number, long hash) {
      long[] chunk = chunks[number / CHUNK];
      if (chunk == null) {
        chunk = new long[CHUNK];
        Arrays.fill(chunk, common);
        chunks[number / CHUNK] = chunk;
      }
      chunk[number % CHUNK] = hash;
    }
  }

  /** A tree over pages of zeros. */
  private PageTree(Paged pages) {
    this.pages = pages;
    int width = pages.pages();
    long common = Digest.of(new byte[Paged.PAGE]);
    levels.add(new Hashes(width, common));
    stale.add(new BitSet());
    while (width > 1) {
      width = (width + FAN_OUT - 1) / FAN_OUT;
      for (int child = 0; child < FAN_OUT; child++) {
        LONG.set(children, child * Long.BYTES, common);
      }
      common = Digest.of(children);
      levels.add(new Hashes(width, common));
      BitSet last = new BitSet();
      last.set(width - 1); // it may have fewer children than the others
      stale.add(last);
    }
    refresh();
  }

  /** A tree over pages of any content: reads all of them. */
  public static PageTree of(Paged pages) {
    PageTree tree = new PageTree(pages);
    for (int i = 0; i < pages.pages(); i++) {
      tree.take(i);
    }
    pages.clean();
    tree.refresh();
    return tree;
  }

  /** A tree over pages all of which were zero before those now dirty were written. */
  public static PageTree blank(Paged pages) {
    return new PageTree(pages);
  }

  /** Takes in what was written since the last time, marks the pages clean, and gives the root. */
  public long update() {
    int count = levels.getFirst().size;
    int next = count == 0 ? -1 : pages.nextDirty(0);
    while (next >= 0) {
      int i = next;
      next = i + 1 < count ? pages.nextDirty(i + 1) : -1;
      for (BitSet track : tracks) {
        track.set(i);
      }
      take(i);
    }
    pages.clean();
    refresh();
    return root();
  }

  /** The hash over all pages at the last update; 0 where there are none. */
  public long root() {
    Hashes top = levels.getLast();
    return top.size == 0 ? 0 : top.get(0);
  }

  /** A page's hash at the last update. */
  public long leaf(int page) {
    return levels.getFirst().get(page);
  }

  /**
   * A set in which every update marks the pages that were written; whoever asked for it clears it.
   * What was dirty before the first update is marked by that.
   */
  public BitSet track() {
    BitSet track = new BitSet();
    tracks.add(track);
    return track;
  }

  /** The first page whose hash differs from that in another tree, or -1. */
  public int firstDifference(PageTree other) {
    Hashes mine = levels.getFirst();
    Hashes others = other.levels.getFirst();
    for (int page = 0; page < Math.min(mine.size, others.size); page++) {
      if (mine.get(page) != others.get(page)) {
        return page;
      }
    }
    return mine.size == others.size ? -1 : Math.min(mine.size, others.size);
  }

  /** Hashes a page anew. */
  private void take(int number) {
    pages.readPage(number, page);
    long hash = Digest.of(page, 0, Paged.PAGE);
    if (hash != leaf(number)) {
      levels.getFirst().set(number, hash);
      if (levels.size() > 1) {
        stale.get(1).set(number / FAN_OUT);
      }
    }
  }

  private void refresh() {
    for (int level = 1; level < levels.size(); level++) {
      refresh(level);
    }
  }

  private void refresh(int level) {
    Hashes below = levels.get(level - 1);
    BitSet set = stale.get(level);
    for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
      for (int child = 0; child < FAN_OUT; child++) {
        int at = i * FAN_OUT + child;
        LONG.set(children, child * Long.BYTES, at < below.size ? below.get(at) : 0L);
      }
      levels.get(level).set(i, Digest.of(children));
      if (level + 1 < levels.size()) {
        stale.get(level + 1).set(i / FAN_OUT);
      }
    }
    set.clear();
  }
}
