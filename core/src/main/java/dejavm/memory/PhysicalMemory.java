package dejavm.memory;

import dejavm.bus.Backing;
import dejavm.bus.Paged;
import dejavm.bus.Visibility;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * RAM, ROM and the map of the physical address space in pages of 4 KiB, up to 4 GiB.
 *
 * <p>RAM and ROM share one off-heap segment: RAM from offset 0, then the ROMs in the order in which
 * they were mapped. Every page of RAM carries flags: written since last marked clean, holds decoded
 * code. They steer who must hear of a write; {@link Mmu} gives write access without questions only
 * to a page that is dirty, holds no code and was not used in a page walk, which it knows itself.
 *
 * <p>There are two maps: what is for system management mode alone is only in that mode's. {@link
 * #management} says which is in force; devices always see the other one.
 *
 * <p>{@link #readPage} and its kin make this the {@link Paged} state of RAM.
 */
public final class PhysicalMemory implements Paged {
  /** Bytes in a page. */
  public static final int PAGE_SIZE = 4096;

  /** Bytes kept for ROMs behind RAM. */
  private static final long ROM_CAPACITY = 8L << 20;

  private static final int MAP_PAGES = 1 << 20;

  /**
   * What answers for a physical page; the low two bits of a map entry, the page of RAM above. Of a
   * page outside it is the number, less one, of the page of RAM that only devices reach.
   */
  static final int RAM = 0;

  static final int READ_ONLY = 1;
  static final int ROM = 2;
  static final int OUTSIDE = 3;

  static final byte DIRTY = 1;
  static final byte CODE = 2;

  /** Layouts of guest memory: little-endian, any alignment. */
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  public static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final HostMemory host;
  private final MemorySegment segment;
  private final long ramSize;
  private final int[] ordinary = new int[MAP_PAGES];

  /** The map of system management mode: the same one, until a mapping is for that mode alone. */
  private int[] managed = ordinary;

  /** The one in force. */
  private int[] map = ordinary;

  private boolean management;
  private final byte[] flags;
  private final List<byte[]> roms = new ArrayList<>();
  private long romEnd;
  private final List<CodeWatcher> watchers = new ArrayList<>();
  private Listener listener;

  /**
   * @param ramSize bytes of RAM, a multiple of 4096, at most 3 GiB; none is mapped yet
   */
  public PhysicalMemory(long ramSize) {
    if (ramSize <= 0 || ramSize % PAGE_SIZE != 0 || ramSize > 3L << 30) {
      throw new IllegalArgumentException("RAM must be 4 KiB to 3 GiB in whole pages");
    }
    this.ramSize = ramSize;
    this.romEnd = ramSize;
    host = new HostMemory(ramSize + ROM_CAPACITY);
    segment = host.segment();
    flags = new byte[(int) (ramSize / PAGE_SIZE)];
    Arrays.fill(ordinary, OUTSIDE);
  }

  public long ramSize() {
    return ramSize;
  }

  /** The bytes of RAM, then those of the ROMs; for the engines and {@link Mmu}. */
  public MemorySegment segment() {
    return segment;
  }

  /** Has the host's memory right before and behind {@link #segment} forbidden. */
  public void guard(Guard guard) {
    host.guard(guard);
  }

  /** Who is told of every write to RAM. */
  public interface Listener {
    /**
     * A write is about to be made.
     *
     * @param offset in {@link #segment()}
     * @param length bytes, within a page
     */
    void writing(long offset, int length);
  }

  /**
   * Has every write to RAM told, which is slow: no engine may make any unasked. Comes before the
   * first instruction.
   */
  public void listener(Listener its) {
    listener = its;
  }

  boolean isListenedTo() {
    return listener != null;
  }

  /** Adds one who is told of writes into pages that hold code. */
  public void watcher(CodeWatcher watcher) {
    watchers.add(watcher);
  }

  // ---- the map ----

  /** Maps a range for all modes; see {@link #map(long, long, Backing, Visibility)}. */
  public void map(long address, long length, Backing backing) {
    map(address, length, backing, Visibility.ALWAYS);
  }

  /**
   * Maps a range of physical addresses; whoever caches translations must drop them.
   *
   * @param address a multiple of 4096, below 4 GiB
   * @param length a multiple of 4096
   */
  public void map(long address, long length, Backing backing, Visibility visibility) {
    if ((address | length) % PAGE_SIZE != 0 || address < 0 || address + length > 1L << 32) {
      throw new IllegalArgumentException(
          "cannot map %x+%x: whole pages below 4 GiB only".formatted(address, length));
    }
    long target =
        switch (backing) {
          case Backing.Ram ram -> checked(ram.offset(), length) | RAM;
          case Backing.ReadOnlyRam ram -> checked(ram.offset(), length) | READ_ONLY;
          case Backing.Rom rom -> place(rom.bytes(), length) | ROM;
          case Backing.Video ignored -> OUTSIDE;
          case Backing.Outside ignored -> OUTSIDE;
          case Backing.HiddenRam ram -> checked(ram.offset(), length) + PAGE_SIZE | OUTSIDE;
        };
    int first = (int) (address >>> 12);
    int pages = (int) (length >>> 12);
    if (visibility == Visibility.ALWAYS) {
      fill(ordinary, first, pages, target);
    } else if (managed == ordinary) {
      managed = ordinary.clone();
      management(management);
    }
    if (managed != ordinary) {
      fill(managed, first, pages, target);
    }
  }

  private static void fill(int[] entries, int first, int pages, long target) {
    int step = target == OUTSIDE ? 0 : 4;
    int entry = (int) (target >>> 12 << 2 | target & 3);
    for (int i = 0; i < pages; i++) {
      entries[first + i] = entry;
      entry += step;
    }
  }

  /** Whether system management mode is entered: which map is in force. */
  void management(boolean entered) {
    management = entered;
    map = entered ? managed : ordinary;
  }

  private long checked(long offset, long length) {
    if (offset % PAGE_SIZE != 0 || offset < 0 || offset + length > ramSize) {
      throw new IllegalArgumentException("no such RAM: %x+%x".formatted(offset, length));
    }
    return offset;
  }

  /** Finds a place for a ROM; the same bytes, mapped twice, are kept once. */
  private long place(byte[] bytes, long length) {
    long at = ramSize;
    for (byte[] rom : roms) {
      if (Arrays.equals(rom, bytes) && bytes.length >= length) {
        return at;
      }
      at += pages(rom.length);
    }
    if (bytes.length < length || romEnd + pages(bytes.length) > segment.byteSize()) {
      throw new IllegalArgumentException("ROM shorter than its range, or too many ROMs");
    }
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, romEnd, bytes.length);
    romEnd += pages(bytes.length);
    roms.add(bytes.clone());
    return at;
  }

  private static long pages(long bytes) {
    return (bytes + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
  }

  /** The map entry of a physical page: segment page above, kind in the low two bits. */
  int entry(long physical) {
    return entry(map, physical);
  }

  private static int entry(int[] entries, long physical) {
    long page = physical >>> 12;
    return page < MAP_PAGES ? entries[(int) page] : OUTSIDE;
  }

  /**
   * Where the bytes of a physical address are in {@link #segment()}, or -1 where a device answers.
   */
  public long offset(long physical) {
    return offset(entry(physical), physical);
  }

  /** The same as a device sees it: RAM that is hidden, but never what is for SMM alone. */
  public long deviceOffset(long physical) {
    int entry = entry(ordinary, physical);
    return offset(
        (entry & 3) == OUTSIDE && entry != OUTSIDE ? (entry >>> 2) - 1 << 2 : entry, physical);
  }

  private static long offset(int entry, long physical) {
    return (entry & 3) == OUTSIDE ? -1 : ((long) (entry >>> 2) << 12) | (physical & 0xFFF);
  }

  /** Whether this offset into {@link #segment()} lies in RAM and not in a ROM. */
  public boolean inRam(long offset) {
    return offset >= 0 && offset < ramSize;
  }

  // ---- flags ----

  int flags(int page) {
    return flags[page];
  }

  void mark(int page, int flag) {
    flags[page] |= (byte) flag;
  }

  void unmark(int page, int flag) {
    flags[page] &= (byte) ~flag;
  }

  // ---- writes that others must hear of ----

  /** Tells the watcher of a write into RAM, before it is made; marks the page dirty. */
  void writing(long offset, int length) {
    int page = (int) (offset >>> 12);
    byte f = flags[page];
    if ((f & CODE) != 0 && !stillHoldsCode(page, (int) (offset & 0xFFF), length)) {
      flags[page] &= (byte) ~CODE;
    }
    flags[page] |= DIRTY;
    if (listener != null) {
      listener.writing(offset, length);
    }
  }

  private boolean stillHoldsCode(int page, int offset, int length) {
    boolean holds = false;
    for (int i = 0; i < watchers.size(); i++) {
      holds |= watchers.get(i).written(page, offset, length);
    }
    return holds;
  }

  // ---- bulk access, by offset into the segment ----

  /** Copies bytes out. */
  public void read(long offset, byte[] into, int at, int length) {
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, into, at, length);
  }

  /** Copies bytes in; the caller has told {@link Mmu#written}. */
  public void write(long offset, byte[] from, int at, int length) {
    MemorySegment.copy(from, at, segment, ValueLayout.JAVA_BYTE, offset, length);
  }

  /** Whether another memory has the same bytes at an offset into its segment. */
  public boolean sameBytes(PhysicalMemory other, long offset, int length) {
    MemorySegment theirs = other.segment;
    return switch (length) {
      case 1 -> segment.get(BYTE, offset) == theirs.get(BYTE, offset);
      case 2 -> segment.get(SHORT, offset) == theirs.get(SHORT, offset);
      case 4 -> segment.get(INT, offset) == theirs.get(INT, offset);
      case 8 -> segment.get(LONG, offset) == theirs.get(LONG, offset);
      default -> {
        long end = offset + length;
        yield MemorySegment.mismatch(segment, offset, end, theirs, offset, end) < 0;
      }
    };
  }

  /** Copies bytes within; ranges that overlap are copied as if by way of a buffer. */
  public void copy(long from, long to, int length) {
    MemorySegment.copy(segment, from, segment, to, length);
  }

  /**
   * Fills with the low {@code size} bytes of a value, again and again; length a multiple of size.
   */
  public void fill(long offset, int length, int size, long value) {
    switch (size) {
      case 1 -> segment.asSlice(offset, length).fill((byte) value);
      case 2 -> {
        for (int i = 0; i < length; i += 2) {
          segment.set(SHORT, offset + i, (short) value);
        }
      }
      case 4 -> {
        for (int i = 0; i < length; i += 4) {
          segment.set(INT, offset + i, (int) value);
        }
      }
      default -> {
        for (int i = 0; i < length; i += 8) {
          segment.set(LONG, offset + i, value);
        }
      }
    }
  }

  // ---- RAM as pages of state ----

  @Override
  public int pages() {
    return flags.length;
  }

  @Override
  public void readPage(int page, byte[] into) {
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, (long) page * PAGE_SIZE, into, 0, PAGE_SIZE);
  }

  @Override
  public void writePage(int page, byte[] from) {
    writing((long) page * PAGE_SIZE, PAGE_SIZE);
    MemorySegment.copy(from, 0, segment, ValueLayout.JAVA_BYTE, (long) page * PAGE_SIZE, PAGE_SIZE);
  }

  @Override
  public int nextDirty(int from) {
    for (int page = from; page < flags.length; page++) {
      if ((flags[page] & DIRTY) != 0) {
        return page;
      }
    }
    return -1;
  }

  /** Marks all pages clean; whoever caches write access drops it first. */
  @Override
  public void clean() {
    for (int page = 0; page < flags.length; page++) {
      flags[page] &= (byte) ~DIRTY;
    }
  }
}
