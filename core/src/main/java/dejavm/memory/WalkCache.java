package dejavm.memory;

import java.util.Arrays;

/**
 * Where walks of PAE paging and of long mode found tables, so that later walks begin there: what
 * processors keep in paging-structure caches (SDM volume 3, section 4.10.3).
 *
 * <p>It holds what follows from entries of upper levels, all of which are accessed. A change of one
 * of those empties it, as it does the whole address space.
 */
final class WalkCache {
  /** Page tables and page directories are kept: levels 0 and 1. */
  static final int LEVELS = 2;

  private static final int ENTRIES = 256;
  private static final long NOTHING = -1;

  /** By level and slot: which part of the linear addresses, the table, and what walks carry on. */
  private final long[] parts = new long[LEVELS * ENTRIES];

  private final long[] tables = new long[LEVELS * ENTRIES];
  private final long[] rights = new long[LEVELS * ENTRIES];
  private final long[] noExecute = new long[LEVELS * ENTRIES];

  WalkCache() {
    clear();
  }

  private static long part(int level, long linear) {
    return linear >>> 21 + 9 * level;
  }

  private static int slot(int level, long part) {
    return level * ENTRIES + ((int) part & ENTRIES - 1);
  }

  void clear() {
    Arrays.fill(parts, NOTHING);
  }

  /** The slot of the table of a level for an address, or -1. */
  int find(int level, long linear) {
    long part = part(level, linear);
    int slot = slot(level, part);
    return parts[slot] == part ? slot : -1;
  }

  /** The physical address of a table. */
  long table(int slot) {
    return tables[slot];
  }

  /** The rights that all entries above it give. */
  long rights(int slot) {
    return rights[slot];
  }

  /** Not 0 if an entry above it forbids execution. */
  long noExecute(int slot) {
    return noExecute[slot];
  }

  /** Keeps the table of a level for the addresses around one. */
  void put(int level, long linear, long table, long itsRights, long forbidden) {
    long part = part(level, linear);
    int slot = slot(level, part);
    parts[slot] = part;
    tables[slot] = table;
    rights[slot] = itsRights;
    noExecute[slot] = forbidden;
  }
}
