package dejavm.memory;

/**
 * Which slots of a cache were filled since it was emptied: emptying it again then takes no longer
 * than filling it did. A system that starts many short processes empties its caches often.
 */
final class FilledSlots {
  private final int[] slots;
  private int count;

  /**
   * @param most how many are kept: beyond that, emptying the whole cache is no slower
   */
  FilledSlots(int most) {
    slots = new int[most];
  }

  /** Notes that a slot is filled. */
  void add(int slot) {
    if (count < slots.length) {
      slots[count] = slot;
    }
    count = Math.min(count, slots.length) + 1;
  }

  /** Whether all that were filled are known; else any may be. */
  boolean areKnown() {
    return count <= slots.length;
  }

  /** How many were filled, those counted twice that were filled twice. */
  int count() {
    return count;
  }

  int get(int number) {
    return slots[number];
  }

  /** The cache was emptied. */
  void clear() {
    count = 0;
  }
}
