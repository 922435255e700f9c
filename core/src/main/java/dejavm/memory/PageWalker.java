package dejavm.memory;

/**
 * The page walker: 32-bit paging with 4 MiB pages, PAE, and the four levels of long mode. Checks
 * rights as the SDM orders them, and sets accessed and dirty bits in the tables.
 *
 * <p>Only a walk that ends in an access sets accessed bits: where it faults, all tables stay as
 * they were, the upper ones too. The SDM (volume 3, section 4.8) leaves that open; the manual of
 * the 386 says that the bits of both levels are set "before a read or write operation to a page",
 * and it is what the processor-testing ROM test386 wants to see.
 *
 * <p>The surprising fact: under PAE the four entries of the top level are registers, loaded when
 * CR3 is, so that a later write to their memory has no effect. Source: SDM volume 3, sections 4.3
 * to 4.7.
 */
final class PageWalker {
  private static final long PRESENT = 1;
  private static final long WRITABLE = 2;
  private static final long USER = 4;
  private static final long ACCESSED = 0x20;
  private static final long DIRTY = 0x40;
  private static final long LARGE = 0x80;
  private static final long NO_EXECUTE = 1L << 63;

  /** Physical address width: 36 bits, as CPUID says. */
  private static final int PHYSICAL_BITS = 36;

  private static final long ADDRESS = (1L << PHYSICAL_BITS) - 4096;
  private static final long RESERVED_64 = 0x000F_FFFF_FFFF_FFFFL & ~((1L << PHYSICAL_BITS) - 1);

  private final Mmu mmu;

  /** Of the last walk: whether the page may be written now (rights are there, dirty bit is set). */
  boolean writableNow;

  /** Whether SMAP holds for the walk under way. */
  private boolean smap;

  PageWalker(Mmu mmu) {
    this.mmu = mmu;
  }

  /**
   * Walks.
   *
   * @param access {@link Mmu#READ}, {@link Mmu#WRITE} or {@link Mmu#FETCH}
   * @param override the access is made with EFLAGS.AC, which SMAP lets pass
   * @return the physical address, A20 not yet applied
   * @throws PageFault where the tables forbid it
   * @throws NonCanonical in long mode, for an address whose upper bits are not alike
   */
  long walk(long linear, int access, boolean user, boolean override) {
    smap = mmu.preventAccess && !override;
    if (!mmu.pae) {
      return walk32(linear, access, user);
    }
    if (mmu.longMode) {
      if (linear << 16 >> 16 != linear) {
        throw new NonCanonical();
      }
      return walkBelow(linear, access, user, mmu.cr3 & ADDRESS, 3);
    }
    long pointer = mmu.pdpte[(int) (linear >>> 30) & 3];
    if ((pointer & PRESENT) == 0) {
      throw fault(linear, access, user, 0);
    }
    return walkBelow(linear, access, user, pointer & ADDRESS, 1);
  }

  /** Walks from the lowest table that is known from walks before, or from a table of a level. */
  private long walkBelow(long linear, int access, boolean user, long table, int level) {
    WalkCache directories = mmu.directories();
    for (int known = 0; known < Math.min(level, WalkCache.LEVELS); known++) {
      int slot = directories.find(known, linear);
      if (slot >= 0) {
        return walk64(
            linear,
            access,
            user,
            directories.table(slot),
            known,
            directories.rights(slot),
            directories.noExecute(slot));
      }
    }
    return walk64(linear, access, user, table, level, WRITABLE | USER, 0);
  }

  private long walk32(long linear, int access, boolean user) {
    long directoryAddress = (mmu.cr3 & 0xFFFFF000L) | linear >>> 20 & 0xFFC;
    long directory = mmu.tableLoad(directoryAddress, 4);
    if ((directory & PRESENT) == 0) {
      throw fault(linear, access, user, 0);
    }
    if ((directory & LARGE) != 0 && mmu.pse) {
      mmu.trackTable(directoryAddress, WalkedPages.UPPER);
      if ((directory & 0x3FE000) != 0) {
        throw fault(linear, access, user, PageFault.PRESENT | PageFault.RESERVED);
      }
      finish(linear, access, user, directoryAddress, directory, 4, directory, 0);
      return directory & 0xFFC00000L | linear & 0x3FFFFF;
    }
    long tableAddress = (directory & 0xFFFFF000L) | linear >>> 10 & 0xFFC;
    long entry = mmu.tableLoad(tableAddress, 4);
    mmu.trackTable(directoryAddress, WalkedPages.UPPER);
    if ((entry & PRESENT) == 0) {
      throw fault(linear, access, user, 0);
    }
    mmu.trackTable(tableAddress, linear & ~0x3FFFFFL | WalkedPages.LEAF);
    finish(linear, access, user, tableAddress, entry, 4, entry & directory, 0);
    accessed(directoryAddress, 4, directory);
    return entry & 0xFFFFF000L | linear & 0xFFF;
  }

