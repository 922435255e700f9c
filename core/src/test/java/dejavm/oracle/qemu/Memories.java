package dejavm.oracle.qemu;

import dejavm.memory.PhysicalMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Compares what a program left in memory. */
final class Memories {
  /** EFLAGS.RF of an image on a stack, which QEMU does not always save. */
  private static final int RF_BYTE = 2;

  private static final int ACCESSED = 0x20;

  private Memories() {}

  /**
   * What differs.
   *
   * @param pae whether the top table is that of PAE; QEMU sets accessed bits in it, which its
   *     entries do not have (SDM volume 3, table 4-8)
   */
  static List<String> differences(PhysicalMemory ours, QemuCpu qemu, boolean pae)
      throws IOException {
    List<String> found = new ArrayList<>();
    for (int[] range : Memory.RANGES) {
      boolean stack = range[0] >= 0x8000 && range[0] < 0xD000;
      byte[] mine = new byte[range[1]];
      ours.read(range[0], mine, 0, mine.length);
      byte[] other = qemu.read(range[0], range[1]);
      for (int i = 0; i < mine.length && found.size() < 8; i++) {
        int mask = stack && (i & 3) == RF_BYTE ? 0xFE : 0xFF;
        if (pae && range[0] == SystemTables.TABLES && (i & 7) == 0) {
          mask = ~ACCESSED;
        }
        if (((mine[i] ^ other[i]) & mask) != 0) {
          found.add("[%x] %02x %02x".formatted(range[0] + i, mine[i] & 0xFF, other[i] & 0xFF));
        }
      }
    }
    return found;
  }
}
