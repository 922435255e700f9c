package dejavm.cpu.translate;

import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.X87;
import dejavm.memory.Mmu;
import dejavm.memory.Tlb;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The state that translated code works on, in memory right before the translation cache of an
 * address space of the {@link Mmu}: one register of the host reaches both. Here are the places of
 * all its parts, relative to what that register holds.
 *
 * <p>While translated code runs, the guest's registers are in those of the host, or here; {@link
 * #enter} and {@link #leave} bring them from and to the {@link Cpu}.
 */
final class Workspace {
  /** Where the base register points, so that small displacements reach what is used most. */
  private static final int ORIGIN = 256;

  /** General registers, in the order of their encoding. */
  static final int REGISTERS = -128;

  /** The arithmetic flags in their EFLAGS positions; other bits mean nothing. */
  static final int FLAGS = 0;

  /** The offset in CS of the start of the page that code runs in. */
  static final int PAGE = 8;

  /** EFLAGS but for the arithmetic flags. */
  static final int SYSTEM_FLAGS = 16;

  /** The site at which translated code was left. */
  static final int SITE = 24;

  static final int REASON = 28;

  /** The address of a miss, or the target of a jump. */
  static final int ADDRESS = 32;

  /** Ticks left; read at entry, written at exit. */
  static final int BUDGET = 40;

  /** Ticks that were spent on more than instructions. */
  static final int EXTRA = 48;

  /** Whether translated code has the XMM registers in those of the host, and MXCSR. */
  static final int XMM_LOADED = 52;

  static final int GUEST_MXCSR = 56;
  static final int HOST_MXCSR = 60;

  /** Whether IF may change without anybody hearing of it: CPL 0, and INTR is not raised. */
  static final int FREE_IF = 64;

  /** Whether translated code has the x87's registers in those of the host. */
  static final int X87_LOADED = 68;

  /** The guest's x87 control word while {@link #X87_LOADED}. */
  static final int X87_CONTROL = 72;

  /**
   * The x87 instruction that was executed last, since the registers were loaded: see {@link
   * #x87Last}; 0 if there was none.
   */
  static final int X87_LAST = 76;

  /** Scratch that fits an XMM register. */
  static final int SCRATCH = 80;

  /** The offset in CS of the start of the page that {@link #X87_LAST} is in. */
  static final int X87_PAGE = 96;

  /** The offset of the last memory operand of an x87 instruction. */
  static final int X87_DATA = 104;

  /** Its segment, or -1 where there was none since the registers were loaded. */
  static final int X87_SEGMENT = 112;

  /** Whether the time-stamp counter may be read. */
  static final int FREE_TSC = 116;

  /** Whether CPL is 0. */
  static final int PRIVILEGED = 120;

  /** Bases of the segments, and their first and last offsets for loads and for stores. */
  static final int SEGMENT_BASE = 128;

  static final int READ_LOW = SEGMENT_BASE + 64;
  static final int READ_HIGH = READ_LOW + 64;
  static final int WRITE_LOW = READ_HIGH + 64;
  static final int WRITE_HIGH = WRITE_LOW + 64;

  static final int XMM = 512;

  /** The x87's state as FNSAVE and FRSTOR have it in 32-bit form. */
  static final int X87 = XMM + 256;

  private static final int X87_REGISTERS = X87 + 28;

  /** The moment at which the ticks that were given at entry will be used up. */
  static final int END = X87 + 128;

  // What the time-stamp counter follows from.
  static final int TSC_HERTZ = END + 8;
  static final int TICK_HERTZ = END + 16;
  static final int TSC_OFFSET = END + 24;
  static final int TSC_AUX = END + 32;

  /** What to add to {@link #ADDRESS} for the address of the host, for one access. */
  static final int GRANT = END + 40;

  /** The selectors, 4 bytes each. */
  private static final int SELECTORS = END + 48;

  /** The jump caches, one for each mode: pairs of a target in CS and its code. */
  private static final int JUMP_CACHES = 4096 - ORIGIN;

  private static final int JUMP_ENTRIES = 8192;

