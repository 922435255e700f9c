package dejavm.cpu.translate;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory of the host for translated code: one file in memory, mapped twice, so that no page is
 * writable and executable at the same address. Pages that nobody may touch lie before and behind
 * the executable view.
 */
@SuppressWarnings("restricted") // memory of the host is what this is about
final class CodeMemory {
  private static final long GUARD = 1 << 16;

  private final long size;
  private final MemorySegment writable;
  private final long executable;
  private long end;

  /**
   * @param size bytes, a multiple of 64 KiB, less than 2 GiB; pages that are not used cost nothing
   * @param host what maps it
   * @throws UnsupportedOperationException where the host does not allow it
   */
  CodeMemory(long size, HostCalls host) {
    this.size = size;
    int file = host.memfd("dejavm-code", size);
    long around = host.map(0, size + 2 * GUARD, HostCalls.PROT_NONE, HostCalls.MAP_NOTHING, -1);
    executable =
        host.map(
            around + GUARD,
            size,
            HostCalls.PROT_READ | HostCalls.PROT_EXEC,
            HostCalls.MAP_SHARED | HostCalls.MAP_FIXED,
            file);
    long view =
        host.map(0, size, HostCalls.PROT_READ | HostCalls.PROT_WRITE, HostCalls.MAP_SHARED, file);
    host.close(file);
    writable = MemorySegment.ofAddress(view).reinterpret(size, lifetime(host, around, view), null);
  }

  /** Where the next code will lie, as the processor sees it. */
  long here() {
    return executable + end;
  }

  /** Bytes in use. */
  long used() {
    return end;
  }

  boolean hasRoom(int bytes) {
    return end + bytes <= size;
  }

  /** Appends code that was assembled for {@link #here}. */
  void append(byte[] code, int length) {
    MemorySegment.copy(code, 0, writable, ValueLayout.JAVA_BYTE, end, length);
    end += length + 15 & ~15;
  }

  /** Drops everything from an address on. */
  void truncate(long address) {
    end = address - executable;
  }

  /**
   * Makes the jump whose distance ends at an address lead to a target.
   *
   * @param after the address behind the four bytes of the distance
   */
  void patch(long after, long target) {
    writable.set(ValueLayout.JAVA_INT_UNALIGNED, after - 4 - executable, (int) (target - after));
  }

  /**
   * Changes a constant.
   *
   * @param after the address behind its eight bytes
   */
  void patchConstant(long after, long value) {
    writable.set(ValueLayout.JAVA_LONG_UNALIGNED, after - 8 - executable, value);
  }

  /** The bytes of code at an address; for tests and listings. */
  byte[] bytes(long address, int length) {
    return writable.asSlice(address - executable, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** An arena whose end unmaps both views. */
  private Arena lifetime(HostCalls host, long around, long view) {
    Arena arena = Arena.ofAuto();
    long length = size;
    // The arena's end, not that of the segments handed out, is when nobody can reach the code.
    MemorySegment.ofAddress(around)
        .reinterpret(
            1,
            arena,
            _ -> {
              host.unmap(around, length + 2 * GUARD);
              host.unmap(view, length);
            });
    return arena;
  }
}
