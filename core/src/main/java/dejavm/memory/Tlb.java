package dejavm.memory;

import static dejavm.memory.PhysicalMemory.LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The entries of the translation cache.
 *
 * <p>An entry is four longs: the page that may be read, the page that may be written, what to add
 * to a linear address to get an offset into the memory segment, and what to add to get an address
 * of the host. There is a bank of entries for supervisor accesses, one for those that SMAP lets
 * pass, and one for user accesses; and of all that one for each of a few address spaces. They lie
 * outside the heap, since translated code looks into them; before those of an address space lies
 * room for what such code keeps ({@link #workspace}).
 */
public final class Tlb {
  /** Bytes in an entry, and as a shift; what stands where in it. */
  public static final int ENTRY = 32;

  static final int ENTRY_SHIFT = 5;

  public static final int READ_TAG = 0;
  public static final int WRITE_TAG = 8;
  static final int OFFSET_ADDEND = 16;
  public static final int HOST_ADDEND = 24;

  /** Bytes of {@link #workspace}. */
  public static final int WORKSPACE = 1 << 20;

  /** How many address spaces there are. */
  public static final int SPACES = 4;

  private static final int BANKS = 3;

  /** The tag of no page: no page starts there, nor has a byte within reach the entry's index. */
  private static final long NO_PAGE = 0x0008_0000_0000_0000L;

  private final int entries;
  private final int size;
  private final MemorySegment space;
  private final MemorySegment segment;

  /**
   * @param entries in a bank: a power of two, at least 4
   */
  Tlb(int entries) {
    this.entries = entries;
    size = BANKS * entries * ENTRY;
    space = Arena.ofAuto().allocate((long) SPACES * (WORKSPACE + size), 4096);
    segment = space.asSlice(WORKSPACE);
  }

  /** The tag of no page for the entry of an index. */
  static long none(int index) {
    return NO_PAGE | (index ^ 2L) << 12 | 1;
  }

  MemorySegment segment() {
    return segment;
  }

  /** Memory for an engine's use, right before the entries of an address space. */
  public MemorySegment workspace(int number) {
    return space.asSlice(base(number), WORKSPACE);
  }

  /** Where the entries of an address space start. */
  int base(int number) {
    return number * (WORKSPACE + size);
  }

  /** How many there are in a bank. */
  public int entries() {
    return entries;
  }

  /** Of the bits that select an entry, where they are after shifting an address. */
  int mask() {
    return (entries - 1) * ENTRY;
  }

  /** Where a bank starts. */
  int bank(int number) {
    return number * entries * ENTRY;
  }

  /** How many bytes of entries an address space has. */
  int size() {
    return size;
  }

  private long noneAt(int base, int at) {
    return none((at - base & mask()) >> ENTRY_SHIFT);
  }

  /** Empties an entry of the address space that starts at {@code base}. */
  void empty(int base, int at) {
    long none = noneAt(base, at);
    segment.set(LONG, at + READ_TAG, none);
    segment.set(LONG, at + WRITE_TAG, none);
  }

  void dropWriteAccess(int base, int at) {
    segment.set(LONG, at + WRITE_TAG, noneAt(base, at));
  }

  void drop(int base, long linearPage) {
    int first = (int) (linearPage >>> 12 - ENTRY_SHIFT) & mask();
    for (int at = base + first; at < base + size; at += bank(1)) {
      if (segment.get(LONG, at + READ_TAG) == linearPage
          || segment.get(LONG, at + WRITE_TAG) == linearPage) {
        empty(base, at);
      }
    }
  }

  /** Takes write access by an entry, if that is to the page of RAM at an offset of the segment. */
  void takeWriteAccess(int base, int at, long offset) {
    if (segment.get(LONG, at + OFFSET_ADDEND) + segment.get(LONG, at + WRITE_TAG) == offset) {
      dropWriteAccess(base, at);
    }
  }

  /**
   * Fills an entry.
   *
   * @param offset of the page in the memory segment, which lies at {@code memory}
   */
  void fill(int at, long linearPage, long offset, long memory, boolean writable) {
    long none = none((int) (linearPage >>> 12) & entries - 1);
    segment.set(LONG, at + READ_TAG, linearPage);
    segment.set(LONG, at + WRITE_TAG, writable ? linearPage : none);
    segment.set(LONG, at + OFFSET_ADDEND, offset - linearPage);
    segment.set(LONG, at + HOST_ADDEND, memory + offset - linearPage);
  }
}