  /**
   * The exclusive or of a target and itself shifted right selects an entry, with these of its bits;
   * bit 0 is not among them.
   */
  static final int JUMP_SHIFT = 12;

  static final int JUMP_MASK = (JUMP_ENTRIES - 1) << 1;

  /** A target whose entry is not that of -1. */
  private static final long ELSEWHERE = 2;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong UNALIGNED_LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  private final MemorySegment memory;

  /** The state of the segments that was taken over. */
  private int segments = -1;

  /** Which modes' jump caches are not empty. */
  private final boolean[] jumpsCached = new boolean[Mode.FLAT_COUNT];

  /** The fetch translations that the jump caches rely on. */
  private int fetchGeneration;

  /** Entries of the jump caches may be wrong. */
  private boolean jumpsStale;

  /**
   * @param number of the address space
   */
  Workspace(Cpu cpu, int number) {
    memory = cpu.mmu.tlb().workspace(number);
    Arrays.fill(jumpsCached, true);
    jumpsStale = true;
    set(TSC_HERTZ, cpu.model.tscFrequency());
    set(TICK_HERTZ, cpu.frequency());
  }

  /** What the base register holds. */
  long base() {
    return memory.address() + ORIGIN;
  }

  /** Where the translation cache starts. */
  static int translations() {
    return Tlb.WORKSPACE - ORIGIN;
  }

  static int register(int number) {
    return REGISTERS + 8 * number;
  }

  static int selector(int segment) {
    return SELECTORS + 4 * segment;
  }

  int int4(int place) {
    return memory.get(INT, ORIGIN + place);
  }

  long long8(int place) {
    return memory.get(LONG, ORIGIN + place);
  }

  void set(int place, int value) {
    memory.set(INT, ORIGIN + place, value);
  }

  void set(int place, long value) {
    memory.set(LONG, ORIGIN + place, value);
  }

  /**
   * Takes over the registers and flags of a processor, and when it is.
   *
   * @param budget the ticks that may pass
   */
  void enter(Cpu c, int budget) {
    set(BUDGET, (long) budget);
    set(EXTRA, 0);
    set(END, c.nowBase + budget);
    MemorySegment.copy(c.r, 0, memory, LONG, ORIGIN + REGISTERS, 16);
    set(FLAGS, c.arithmeticFlags());
    set(SYSTEM_FLAGS, c.systemFlags);
    set(FREE_IF, c.cpl == 0 && !c.intr ? 1 : 0);
    set(PRIVILEGED, c.cpl == 0 ? 1 : 0);
    set(FREE_TSC, c.cpl == 0 || (c.cr4 & ControlRegisters.CR4_TSD) == 0 ? 1 : 0);
    set(TSC_OFFSET, c.tscOffset);
    set(TSC_AUX, c.tscAux);
    if (segments != c.segmentChanges) {
      segments = c.segmentChanges;
      takeSegments(c);
    }
  }

  /** Takes over the XMM registers and MXCSR: translated code has them from now on. */
  void loadXmm(Cpu c) {
    MemorySegment.copy(c.xmm, 0, memory, LONG, ORIGIN + XMM, c.xmm.length);
    set(GUEST_MXCSR, c.mxcsr);
    set(XMM_LOADED, 1);
  }

  /** Takes over the x87's state: translated code has it from now on. */
  void loadX87(X87 f) {
    set(X87, f.control);
    set(X87 + 4, f.statusWord());
    set(X87 + 8, f.tagWord());
    for (int i = 0; i < 8; i++) {
      int register = f.physical(i);
      memory.set(UNALIGNED_LONG, ORIGIN + X87_REGISTERS + 10 * i, f.significand[register]);
      memory.set(SHORT, ORIGIN + X87_REGISTERS + 10 * i + 8, (short) f.signExponent[register]);
    }
    set(X87_CONTROL, f.control);
    set(X87_LAST, 0);
    set(X87_SEGMENT, -1);
    set(X87_LOADED, 1);
  }

  /** An instruction for {@link #X87_LAST}: opcode, ModRM and the place in its page; never 0. */
  static int x87Last(int opcode, int modrm, int offset) {
    return 1 << 30 | (opcode & 7) << 20 | modrm << 12 | offset;
  }

