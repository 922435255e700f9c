package dejavm.oracle.qemu;

import dejavm.cpu.Cpu;
import dejavm.cpu.Flags;
import java.util.ArrayList;
import java.util.List;

/**
 * What can be seen of a processor through QEMU's gdb stub.
 *
 * @param general the sixteen general registers, in the order of their encoding
 * @param selectors ES, CS, SS, DS, FS, GS
 * @param system FS base, GS base, kernel GS base, CR0, CR2, CR3, CR4, CR8, EFER
 */
record CpuImage(long[] general, long rip, int flags, int[] selectors, long[] system) {
  private static final String[] GENERAL = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15"
  };
  private static final String[] SELECTORS = {"es", "cs", "ss", "ds", "fs", "gs"};
  private static final String[] SYSTEM = {
    "fs.base", "gs.base", "kernel.gs", "cr0", "cr2", "cr3", "cr4", "cr8", "efer"
  };

  static CpuImage of(Cpu c) {
    long[] general = new long[16];
    boolean wide = c.code64();
    for (int i = 0; i < 16; i++) {
      // Outside of 64-bit mode the stub shows the low halves only.
      general[i] = wide ? c.r[i] : i < 8 ? c.r[i] & 0xFFFFFFFFL : 0;
    }
    int[] selectors = new int[6];
    for (int i = 0; i < 6; i++) {
      selectors[i] = c.selector[i];
    }
    long[] system = {
      c.base[Cpu.FS], c.base[Cpu.GS], c.kernelGsBase, c.cr0, c.cr2, c.cr3, c.cr4, c.cr8, c.efer
    };
    return new CpuImage(general, c.rip, c.flags() & ~Flags.RF, selectors, system);
  }

  /** The fields that differ, with this one's value first. */
  List<String> differences(CpuImage other) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      compare(found, GENERAL[i], general[i], other.general[i]);
    }
    compare(found, "rip", rip, other.rip);
    compare(found, "flags", flags, other.flags);
    for (int i = 0; i < 6; i++) {
      compare(found, SELECTORS[i], selectors[i], other.selectors[i]);
    }
    for (int i = 0; i < SYSTEM.length; i++) {
      compare(found, SYSTEM[i], system[i], other.system[i]);
    }
    return found;
  }

  private static void compare(List<String> found, String name, long a, long b) {
    if (a != b) {
      found.add("%s %x %x".formatted(name, a, b));
    }
  }
}
