package dejavm.memory;

/**
 * The address spaces that were used last: a system that goes back and forth between a few processes
 * finds their translations as it left them.
 */
final class AddressSpaces {
  private final AddressSpace[] spaces;

  /** When each was selected last. */
  private final long[] selected;

  private long selections;
  private AddressSpace active;

  AddressSpaces(Tlb cache, int pages) {
    spaces = new AddressSpace[Tlb.SPACES];
    selected = new long[spaces.length];
    for (int i = 0; i < spaces.length; i++) {
      spaces[i] = new AddressSpace(cache, i, pages);
    }
    active = spaces[0];
  }

  /** The one in use. */
  AddressSpace active() {
    return active;
  }

  /** Uses the space of these tables from now on. */
  void select(AddressSpace.Tables tables) {
    int oldest = 0;
    int found = -1;
    for (int i = 0; i < spaces.length; i++) {
      if (spaces[i].isValid() && spaces[i].isOf(tables)) {
        found = i;
      }
      if (selected[i] < selected[oldest]) {
        oldest = i;
      }
    }
    if (found < 0) {
      found = oldest;
      spaces[found].become(tables);
    }
    active = spaces[found];
    selected[found] = ++selections;
  }

  /** Drops everything. */
  void flush() {
    for (AddressSpace space : spaces) {
      space.invalidate();
    }
    active.flush();
  }

  /** Whether a page of RAM holds tables that something was derived from. */
  boolean areIn(int page) {
    for (AddressSpace space : spaces) {
      if (space.isValid() && space.walks.include(page)) {
        return true;
      }
    }
    return false;
  }

  /**
   * An entry of a page of tables is about to change: drops what was derived from it.
   *
   * @param entry its number in the page
   * @return whether an engine has to look again
   */
  boolean changing(int page, int entry) {
    boolean looks = false;
    for (AddressSpace space : spaces) {
      if (space.isValid() && space.walks.include(page)) {
        looks |= changing(space, space.walks.role(page), entry) && space == active;
      }
    }
    return looks;
  }

  private boolean changing(AddressSpace space, long role, int entry) {
    if (role != WalkedPages.UPPER) {
      return space.drop((role & ~WalkedPages.LEAF) + ((long) entry << 12));
    }
    if (space == active) {
      space.flush();
    } else {
      space.invalidate();
    }
    return true;
  }

  void dropWriteAccess() {
    for (AddressSpace space : spaces) {
      space.dropWriteAccess();
    }
  }

  /** Takes write access to a page of RAM. */
  void takeWriteAccess(int page) {
    for (AddressSpace space : spaces) {
      space.takeWriteAccess(page);
    }
  }
}