  private long walk64(
      long linear, int access, boolean user, long table, int level, long rights, long noExecute) {
    int shift = 12 + 9 * level;
    long address = table | (linear >>> shift & 0x1FF) << 3;
    long entry = mmu.tableLoad(address, 8);
    if ((entry & PRESENT) == 0) {
      throw fault(linear, access, user, 0);
    }
    long reserved = RESERVED_64 | (mmu.nxe ? 0 : NO_EXECUTE);
    if (!mmu.longMode) {
      reserved |= 0x7FF0_0000_0000_0000L;
    }
    boolean large = level > 0 && (entry & LARGE) != 0;
    if (large) {
      boolean possible = level == 1 || level == 2 && mmu.gigabytePages;
      reserved |= possible ? (1L << shift) - 0x2000 : LARGE;
    }
    mmu.trackTable(
        address, level == 0 ? linear & ~0x1FFFFFL | WalkedPages.LEAF : WalkedPages.UPPER);
    if ((entry & reserved) != 0) {
      throw fault(linear, access, user, PageFault.PRESENT | PageFault.RESERVED);
    }
    long sumRights = rights & entry;
    long sumNoExecute = noExecute | entry & NO_EXECUTE;
    if (level == 0 || large) {
      finish(linear, access, user, address, entry, 8, sumRights, sumNoExecute);
      long inPage = (1L << shift) - 1;
      return entry & ADDRESS & ~inPage | linear & inPage;
    }
    long next = entry & ADDRESS;
    long physical = walk64(linear, access, user, next, level - 1, sumRights, sumNoExecute);
    accessed(address, 8, entry);
    if (level <= WalkCache.LEVELS && !mmu.reachedDevice()) {
      mmu.directories().put(level - 1, linear, next, sumRights, sumNoExecute);
    }
    return physical;
  }

  /**
   * Sets A in an entry above the last. It is read anew, since a table that maps itself has the same
   * entry at several levels, and the last may have got a dirty bit.
   */
  private void accessed(long address, int size, long entry) {
    if ((entry & ACCESSED) == 0) {
      mmu.tableStore(address, size, mmu.tableLoad(address, size) | ACCESSED);
    }
  }

  /** Checks the rights of the whole path, then sets A and D in the last entry. */
  private void finish(
      long linear,
      int access,
      boolean user,
      long address,
      long entry,
      int size,
      long rights,
      long noExecute) {
    boolean mayWrite = (rights & WRITABLE) != 0 || !user && !mmu.writeProtect;
    boolean userPage = (rights & USER) != 0;
    boolean allowed =
        (userPage ? user || !(access == Mmu.FETCH ? mmu.preventExecution : smap) : !user)
            && (access != Mmu.WRITE || mayWrite)
            && (access != Mmu.FETCH || noExecute == 0);
    if (!allowed) {
      throw fault(linear, access, user, PageFault.PRESENT);
    }
    long updated = entry | ACCESSED | (access == Mmu.WRITE ? DIRTY : 0);
    if (updated != entry) {
      mmu.tableStore(address, size, updated);
    }
    writableNow = mayWrite && (updated & DIRTY) != 0;
  }

  private PageFault fault(long linear, int access, boolean user, int error) {
    int code = error | (user ? PageFault.USER : 0);
    if (access == Mmu.WRITE) {
      code |= PageFault.WRITE;
    } else if (access == Mmu.FETCH && (mmu.pae && mmu.nxe || mmu.preventExecution)) {
      code |= PageFault.FETCH;
    }
    return new PageFault(linear, code);
  }
}
