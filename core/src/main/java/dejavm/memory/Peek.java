package dejavm.memory;

/**
 * Looks at memory by linear address without leaving a trace: sets no accessed bit, fills no cache,
 * asks no device. Rights do not matter.
 *
 * <p>Source: SDM volume 3, sections 4.3 to 4.5.
 */
public final class Peek {
  private static final long PRESENT = 1;
  private static final long LARGE = 0x80;
  private static final long FRAME = 0x000F_FFFF_FFFF_F000L;

  private final Mmu mmu;
  private final PhysicalMemory memory;
  private final byte[] entry = new byte[8];

  public Peek(Mmu mmu) {
    this.mmu = mmu;
    memory = mmu.memory();
  }

  /** The physical address, A20 applied; -1 where nothing is mapped. */
  public long physical(long linear) {
    if (!mmu.paging) {
      return linear & mmu.a20;
    }
    long physical;
    if (!mmu.pae) {
      physical = walk(linear, mmu.cr3 & 0xFFFF_F000L, 1, 10, 4);
    } else if (mmu.longMode) {
      physical = walk(linear, mmu.cr3 & FRAME, 3, 9, 8);
    } else {
      long pointer = mmu.pdpte[(int) (linear >>> 30) & 3];
      physical = (pointer & PRESENT) == 0 ? -1 : walk(linear, pointer & FRAME, 1, 9, 8);
    }
    return physical < 0 ? -1 : physical & mmu.a20;
  }

  private long walk(long linear, long table, int level, int bits, int size) {
    int shift = 12 + bits * level;
    long value = load(table + (linear >>> shift & (1L << bits) - 1) * size, size);
    if ((value & PRESENT) == 0) {
      return -1;
    }
    boolean large = level > 0 && (value & LARGE) != 0 && (size == 8 || mmu.pse);
    if (level == 0 || large) {
      long inPage = (1L << shift) - 1;
      return value & FRAME & ~inPage | linear & inPage;
    }
    return walk(linear, value & FRAME, level - 1, bits, size);
  }

  /** An entry of a table; 0, which is not present, where there is no memory. */
  private long load(long physical, int size) {
    long offset = memory.offset(physical & mmu.a20);
    if (offset < 0) {
      return 0;
    }
    memory.read(offset, entry, 0, size);
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | entry[i] & 0xFF;
    }
    return value;
  }

  /**
   * Reads bytes of RAM and ROM.
   *
   * @return how many could be read, before the first that is not mapped, or that a device holds
   */
  public int read(long linear, byte[] into) {
    for (int done = 0; done < into.length; done++) {
      long physical = physical(linear + done);
      long offset = physical < 0 ? -1 : memory.offset(physical);
      if (offset < 0) {
        return done;
      }
      memory.read(offset, into, done, 1);
    }
    return into.length;
  }
}
