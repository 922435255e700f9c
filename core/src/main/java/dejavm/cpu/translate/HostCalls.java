package dejavm.cpu.translate;

import dejavm.memory.Guard;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What is needed of the host's C library: to map memory.
 *
 * <p>Source: mmap(2), mprotect(2), memfd_create(2); the numbers are those of Linux on x86-64.
 */
@SuppressWarnings("restricted") // memory of the host is what this is about
final class HostCalls implements Guard {
  static final int PROT_NONE = 0;
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int PROT_EXEC = 4;
  static final int MAP_SHARED = 1;
  static final int MAP_FIXED = 0x10;
  private static final int MAP_PRIVATE = 2;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;

  /** To map addresses at which nothing lies yet. */
  static final int MAP_NOTHING = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

  private static final int MFD_CLOEXEC = 1;

  private final Linker linker = Linker.nativeLinker();
  private final SymbolLookup symbols = linker.defaultLookup();
  private final MethodHandle mmap =
      function(
          "mmap",
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_LONG);
  private final MethodHandle munmap =
      function("munmap", ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
  private final MethodHandle mprotect =
      function(
          "mprotect",
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT);
  private final MethodHandle close = function("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

  private MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    return linker.downcallHandle(
        symbols
            .find(name)
            .orElseThrow(() -> new UnsupportedOperationException("the host has no " + name)),
        FunctionDescriptor.of(result, arguments));
  }

  /**
   * Makes a file in memory; its descriptor.
   *
   * @throws UnsupportedOperationException where the host gives none
   */
  int memfd(String name, long size) {
    MethodHandle create =
        function("memfd_create", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    MethodHandle truncate =
        function("ftruncate", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG);
    try (Arena arena = Arena.ofConfined()) {
      int file = (int) create.invokeExact(arena.allocateFrom(name), MFD_CLOEXEC);
      if (file < 0 || (int) truncate.invokeExact(file, size) != 0) {
        throw new UnsupportedOperationException("the host gives no file in memory");
      }
      return file;
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Maps pages; where.
   *
   * @throws UnsupportedOperationException where the host does not
   */
  long map(long address, long length, int protection, int flags, int file) {
    long at;
    try {
      at = (long) mmap.invokeExact(address, length, protection, flags, file, 0L);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
    if (at == -1) {
      throw new UnsupportedOperationException("the host does not map executable memory");
    }
    return at;
  }

  void unmap(long at, long length) {
    try {
      int ignored = (int) munmap.invokeExact(at, length);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  void close(int file) {
    try {
      int ignored = (int) close.invokeExact(file);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void forbid(long address, long length) {
    protect(address, length, PROT_NONE);
  }

  @Override
  public void allow(long address, long length) {
    protect(address, length, PROT_READ | PROT_WRITE);
  }

  private void protect(long address, long length, int protection) {
    int refused;
    try {
      refused = (int) mprotect.invokeExact(address, length, protection);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
    if (refused != 0) {
      throw new UnsupportedOperationException("the host does not protect memory");
    }
  }
}
