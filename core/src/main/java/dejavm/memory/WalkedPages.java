package dejavm.memory;

/**
 * Which pages of RAM were used as page tables in walks since the translation cache was flushed, and
 * as what.
 */
final class WalkedPages {
  /** A leaf table: this bit, and the linear address that its first entry is for. */
  static final long LEAF = 1;

  /** A table of an upper level, or one of more roles than one. */
  static final long UPPER = 2;

  private final long[] role;

  /** Valid while the generation beside a role is the present one. */
  private final int[] generation;

  private int now = 1;

  WalkedPages(int pages) {
    role = new long[pages];
    generation = new int[pages];
  }

  void forget() {
    now++;
  }

  /** A number that changes with every flush. */
  int flushes() {
    return now;
  }

  boolean include(int page) {
    return generation[page] == now;
  }

  /** {@link #UPPER}, or the address of a {@link #LEAF} with that bit. */
  long role(int page) {
    return role[page];
  }

  /** Notes a use; whether it is the page's first. */
  boolean note(int page, long newRole) {
    if (generation[page] != now) {
      generation[page] = now;
      role[page] = newRole;
      return true;
    }
    if (role[page] != newRole) {
      role[page] = UPPER;
    }
    return false;
  }
}
