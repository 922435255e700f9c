package dejavm.memory;

import static dejavm.memory.PhysicalMemory.INT;
import static dejavm.memory.PhysicalMemory.LONG;
import static dejavm.memory.PhysicalMemory.SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads and stores at linear addresses: the translation cache in front of {@link PageWalker} and
 * {@link PhysicalMemory}.
 *
 * <p>The cache is a {@link Tlb}. A page has write access in it only while nobody needs to hear of
 * writes to it, so the fast path needs no questions.
 *
 * <p>Everything here keeps the promise of the package: a write to a page that was used in a walk
 * drops what was derived from the entries written, so that the cache cannot be observed. That makes
 * INVLPG, and loading CR3 with the value that it has, operations without effect.
 */
public final class Mmu {
  public static final int READ = 0;
  public static final int WRITE = 1;
  public static final int FETCH = 2;

  /** The end of the lower half of what is canonical. */
  private static final long NOT_CANONICAL = 0x0000_8000_0000_0000L;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private final PhysicalMemory memory;
  private final MemorySegment ram;
  private final SystemBus bus;
  private final PageWalker walker = new PageWalker(this);

  /** The translation cache, and where the entries of the bank in use start in it. */
  private final Tlb cache;

  private final MemorySegment tlb;
  private int bank;
  private final int mask;

  private final List<Runnable> changes = new ArrayList<>();

  /** The address spaces, and where the banks of the one in use start. */
  private final AddressSpaces spaces;

  private int supervisorBank;
  private int overrideBank;
  private int userBank;

  // What the walker needs of the control registers.
  long cr3;
  boolean paging;
  boolean pae;
  boolean longMode;
  boolean pse;
  boolean nxe;
  boolean writeProtect;
  boolean gigabytePages;

  /** CR4.SMEP: a supervisor does not execute what a user may access. */
  boolean preventExecution;

  /** CR4.SMAP: a supervisor accesses what a user may access only with EFLAGS.AC. */
  boolean preventAccess;

  final long[] pdpte = new long[4];

  /** The mask of the A20 input, and what is in force of it: nothing in system management mode. */
  private long a20Input = -1;

  long a20 = -1;
  private boolean management;

  private final Admission admission = new Admission(this);

  /**
   * Set whenever an engine must not go on in what it decoded or cached before: a fetch translation
   * or code was dropped, or a device was reached. The engine clears it when it has looked.
   */
  public boolean disturbed;

  /** 64-bit mode: linear addresses do not wrap at 4 GiB. */
  private boolean wide;

  /** Data that a debugger in the guest watches. */
  private final DataWatches watches = new DataWatches();

  /** Whether the last walk reached a device: such a walk is made again for every access. */
  private boolean uncached;

  /** Where in RAM the last address that was translated is, if it may be written to; else -1. */
  private long translated;

  /**
   * @param tlbEntries entries in a bank of the translation cache: a power of two, 1 to 65536; there
   *     are four at least, so that an address can tell which it cannot be in
   */
  public Mmu(PhysicalMemory memory, SystemBus bus, int tlbEntries) {
    if (Integer.bitCount(tlbEntries) != 1 || tlbEntries > 65536) {
      throw new IllegalArgumentException("the translation cache has 1, 2, 4 … 65536 entries");
    }
    this.memory = memory;
    this.bus = bus;
    ram = memory.segment();
    cache = new Tlb(Math.max(4, tlbEntries));
    tlb = cache.segment();
    mask = cache.mask();
    spaces = new AddressSpaces(cache, memory.pages());
    control(0, false, false, false);
  }

  public PhysicalMemory memory() {
    return memory;
  }

  // ---- for translated code ----

  /** Who relies on translations of fetches. */
  public FetchReliance reliance() {
    return spaces.active().reliance;
  }

  public Tlb tlb() {
    return cache;
  }

  /** Which bank the accesses with the present rights use: 0, 1 or 2. */
  public int bank() {
    return (bank - supervisorBank) / cache.bank(1);
  }

  /** The number of the address space in use, below {@link Tlb#SPACES}. */
  public int space() {
    return spaces.active().number;
  }

  /** Where walks found tables in the address space in use. */
  WalkCache directories() {
    return spaces.active().directories;
  }

  /** Whether the walk under way reached a device, so that nothing may be kept of it. */
  boolean reachedDevice() {
    return uncached;
  }

