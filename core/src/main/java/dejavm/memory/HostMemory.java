package dejavm.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A block of the host's memory that ends when nobody can reach it any more, with a margin on both
 * sides that an engine may have the host forbid.
 *
 * <p>The memory comes from the C library, which hands it out again: so what was forbidden is
 * allowed again before the block is given back.
 */
@SuppressWarnings("restricted") // memory of the host is what this is about
final class HostMemory {
  /** Bytes of each margin. */
  static final long MARGIN = 1 << 16;

  private final MemorySegment segment;
  private final Ending ending;

  /** What is done in the end; it must not refer to the segment, or that would be reachable. */
  private static final class Ending {
    private final Arena arena = Arena.ofShared();
    private final long address;
    private final long behind;
    private Guard guard;

    Ending(long size) {
      address = arena.allocate(size + 2 * MARGIN, PhysicalMemory.PAGE_SIZE).address();
      behind = address + MARGIN + size;
    }

    void guard(Guard by) {
      if (guard == null) {
        by.forbid(address, MARGIN);
        by.forbid(behind, MARGIN);
        guard = by;
      }
    }

    void end() {
      if (guard != null) {
        guard.allow(address, MARGIN);
        guard.allow(behind, MARGIN);
      }
      arena.close();
    }
  }

  /**
   * @param size bytes, in whole pages; they are zero
   */
  HostMemory(long size) {
    Ending its = new Ending(size);
    ending = its;
    segment =
        MemorySegment.ofAddress(its.address + MARGIN)
            .reinterpret(size, Arena.ofAuto(), _ -> its.end());
  }

  MemorySegment segment() {
    return segment;
  }

  /** Has the margins forbidden, from now to the end. */
  void guard(Guard by) {
    ending.guard(by);
  }
}
