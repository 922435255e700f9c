package dejavm.cpu.translate;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Memory of the host for translated code: one file in memory, mapped twice, so that no page is
 * writable and executable at the same address. Pages that nobody may touch lie before and behind
 * the executable view.
 *
 * <p>Source: mmap(2), memfd_create(2).
 */
@SuppressWarnings("restricted") // memory of the host is what this is about
final class CodeMemory {
  private static final int PROT_NONE = 0;
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_FIXED = 0x10;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MFD_CLOEXEC = 1;
  private static final long GUARD = 1 << 16;

  private final long size;
  private final MemorySegment writable;
  private final long executable;
  private long end;

  /**
   * @param size bytes, a multiple of 64 KiB, less than 2 GiB; pages that are not used cost nothing
   * @throws UnsupportedOperationException where the host does not allow it
   */
  CodeMemory(long size) {
    this.size = size;
    try {
      Host host = new Host();
      int file = host.memfd("dejavm-code", size);
      long around =
          host.map(0, size + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
      executable =
          host.map(around + GUARD, size, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED, file);
      long view = host.map(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, file);
      host.close(file);
      writable =
          MemorySegment.ofAddress(view).reinterpret(size, host.lifetime(this, around, view), null);
    } catch (UnsupportedOperationException refused) {
      throw refused;
    } catch (Throwable other) {
      throw new UnsupportedOperationException("no memory for translated code", other);
    }
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

  /** What is needed of the host's C library. */
  private static final class Host {
    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols = linker.defaultLookup();
    private final MethodHandle mmap =
        function(
            "mmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    private final MethodHandle munmap =
        function(
            "munmap",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private final MethodHandle close =
        function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private MethodHandle function(String name, FunctionDescriptor descriptor) {
      return linker.downcallHandle(
          symbols
              .find(name)
              .orElseThrow(() -> new UnsupportedOperationException("the host has no " + name)),
          descriptor);
    }

    int memfd(String name, long size) throws Throwable {
      MethodHandle create =
          function(
              "memfd_create",
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
      MethodHandle truncate =
          function(
              "ftruncate",
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
      try (Arena arena = Arena.ofConfined()) {
        int file = (int) create.invokeExact(arena.allocateFrom(name), MFD_CLOEXEC);
        if (file < 0 || (int) truncate.invokeExact(file, size) != 0) {
          throw new UnsupportedOperationException("the host gives no file in memory");
        }
        return file;
      }
    }

    long map(long address, long length, int protection, int flags, int file) throws Throwable {
      long at = (long) mmap.invokeExact(address, length, protection, flags, file, 0L);
      if (at == -1) {
        throw new UnsupportedOperationException("the host does not map executable memory");
      }
      return at;
    }

    void close(int file) throws Throwable {
      int ignored = (int) close.invokeExact(file);
    }

    /** An arena whose end unmaps both views. */
    Arena lifetime(CodeMemory memory, long around, long view) {
      Arena arena = Arena.ofAuto();
      long length = memory.size;
      MethodHandle unmap = munmap;
      // The arena's end, not that of the segments handed out, is when nobody can reach the code.
      MemorySegment.ofAddress(around)
          .reinterpret(
              1,
              arena,
              ignored -> {
                unmap(unmap, around, length + 2 * GUARD);
                unmap(unmap, view, length);
              });
      return arena;
    }

    private static void unmap(MethodHandle munmap, long at, long length) {
      try {
        int ignored = (int) munmap.invokeExact(at, length);
      } catch (Throwable impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