  /** Accesses to be made later, if no device is in the way. */
  public Admission admission() {
    return admission;
  }

  // ---- control ----

  /** Tells of the control registers: they select an address space. */
  public void control(long newCr3, boolean paged, boolean extended, boolean isLong) {
    cr3 = newCr3;
    paging = paged;
    pae = extended;
    longMode = isLong;
    spaces.select(AddressSpace.Tables.of(cr3, paging, pae, longMode, pdpte));
    int kind = bank - supervisorBank;
    supervisorBank = spaces.active().base;
    overrideBank = supervisorBank + cache.bank(1);
    userBank = supervisorBank + cache.bank(2);
    bank = supervisorBank + kind;
    disturbed = true;
  }

  /** Tells of the bits that refine paging: CR4.PSE, EFER.NXE, CR0.WP; 1 GiB pages by model. */
  public void refine(
      boolean largePages, boolean noExecute, boolean protectSupervisor, boolean hugePages) {
    if (pse != largePages
        || nxe != noExecute
        || writeProtect != protectSupervisor
        || gigabytePages != hugePages) {
      pse = largePages;
      nxe = noExecute;
      writeProtect = protectSupervisor;
      gigabytePages = hugePages;
      flush();
    }
  }

  /** Tells of CR4.SMEP and CR4.SMAP. */
  public void protectUserPages(boolean fromExecution, boolean fromAccess) {
    if (preventExecution != fromExecution || preventAccess != fromAccess) {
      preventExecution = fromExecution;
      preventAccess = fromAccess;
      flush();
    }
  }

  /** The four page-directory-pointer registers of PAE paging. */
  public long[] pointers() {
    return pdpte;
  }

  /**
   * Selects the rights of the accesses that follow.
   *
   * @param isUser CPL 3
   * @param override EFLAGS.AC: SMAP does not hold for a supervisor
   */
  public void rights(boolean isUser, boolean override) {
    bank = isUser ? userBank : override && preventAccess ? overrideBank : supervisorBank;
  }

  /** Where the entry for an address is in {@link #tlb}. */
  private int slot(long linear) {
    return bank + ((int) (linear >>> 12 - Tlb.ENTRY_SHIFT) & mask);
  }

  /** Tells whether linear addresses have 64 bits: in 64-bit mode. */
  public void wide(boolean is64) {
    wide = is64;
  }

  public void a20(boolean enabled) {
    a20Input = enabled ? -1 : ~0x100000L;
    maskAddresses();
  }

  private void maskAddresses() {
    long newMask = management ? -1 : a20Input;
    if (newMask != a20) {
      a20 = newMask;
      flush();
    }
  }

  /**
   * Tells of system management mode: it sees the memory that is for it alone, wherever that lies,
   * so the A20 input does not hold in it.
   */
  public void management(boolean entered) {
    if (entered != management) {
      management = entered;
      memory.management(entered);
      maskAddresses();
      flush();
    }
  }

  /** A change of the map or of A20 that waits for the end of the instruction under way. */
  public void later(Runnable change) {
    changes.add(change);
    disturbed = true;
  }

  /** Makes the changes that wait; between instructions. */
  public void applyChanges() {
    if (!changes.isEmpty()) {
      changes.forEach(Runnable::run);
      changes.clear();
      flush();
    }
  }

  public boolean a20() {
    return a20Input == -1;
  }

  /** Drops all translations. Cannot be observed by the guest. */
  public void flush() {
    spaces.flush();
    disturbed = true;
  }

  /** Takes back all write access, so that the next write to each page is seen. */
  public void dropWriteAccess() {
    spaces.dropWriteAccess();
  }

  /** The watches, of which none is set. Whoever sets one calls {@link #flush} before it counts. */
  public DataWatches watches() {
    return watches;
  }

  // ---- loads ----

