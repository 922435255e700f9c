package dejavm.bus;

/**
 * Bulk state in pages of 4096 bytes: RAM, video RAM, a disk's overlay. A page is dirty when it was
 * written since it was last marked clean.
 */
public interface Paged {
  /** Bytes in a page. */
  int PAGE = 4096;

  /** The number of pages; constant. */
  int pages();

  /** Copies a page out. Never has an effect that the guest could see. */
  void readPage(int page, byte[] into);

  /** Puts a page back, as restoring does: nothing is propagated, the page becomes dirty. */
  void writePage(int page, byte[] from);

  /**
   * The next page at or after {@code from} that is there, or -1. All pages of a memory are; one of
   * an overlay is once it was written, and then covers what lies below it even with zeros.
   */
  default int nextStored(int from) {
    return from < pages() ? from : -1;
  }

  /** The next dirty page at or after {@code from}, or -1. */
  int nextDirty(int from);

  /** Marks all pages clean. Cannot be observed by the guest. */
  void clean();
}
