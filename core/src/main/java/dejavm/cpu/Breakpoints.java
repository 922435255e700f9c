package dejavm.cpu;

import dejavm.memory.DataWatches;

/**
 * The breakpoints of the debug registers: on instructions, data and ports.
 *
 * <p>The surprising fact: a breakpoint on an instruction is a fault before it, held back by RF; one
 * on data or a port is a trap after it. While none is enabled they cost nothing: instructions are
 * compared only where {@link Attention#BREAKPOINT} makes the engine step, and pages with watched
 * data have no entries in the translation cache. Source: SDM volume 3, sections 17.2 and 17.3.
 */
public final class Breakpoints {
  static final int COUNT = 4;

  /** DR6.B0 to B3, which tell of the latest exception only; the other bits are sticky. */
  private static final long HITS = 0xF;

  private static final int ON_EXECUTION = 0;
  private static final int ON_WRITE = 1;
  private static final int ON_PORT = 2;

  /** Bytes by the LEN field: 8 where others have a gap. */
  private static final int[] LENGTHS = {1, 2, 8, 4};

  private Breakpoints() {}

  private static boolean enabled(Cpu c, int n) {
    return (c.dr[7] >> 2 * n & 3) != 0;
  }

  private static int kind(Cpu c, int n) {
    return (int) (c.dr[7] >> 16 + 4 * n) & 3;
  }

  private static int length(Cpu c, int n) {
    return LENGTHS[(int) (c.dr[7] >> 18 + 4 * n) & 3];
  }

  /** Tells the MMU which data is watched, after a change of a debug register or of CR4.DE. */
  static void apply(Cpu c) {
    DataWatches watches = c.mmu.watches();
    watches.clear();
    c.watchesExecution = false;
    for (int n = 0; n < COUNT; n++) {
      if (!enabled(c, n)) {
        continue;
      }
      int kind = kind(c, n);
      if (kind == ON_EXECUTION) {
        c.watchesExecution = true;
      } else if (kind != ON_PORT) {
        int length = length(c, n);
        watches.set(n, c.dr[n] & -length, length, kind != ON_WRITE);
        c.mmu.flush();
      }
    }
    c.updateAttention();
  }

  /**
   * Tells in DR6 what a debug exception is for: new bits, instead of the hits of an earlier one.
   */
  public static void report(Cpu c, long bits) {
    c.dr[6] = c.dr[6] & ~HITS | bits;
  }

  /** The bits of DR6 for the breakpoints on the instruction about to be executed. */
  public static int onExecution(Cpu c) {
    if (!c.watchesExecution || c.flag(Flags.RF)) {
      return 0;
    }
    long linear = c.wrap(c.codeBase + c.rip);
    int hits = 0;
    for (int n = 0; n < COUNT; n++) {
      if (enabled(c, n) && kind(c, n) == ON_EXECUTION && c.dr[n] == linear) {
        hits |= 1 << n;
      }
    }
    return hits;
  }

  /** Notes that a port was accessed. */
  static void onPort(Cpu c, int port, int size) {
    if ((c.dr[7] & 0xFF) == 0 || (c.cr4 & ControlRegisters.CR4_DE) == 0) {
      return;
    }
    for (int n = 0; n < COUNT; n++) {
      int length = length(c, n);
      long first = c.dr[n] & -length;
      if (enabled(c, n)
          && kind(c, n) == ON_PORT
          && port < first + length
          && first < (long) port + size) {
        c.debugHits |= 1 << n;
        c.updateAttention();
      }
    }
  }
}