  private void leaveX87(Cpu c) {
    X87 f = c.x87;
    f.control = int4(X87_CONTROL);
    f.statusWord(int4(X87 + 4));
    f.tagWord(int4(X87 + 8));
    for (int i = 0; i < 8; i++) {
      int register = f.physical(i);
      f.significand[register] = memory.get(UNALIGNED_LONG, ORIGIN + X87_REGISTERS + 10 * i);
      f.signExponent[register] = memory.get(SHORT, ORIGIN + X87_REGISTERS + 10 * i + 8) & 0xFFFF;
    }
    int last = int4(X87_LAST);
    if (last != 0) {
      long offset = long8(X87_PAGE) + (last & 0xFFF);
      f.instructionOffset = c.codeSize == 64 ? offset : offset & 0xFFFFFFFFL;
      f.instructionSelector = c.selector[Cpu.CS];
      f.opcode = last >> 12 & 0x7FF;
    }
    int segment = int4(X87_SEGMENT);
    if (segment >= 0) {
      f.dataSelector = c.selector[segment];
      f.dataOffset = long8(X87_DATA);
    }
    set(X87_LOADED, 0);
  }

  /** Gives registers and flags back. */
  void leave(Cpu c) {
    if (int4(X87_LOADED) != 0) {
      leaveX87(c);
    }
    if (int4(XMM_LOADED) != 0) {
      MemorySegment.copy(memory, LONG, ORIGIN + XMM, c.xmm, 0, c.xmm.length);
      c.mxcsr = int4(GUEST_MXCSR);
      set(XMM_LOADED, 0);
    }
    MemorySegment.copy(memory, LONG, ORIGIN + REGISTERS, c.r, 0, 16);
    c.setArithmeticFlags(int4(FLAGS));
    c.systemFlags = int4(SYSTEM_FLAGS);
  }

  private void takeSegments(Cpu c) {
    for (int i = Cpu.ES; i <= Cpu.GS; i++) {
      set(selector(i), c.selector[i]);
      boolean based = !c.code64() || i >= Cpu.FS;
      set(SEGMENT_BASE + 8 * i, based ? c.base[i] : 0);
      set(READ_LOW + 8 * i, c.readable[i] ? c.low[i] : 1);
      set(READ_HIGH + 8 * i, c.readable[i] ? c.high[i] : 0);
      set(WRITE_LOW + 8 * i, c.writable[i] ? c.low[i] : 1);
      set(WRITE_HIGH + 8 * i, c.writable[i] ? c.high[i] : 0);
    }
  }

  // ---- the jump caches ----

  /** Where the jump cache of a mode starts; an entry takes 16 bytes. */
  static int jumps(int number) {
    return JUMP_CACHES + number * JUMP_ENTRIES * 16;
  }

  /** Which entry is a target's, as bytes from the start of the cache. */
  private static int jumpEntry(long rip) {
    return (((int) rip ^ (int) rip >>> JUMP_SHIFT) & JUMP_MASK) * 8;
  }

  void cacheJump(int number, long rip, long code) {
    jumpsCached[number] = true;
    int at = jumps(number) + jumpEntry(rip);
    set(at, rip);
    set(at + 8, code);
  }

  /** Entries of the jump caches may be wrong from now on. */
  void invalidateJumps() {
    jumpsStale = true;
  }

  /**
   * Empties the jump caches if entries may be wrong by now; whether they may.
   *
   * @param generation of the fetch translations
   */
  boolean checkJumps(int generation) {
    if (!jumpsStale && fetchGeneration == generation) {
      return false;
    }
    jumpsStale = false;
    fetchGeneration = generation;
    for (int i = 0; i < jumpsCached.length; i++) {
      if (jumpsCached[i]) {
        emptyJumps(i);
        jumpsCached[i] = false;
      }
    }
    return true;
  }

  /** Every entry gets a target that selects another entry, so that no jump finds it. */
  private void emptyJumps(int number) {
    memory.asSlice(ORIGIN + jumps(number), JUMP_ENTRIES * 16L).fill((byte) -1);
    set(jumps(number) + jumpEntry(-1), ELSEWHERE);
  }
}
