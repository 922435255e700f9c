package dejavm.memory;

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

  private final Tlb cache;

  /** By page of RAM: since which flush it may have write access. */
  private final int[] writableSince;

  private Tables tables;

  /** Whether what is here is true. */
  private boolean valid;

  AddressSpace(Tlb cache, int number, int pages) {
    this.cache = cache;
    this.number = number;
    base = cache.base(number);
    fetches = new FetchCache(cache.entries());
    walks = new WalkedPages(pages);
    writableSince = new int[pages];
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
    cache.flush(base);
    fetches.clear();
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
    cache.dropWriteAccess(base);
  }

  /** Fills an entry. */
  void fill(int at, long linearPage, long offset, long memory, boolean writable) {
    if (writable) {
      writableSince[(int) (offset >>> 12)] = walks.flushes();
    }
    cache.fill(at, linearPage, offset, memory, writable);
  }

  /** Takes write access to a page of RAM. */
  void takeWriteAccess(int page) {
    if (writableSince[page] == walks.flushes()) {
      writableSince[page] = 0;
      cache.takeWriteAccess(base, (long) page << 12);
    }
  }
}
