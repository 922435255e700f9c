package dejavm.cpu.translate;

import dejavm.cpu.Cpu;
import dejavm.memory.Mmu;
import dejavm.memory.Tlb;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The state that translated code works on, in memory right before the translation cache of the
 * {@link Mmu}: one register of the host reaches both. Here are the places of all its parts,
 * relative to what that register holds.
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

  /** Scratch that fits an XMM register. */
  static final int SCRATCH = 80;

  /** Bases of the segments, and their first and last offsets for loads and for stores. */
  static final int SEGMENT_BASE = 128;

  static final int READ_LOW = SEGMENT_BASE + 64;
  static final int READ_HIGH = READ_LOW + 64;
  static final int WRITE_LOW = READ_HIGH + 64;
  static final int WRITE_HIGH = WRITE_LOW + 64;

  static final int XMM = 512;

  /** The jump caches, one for each mode: pairs of a target in CS and its code. */
  private static final int JUMP_CACHES = 4096 - ORIGIN;

  private static final int JUMP_ENTRIES = 4096;

  /** The bits of a target that select an entry; bit 0 is not among them. */
  static final int JUMP_MASK = (JUMP_ENTRIES - 1) << 1;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final MemorySegment memory;

  /** The state of the segments that was taken over. */
  private int segments = -1;

  Workspace(Mmu mmu) {
    memory = mmu.tlb().workspace();
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

  /** Takes over the registers and flags of a processor. */
  void enter(Cpu c) {
    MemorySegment.copy(c.r, 0, memory, LONG, ORIGIN + REGISTERS, 16);
    set(FLAGS, c.arithmeticFlags());
    set(SYSTEM_FLAGS, c.systemFlags);
    set(FREE_IF, c.cpl == 0 && !c.intr ? 1 : 0);
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

  /** Gives registers and flags back. */
  void leave(Cpu c) {
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

  void cacheJump(int number, long rip, long code) {
    int at = jumps(number) + ((int) rip & JUMP_MASK) * 8;
    set(at, rip);
    set(at + 8, code);
  }

  /** Empties the jump cache of a mode. No jump leads to the odd end of all addresses. */
  void clearJumps(int number) {
    memory.asSlice(ORIGIN + jumps(number), JUMP_ENTRIES * 16L).fill((byte) -1);
  }
}
