package dejavm.memory;

/**
 * Translations of pages that instructions were fetched from: a bank of entries for supervisors, and
 * one for users.
 */
final class FetchCache {
  private final int entries;
  private final long[] tags;
  private final long[] offsets;
  private final FilledSlots filled;

  /**
   * @param entries in a bank: a power of two, at least 4
   */
  FetchCache(int entries) {
    this.entries = entries;
    tags = new long[2 * entries];
    offsets = new long[2 * entries];
    filled = new FilledSlots(entries);
    for (int slot = 0; slot < tags.length; slot++) {
      empty(slot);
    }
  }

  private void empty(int slot) {
    tags[slot] = Tlb.none(slot & entries - 1);
  }

  private int slot(long linear, boolean user) {
    int index = (int) (linear >>> 12) & entries - 1;
    return user ? index + entries : index;
  }

  void clear() {
    boolean known = filled.areKnown();
    int count = known ? filled.count() : tags.length;
    for (int i = 0; i < count; i++) {
      empty(known ? filled.get(i) : i);
    }
    filled.clear();
  }

  /** The offset into the memory segment of a linear address, or -1 where its page is not here. */
  long offset(long linear, boolean user) {
    int slot = slot(linear, user);
    return tags[slot] == (linear & ~0xFFFL) ? offsets[slot] | linear & 0xFFF : -1;
  }

  void put(long linear, boolean user, long offset) {
    int slot = slot(linear, user);
    filled.add(slot);
    tags[slot] = linear & ~0xFFFL;
    offsets[slot] = offset & ~0xFFFL;
  }

  /** Drops a page; whether it was there. */
  boolean drop(long linearPage) {
    boolean dropped = false;
    for (int bank = 0; bank < 2; bank++) {
      int slot = slot(linearPage, bank == 1);
      if (tags[slot] == linearPage) {
        empty(slot);
        dropped = true;
      }
    }
    return dropped;
  }
}