  public int load8(long linear) {
    int at = slot(linear);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at), 4095) <= 0) {
      return ram.get(BYTE, tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear) & 0xFF;
    }
    return (int) loadSlow(linear, 1);
  }

  public int load16(long linear) {
    int at = slot(linear);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at), 4094) <= 0) {
      return ram.get(SHORT, tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear) & 0xFFFF;
    }
    return (int) loadSlow(linear, 2);
  }

  public int load32(long linear) {
    int at = slot(linear);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at), 4092) <= 0) {
      return ram.get(INT, tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear);
    }
    return (int) loadSlow(linear, 4);
  }

  public long load64(long linear) {
    int at = slot(linear);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at), 4088) <= 0) {
      return ram.get(LONG, tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear);
    }
    return loadSlow(linear, 8);
  }

  /** Loads zero-extended; {@code size} 1, 2, 4 or 8. */
  public long load(long linear, int size) {
    return switch (size) {
      case 1 -> load8(linear);
      case 2 -> load16(linear);
      case 4 -> load32(linear) & 0xFFFFFFFFL;
      default -> load64(linear);
    };
  }

  /** The load of a read-modify-write: faults as the store will, before anything is read. */
  public long loadForWrite(long linear, int size) {
    probe(linear, size, WRITE);
    return load(linear, size);
  }

  private long loadSlow(long linear, int size) {
    int first = 4096 - (int) (linear & 0xFFF);
    if (first < size) {
      requireCanonicalEnd(linear);
    }
    long low = translate(linear, READ);
    long high = first >= size ? 0 : translate(next(linear), READ);
    disturbed |= watches.accessed(linear, size, false);
    if (first >= size) {
      return loadPhysical(low, size);
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= loadPhysical(i < first ? low + i : high + i - first, 1) << 8 * i;
    }
    return value;
  }

  /** The start of the next page; wraps at 4 GiB outside 64-bit mode. */
  private long next(long linear) {
    long page = (linear | 0xFFF) + 1;
    return page == 1L << 32 && !wide ? 0 : page;
  }

  /** An access that ends beyond what is canonical faults for that, whatever its first page is. */
  private void requireCanonicalEnd(long linear) {
    if (next(linear) == NOT_CANONICAL) {
      throw new NonCanonical();
    }
  }

  private long loadPhysical(long physical, int size) {
    long offset = memory.offset(physical);
    if (offset < 0) {
      return loadDevice(physical, size);
    }
    return switch (size) {
      case 1 -> ram.get(BYTE, offset) & 0xFFL;
      case 2 -> ram.get(SHORT, offset) & 0xFFFFL;
      case 4 -> ram.get(INT, offset) & 0xFFFFFFFFL;
      default -> ram.get(LONG, offset);
    };
  }

  private long loadDevice(long physical, int size) {
    admission.refuseDevices();
    disturbed = true;
    uncached = true;
    return DeviceAccess.load(bus, physical, size);
  }

  // ---- stores ----

  public void store8(long linear, int value) {
    int at = slot(linear);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at + Tlb.WRITE_TAG), 4095) <= 0) {
      ram.set(BYTE, tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear, (byte) value);
    } else {
      storeSlow(linear, 1, value);
    }
  }

  public void store16(long linear, int value) {
    int at = slot(linear);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at + Tlb.WRITE_TAG), 4094) <= 0) {
      ram.set(SHORT, tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear, (short) value);
    } else {
      storeSlow(linear, 2, value);
    }
  }

  public void store32(long linear, int value) {
    int at = slot(linear);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at + Tlb.WRITE_TAG), 4092) <= 0) {
      ram.set(INT, tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear, value);
    } else {
      storeSlow(linear, 4, value);
    }
  }

  public void store64(long linear, long value) {
    int at = slot(linear);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at + Tlb.WRITE_TAG), 4088) <= 0) {
      ram.set(LONG, tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear, value);
    } else {
      storeSlow(linear, 8, value);
    }
  }

  /** Stores the low {@code size} bytes; 1, 2, 4 or 8. */
  public void store(long linear, int size, long value) {
    switch (size) {
      case 1 -> store8(linear, (int) value);
      case 2 -> store16(linear, (int) value);
      case 4 -> store32(linear, (int) value);
      default -> store64(linear, value);
    }
  }

  private void storeSlow(long linear, int size, long value) {
    int first = 4096 - (int) (linear & 0xFFF);
    if (first < size) {
      requireCanonicalEnd(linear);
    }
    long low = translate(linear, WRITE);
    long high = first >= size ? 0 : translate(next(linear), WRITE);
    disturbed |= watches.accessed(linear, size, true);
    if (first >= size) {
      storePhysical(low, size, value);
      return;
    }
    for (int i = 0; i < size; i++) {
      storePhysical(i < first ? low + i : high + i - first, 1, value >>> 8 * i & 0xFF);
    }
  }

  private void storePhysical(long physical, int size, long value) {
    int entry = memory.entry(physical);
    switch (entry & 3) {
      case PhysicalMemory.RAM -> {
        long offset = ((long) (entry >>> 2) << 12) | (physical & 0xFFF);
        written(offset, size);
        switch (size) {
          case 1 -> ram.set(BYTE, offset, (byte) value);
          case 2 -> ram.set(SHORT, offset, (short) value);
          case 4 -> ram.set(INT, offset, (int) value);
          default -> ram.set(LONG, offset, value);
        }
      }
      case PhysicalMemory.ROM -> {}
      default -> storeDevice(physical, size, value);
    }
  }

  private void storeDevice(long physical, int size, long value) {
    admission.refuseDevices();
    disturbed = true;
    uncached = true;
    DeviceAccess.store(bus, physical, size, value);
  }

  // ---- translation ----

  /**
   * Makes sure that an access would not fault, setting A and D bits as it would.
   *
   * @param access {@link #READ} or {@link #WRITE}
   */
  public void probe(long linear, int size, int access) {
    int at = slot(linear) + (access == WRITE ? Tlb.WRITE_TAG : Tlb.READ_TAG);
    if (Long.compareUnsigned(linear - tlb.get(LONG, at), 4096 - size) > 0) {
      boolean crosses = (linear & 0xFFF) + size > 4096;
      if (crosses) {
        requireCanonicalEnd(linear);
      }
      translate(linear, access);
      if (crosses) {
        translate(next(linear), access);
      }
    }
  }

  /**
   * The physical address, walking the tables; fills the cache.
   *
   * @param access {@link #READ} or {@link #WRITE}
   */
  private long translate(long linear, int access) {
    long physical;
    boolean writable = true;
    uncached = false;
    if (paging) {
      physical = walker.walk(linear, access, bank == userBank, bank == overrideBank) & a20;
      writable = walker.writableNow;
    } else {
      physical = linear & a20;
    }
    long offset = memory.offset(physical);
    translated = -1;
    if (offset >= 0 && !uncached && !watches.inPage(linear & ~0xFFFL)) {
      boolean toRam = writable && (memory.entry(physical) & 3) == PhysicalMemory.RAM;
      translated = toRam ? offset : -1;
      fill(linear & ~0xFFFL, offset & ~0xFFFL, toRam, access);
    }
    return physical;
  }

  /**
   * After a {@link #probe} for a store within a page that has no write access: tells all who must
   * hear of the store, which the caller makes next.
   *
   * @return the offset in {@link PhysicalMemory#segment()}, or -1 where the store needs another
   *     way, or changes what the engine executes
   */
  long announce(int size) {
    long offset = translated;
    if (offset < 0) {
      return -1;
    }
    boolean before = disturbed;
    disturbed = false;
    written(offset, size);
    boolean changed = disturbed;
    disturbed |= before;
    return changed ? -1 : offset;
  }

  private void fill(long linearPage, long offset, boolean writable, int access) {
    int page = (int) (offset >>> 12);
    boolean writes = false;
    if (writable && access == WRITE && !spaces.areIn(page) && !memory.isListenedTo()) {
      int flags = memory.flags(page);
      if ((flags & PhysicalMemory.CODE) == 0) {
        // The caller writes now, through the slow path, which marks the page dirty.
        writes = true;
        memory.mark(page, PhysicalMemory.DIRTY);
      }
    }
    int at = slot(linearPage);
    // Stores beside code come here each time; that the page can be read is known then.
    if (writes || access != WRITE || tlb.get(LONG, at + Tlb.READ_TAG) != linearPage) {
      spaces.active().fill(at, linearPage, offset, ram.address(), writes);
    }
  }

  /**
   * Translates the page of an instruction fetch.
   *
   * @return the offset in {@link PhysicalMemory#segment()} of the byte at this address, or -1 - the
   *     physical address where a device answers
   * @throws PageFault where the page cannot be executed
   */
  public long fetch(long linear) {
    boolean user = bank == userBank;
    FetchCache fetches = spaces.active().fetches;
    long cached = fetches.offset(linear, user);
    if (cached >= 0) {
      return cached;
    }
    uncached = false;
    long physical = (paging ? walker.walk(linear, FETCH, user, false) : linear) & a20;
    long offset = memory.offset(physical);
    if (offset < 0) {
      return -1 - physical;
    }
    if (!uncached) {
      fetches.put(linear, user, offset);
    }
    return offset;
  }

  /** Whether {@link #fetch} at this address needs no walk. */
  public boolean fetchCached(long linear) {
    return spaces.active().fetches.offset(linear, bank == userBank) >= 0;
  }

  /** Reads a byte of code from device memory; see {@link #fetch}. */
  public int fetchDevice(long physical) {
    return (int) loadDevice(physical, 1);
  }

  // ---- who must hear of writes ----

  /** A write to RAM, from the CPU or by DMA, is about to be made; within one page. */
  public void written(long offset, int length) {
    int page = (int) (offset >>> 12);
    if (spaces.areIn(page)) {
      tableWritten(page, (int) (offset & 0xFFF), length);
    }
    memory.writing(offset, length);
  }

  private void tableWritten(int page, int offset, int length) {
    int size = pae ? 8 : 4;
    long base = (long) page << 12;
    for (int at = offset & -size; at < offset + length; at += size) {
      // From an entry that was not present nothing was derived.
      if ((ram.get(BYTE, base + at) & 1) != 0) {
        disturbed |= spaces.changing(page, at / size);
      }
    }
  }

  /** Remembers that a table entry was used, and how. */
  void trackTable(long physical, long role) {
    long offset = memory.offset(physical & a20);
    if (!memory.inRam(offset)) {
      return;
    }
    int page = (int) (offset >>> 12);
    if (spaces.active().walks.note(page, role)) {
      spaces.takeWriteAccess(page);
    }
  }

  /** From now on writes to this page of RAM, which holds decoded code, are told to the watcher. */
  public void watchCode(int page) {
    if ((memory.flags(page) & PhysicalMemory.CODE) == 0) {
      memory.mark(page, PhysicalMemory.CODE);
      spaces.takeWriteAccess(page);
    }
  }

  // ---- tables ----

  long tableLoad(long physical, int size) {
    return loadPhysical(physical & a20, size);
  }

  void tableStore(long physical, int size, long value) {
    long masked = physical & a20;
    long offset = memory.offset(masked);
    if ((memory.entry(masked) & 3) == PhysicalMemory.RAM) {
      // Setting A or D takes no right away from anyone, so what was derived stays.
      memory.writing(offset, size);
      if (size == 4) {
        ram.set(INT, offset, (int) value);
      } else {
        ram.set(LONG, offset, value);
      }
    } else {
      storePhysical(masked, size, value);
    }
  }

  // ---- accesses with supervisor rights, whatever the CPL: descriptor tables, TSS, stacks ----

  public long systemLoad(long linear, int size) {
    int saved = bank;
    bank = supervisorBank;
    try {
      return load(linear, size);
    } finally {
      bank = saved;
    }
  }

  public void systemStore(long linear, int size, long value) {
    int saved = bank;
    bank = supervisorBank;
    try {
      store(linear, size, value);
    } finally {
      bank = saved;
    }
  }

  /** {@link #probe} with supervisor rights. */
  public void systemProbe(long linear, int size, int access) {
    int saved = bank;
    bank = supervisorBank;
    try {
      probe(linear, size, access);
    } finally {
      bank = saved;
    }
  }

  // ---- physical accesses: loading PDPTEs, saved state, bulk copies ----

  /**
   * Loads from physical memory, as the CPU itself does when it loads page-directory pointers;
   * within a page.
   */
  public long loadTable(long physical, int size) {
    return loadPhysical(physical & a20, size);
  }

  /** Stores to physical memory, as an SMI does; within a page. */
  public void storeTable(long physical, int size, long value) {
    storePhysical(physical & a20, size, value);
  }

  /**
   * Where a whole range of bytes lies in {@link PhysicalMemory#segment()} if it is RAM within one
   * page and the cache grants the access, else -1. For copying many bytes at once.
   */
  public long direct(long linear, int length, int access) {
    int at = slot(linear);
    long tag = tlb.get(LONG, access == WRITE ? at + Tlb.WRITE_TAG : at);
    return Long.compareUnsigned(linear - tag, 4096 - length) <= 0
        ? tlb.get(LONG, at + Tlb.OFFSET_ADDEND) + linear
        : -1;
  }
}
