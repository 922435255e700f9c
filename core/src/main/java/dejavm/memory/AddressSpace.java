package dejavm.memory;

import java.util.function.IntConsumer;

/**
 * What was derived from one set of page tables: the entries of the translation cache, the
 * translations of fetches, and which pages the tables lie in.
 *
 * <p>Writes to those pages drop what was derived from them, whether the space is in use or not. So
 * what is here stays true while other tables are in use.
 */
final class AddressSpace {
  /** The paging mode, and where the tables start: by it a space is found again. */
  record Tables(
      long cr3, boolean paging, boolean pae, boolean longMode, long p0, long p1, long p2, long p3) {

    static Tables of(long cr3, boolean paging, boolean pae, boolean longMode, long[] pdpte) {
      return pae && !longMode
          ? new Tables(cr3, paging, true, false, pdpte[0], pdpte[1], pdpte[2], pdpte[3])
          : new Tables(cr3, paging, pae, longMode, 0, 0, 0, 0);
    }
  }

  /** Where its entries start in the translation cache. */
  final int base;

  /** Its number among those of the {@link Tlb}. */
  final int number;

  final FetchCache fetches;
  final WalkedPages walks;
  final FetchReliance reliance = new FetchReliance();

  final WalkCache directories = new WalkCache();

  /** In place of an entry: several, or unknown. */
  private static final int SEVERAL = -1;

  private final Tlb cache;
  private final FilledSlots filled;

  /** By page of RAM: since which flush it may have write access, and by which entry. */
  private final int[] writableSince;

  private final int[] writableBy;

  private Tables tables;

  /** Whether what is here is true. */
  private boolean valid;

  AddressSpace(Tlb cache, int number, int pages) {
    this.cache = cache;
    this.number = number;
    base = cache.base(number);
    filled = new FilledSlots(cache.entries());
    fetches = new FetchCache(cache.entries());
    walks = new WalkedPages(pages);
    writableSince = new int[pages];
    writableBy = new int[pages];
    for (int at = base; at < base + cache.size(); at += Tlb.ENTRY) {
      cache.empty(base, at);
    }
    flush();
  }

  boolean isValid() {
    return valid;
  }

  /** What is here may be wrong from now on; to be flushed before it is used. */
  void invalidate() {
    valid = false;
  }

  /** Drops everything. */
  void flush() {
    forEachFilled(at -> cache.empty(base, at));
    filled.clear();
    fetches.clear();
    directories.clear();
    reliance.lose();
    walks.forget();
    valid = true;
  }

  /** Whether this is the space of these tables. */
  boolean isOf(Tables others) {
    return others.equals(tables);
  }

  /** Makes it the space of these tables, empty. */
  void become(Tables newTables) {
    tables = newTables;
    flush();
  }

  /** Drops a page; whether instructions were fetched from it. */
  boolean drop(long linearPage) {
    cache.drop(base, linearPage);
    reliance.dropped(linearPage);
    return fetches.drop(linearPage);
  }

  void dropWriteAccess() {
    forEachFilled(at -> cache.dropWriteAccess(base, at));
  }

  private void forEachFilled(IntConsumer action) {
    if (filled.areKnown()) {
      for (int i = 0; i < filled.count(); i++) {
        action.accept(filled.get(i));
      }
    } else {
      for (int at = base; at < base + cache.size(); at += Tlb.ENTRY) {
        action.accept(at);
      }
    }
  }

  /** Fills an entry. */
  void fill(int at, long linearPage, long offset, long memory, boolean writable) {
    if (writable) {
      int page = (int) (offset >>> 12);
      boolean first = writableSince[page] != walks.flushes() || writableBy[page] == at;
      writableSince[page] = walks.flushes();
      writableBy[page] = first ? at : SEVERAL;
    }
    filled.add(at);
    cache.fill(at, linearPage, offset, memory, writable);
  }

  /** Takes write access to a page of RAM. */
  void takeWriteAccess(int page) {
    if (writableSince[page] == walks.flushes()) {
      writableSince[page] = 0;
      long offset = (long) page << 12;
      if (writableBy[page] != SEVERAL) {
        cache.takeWriteAccess(base, writableBy[page], offset);
      } else {
        forEachFilled(at -> cache.takeWriteAccess(base, at, offset));
      }
    }
  }
}
