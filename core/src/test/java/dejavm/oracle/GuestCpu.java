package dejavm.oracle;

import dejavm.EmptyBoard;
import dejavm.Engines;
import dejavm.bus.Backing;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.Engine;
import dejavm.cpu.Fault;
import dejavm.cpu.SegmentRights;
import dejavm.cpu.X87Environment;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Our processor, with a system around it that is just enough to run cases at level 3: page tables
 * that map what the child maps, and a handler of a HLT for each vector, whose stack frame is then
 * read.
 */
final class GuestCpu {
  /** What the system around a case is. */
  enum Mode {
    /** 32-bit protected mode with PAE. */
    PROTECTED(32),
    /** 32-bit code in long mode. */
    COMPATIBILITY(32),
    LONG(64);

    final int bits;

    Mode(int bits) {
      this.bits = bits;
    }
  }

  private static final int RAM = 1 << 20;

  // Physical addresses; those of code, data and the read-only page are the offsets in the file.
  private static final int TABLES = 0x10000;
  private static final int SYSTEM = 0x80000;
  private static final int SYSTEM_SIZE = 0x6000;
  private static final int GDT = SYSTEM;
  private static final int TSS = SYSTEM + 0x800;
  private static final int IDT = SYSTEM + 0x1000;
  private static final int HANDLERS = SYSTEM + 0x2000;
  private static final int STACK = SYSTEM + 0x4000;
  private static final int TSS_SELECTOR = 0x40;
  private static final int CODE_0 = 0x10;

  private static final long USER = 4;
  private static final long WRITABLE = 2;
  private static final long PRESENT = 1;
  private static final long NO_EXECUTE = 1L << 63;

  /** A case is one instruction, of a few thousand iterations at most. */
  private static final int PATIENCE = 20_000;

  private static final byte HLT = (byte) 0xF4;
  private static final byte INT3 = (byte) 0xCC;

  /** What an exception pushes an error code for. */
  private static final int WITH_ERROR =
      1 << Fault.DF
          | 1 << Fault.TS
          | 1 << Fault.NP
          | 1 << Fault.SS
          | 1 << Fault.GP
          | 1 << Fault.PF
          | 1 << Fault.AC;

  final Mode mode;

  /**
   * Where the system is in the linear address space: in the upper half, or where no case points.
   */
  private final long systemBase;

  private final PhysicalMemory memory = new PhysicalMemory(RAM);
  private final MemorySegment ram = memory.segment();
  private final Mmu mmu;
  private final Cpu c;
  private final Engine engine;
  private int tables = TABLES;
  private int codeAt = (int) Layout.FILE_CODE;
  private final byte[] fx = new byte[512];
  private final MemorySegment traps = MemorySegment.ofArray(new byte[Layout.CODE_BYTES]);

  GuestCpu(Mode mode, CpuModel model) {
    this.mode = mode;
    systemBase = mode == Mode.PROTECTED ? 0xE0000000L : 0xFFFF800000000000L;
    memory.map(0, RAM, new Backing.Ram(0));
    mmu = new Mmu(memory, new EmptyBoard(), 16);
    c = new Cpu(0, mmu, new EmptyBoard(), model, new CostTable(1, 0), 100_000_000L);
    engine = Engines.engine(c);
    for (int i = 0; i < Layout.PAGE; i++) {
      put(Layout.FILE_READ_ONLY + i, 1, Layout.readOnlyByte(i));
    }
    ram.asSlice(Layout.FILE_CODE, Layout.CODE_SIZE).fill(INT3);
    traps.fill(INT3);
    paging();
    descriptors();
    c.cr0 =
        ControlRegisters.CR0_PE
            | ControlRegisters.CR0_MP
            | ControlRegisters.CR0_ET
            | ControlRegisters.CR0_NE
            | ControlRegisters.CR0_WP
            | ControlRegisters.CR0_AM
            | ControlRegisters.CR0_PG;
    c.cr4 =
        ControlRegisters.CR4_PAE
            | ControlRegisters.CR4_OSFXSR
            | ControlRegisters.CR4_OSXMMEXCPT
            | ControlRegisters.CR4_PGE
            | ControlRegisters.CR4_DE
            | ControlRegisters.CR4_UMIP;
    c.efer = ControlRegisters.EFER_NXE | ControlRegisters.EFER_SCE;
    if (mode != Mode.PROTECTED) {
      c.efer |= ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA;
    }
    c.cr3 = TABLES;
    if (mode == Mode.PROTECTED) {
      for (int i = 0; i < 4; i++) {
        mmu.pointers()[i] = get(TABLES + 8 * i);
      }
    }
    c.controlChanged();
  }

  private void put(long physical, int size, long value) {
    for (int i = 0; i < size; i++) {
      ram.set(ValueLayout.JAVA_BYTE, physical + i, (byte) (value >>> 8 * i));
    }
  }

  private long get(long physical) {
    return ram.get(Image.LONG, physical);
  }

  // ---- paging ----

  private void paging() {
    tables += Layout.PAGE;
    map(Layout.CODE, Layout.FILE_CODE, Layout.CODE_SIZE, USER);
    map(Layout.DATA, Layout.FILE_DATA, Layout.DATA_SIZE, USER | WRITABLE | NO_EXECUTE);
    map(Layout.READ_ONLY, Layout.FILE_READ_ONLY, Layout.PAGE, USER | NO_EXECUTE);
    if (mode != Mode.PROTECTED) {
      map(Layout.HIGH + Layout.CODE, Layout.FILE_CODE, Layout.CODE_SIZE, USER);
      map(
          Layout.HIGH + Layout.DATA,
          Layout.FILE_DATA,
          Layout.DATA_SIZE,
          USER | WRITABLE | NO_EXECUTE);
      map(Layout.HIGH + Layout.READ_ONLY, Layout.FILE_READ_ONLY, Layout.PAGE, USER | NO_EXECUTE);
    }
    map(systemBase + SYSTEM, SYSTEM, SYSTEM_SIZE, WRITABLE);
  }

  private void map(long linear, long physical, long size, long rights) {
    for (long at = 0; at < size; at += Layout.PAGE) {
      long table = TABLES;
      int top = mode == Mode.PROTECTED ? 2 : 3;
      for (int level = top; level > 0; level--) {
        long entry = table + 8 * (linear + at >>> 12 + 9 * level & 0x1FF);
        if (get(entry) == 0) {
          // Under PAE the top level knows no rights.
          put(
              entry,
              8,
              tables | PRESENT | (mode == Mode.PROTECTED && level == 2 ? 0 : USER | WRITABLE));
          tables += Layout.PAGE;
        }
        table = get(entry) & 0xFFFFF000L;
      }
      put(table + 8 * (linear + at >>> 12 & 0x1FF), 8, physical + at | rights | PRESENT);
    }
  }

  // ---- descriptors ----

  private void descriptors() {
    boolean wide = mode != Mode.PROTECTED;
    put(GDT + CODE_0, 8, wide ? 0x00AF9B000000FFFFL : 0x00CF9B000000FFFFL);
    put(GDT + 0x18, 8, 0x00CF93000000FFFFL);
    put(GDT + 0x20, 8, 0x00CFFB000000FFFFL);
    put(GDT + 0x28, 8, 0x00CFF3000000FFFFL);
    put(GDT + 0x30, 8, 0x00AFFB000000FFFFL);
    c.gdtBase = systemBase + GDT;
    c.gdtLimit = 0x7F;
    c.idtBase = systemBase + IDT;
    c.idtLimit = 0xFFF;
    // The map of ports lies beyond the limit: no port may be used.
    c.segment(Cpu.TR, TSS_SELECTOR, systemBase + TSS, 0x67, SegmentRights.PRESENT | 0xB);
    c.segment(Cpu.LDTR, 0, 0, 0, SegmentRights.NULL);
    put(TSS + 0x66, 2, 0x68);
    put(TSS + 4, wide ? 8 : 4, systemBase + STACK + 0x1000);
    if (!wide) {
      put(TSS + 8, 4, 0x18);
    }
    for (int vector = 0; vector < 256; vector++) {
      ram.set(ValueLayout.JAVA_BYTE, HANDLERS + vector, HLT);
      long handler = systemBase + HANDLERS + vector;
      // What a program may raise itself, as under Linux.
      int rights = vector == Fault.BP || vector == Fault.OF ? 0xEE : 0x8E;
      long gate =
          handler & 0xFFFF
              | (long) CODE_0 << 16
              | (long) rights << 40
              | (handler & 0xFFFF0000L) << 32;
      put(IDT + (wide ? 16 : 8) * (long) vector, 8, gate);
      if (wide) {
        put(IDT + 16L * vector + 8, 8, handler >>> 32);
      }
    }
  }

  // ---- running ----

  /** Runs one case. */
  void run(Image before, Image after) {
    load(before);
    c.activity(Cpu.Activity.RUNNING);
    Engine.Stop stop = engine.run(c, c.now() + PATIENCE);
    store(after, stop == Engine.Stop.HALTED);
  }

  private void load(Image before) {
    data(before);
    writeCode(traps, 0);
    codeAt = (int) (Layout.FILE_CODE + (before.field(Layout.RIP) & 0x1FFF));
    writeCode(before.segment(), before.at() + Layout.BYTES);
    for (int i = 0; i < 16; i++) {
      c.r[i] = before.r(i);
    }
    boolean code64 = before.is64();
    c.segment(Cpu.CS, (int) before.field(Layout.CS), 0, 0xFFFFFFFFL, code64 ? 0xA0FB : 0xC0FB);
    for (int segment : new int[] {Cpu.ES, Cpu.SS, Cpu.DS}) {
      c.segment(segment, Layout.DS, 0, 0xFFFFFFFFL, 0xC0F3);
    }
    c.segment(Cpu.FS, 0, before.field(Layout.FS_BASE), 0, SegmentRights.NULL);
    c.segment(Cpu.GS, 0, before.field(Layout.GS_BASE), 0, SegmentRights.NULL);
    c.setCpl(3);
    c.setFlags((int) before.field(Layout.FLAGS));
    c.rip = before.field(Layout.RIP);
    c.cr2 = 0;
    c.shadow = false;
    before.read(Layout.FX, fx, Layout.FX_SIZE);
    X87Environment.fxrstor(c.x87, fx, code64);
    c.mxcsr = before.intAt(Layout.FX + Layout.MXCSR);
    for (int i = 0; i < 32; i++) {
      c.xmm[i] = before.field(Layout.FX + Layout.XMM + 8 * i);
    }
  }

  /** Writes the bytes of a case where its code is, as far as there is memory. */
  private void writeCode(MemorySegment from, long at) {
    int end = (int) Math.min(codeAt + Layout.CODE_BYTES, Layout.FILE_CODE + Layout.CODE_SIZE);
    int start = codeAt;
    while (start < end) {
      int length = Math.min(end - start, Layout.PAGE - start % Layout.PAGE);
      mmu.written(start, length);
      MemorySegment.copy(from, at + start - codeAt, ram, start, length);
      start += length;
    }
  }

  private void data(Image before) {
    ram.asSlice(Layout.FILE_DATA, Layout.DATA_SIZE).fill((byte) 0);
    long from = before.at() + Layout.ZONES;
    for (int i = 0; i < Layout.ZONE_OFFSETS.length; i++) {
      int length = Layout.ZONE_LENGTHS[i];
      MemorySegment.copy(
          before.segment(), from, ram, Layout.FILE_DATA + Layout.ZONE_OFFSETS[i], length);
      from += length;
    }
  }

  private void store(Image after, boolean halted) {
    int vector = (int) (c.rip - systemBase - HANDLERS - 1);
    boolean withError = halted && vector < 32 && (WITH_ERROR >> vector & 1) != 0;
    int width = mode == Mode.PROTECTED ? 4 : 8;
    int frame = STACK + 0x1000 - 5 * width;
    for (int i = 0; i < 16; i++) {
      after.r(i, c.r[i]);
    }
    after.r(Cpu.RSP, pushed(frame + 3 * width));
    after.field(Layout.RIP, pushed(frame));
    after.field(Layout.CS, pushed(frame + width) & 0xFFFF);
    after.field(Layout.FLAGS, pushed(frame + 2 * width));
    after.field(Layout.TRAP, halted ? vector : -1);
    after.field(Layout.ERROR, withError ? pushed(frame - width) : 0);
    after.field(Layout.CR2, c.cr2);
    X87Environment.fxsave(c.x87, fx, true);
    after.write(Layout.FX, fx, Layout.XMM);
    after.intAt(Layout.FX + Layout.MXCSR, c.mxcsr);
    for (int i = 0; i < 32; i++) {
      after.field(Layout.FX + Layout.XMM + 8 * i, c.xmm[i]);
    }
    long to = after.at() + Layout.ZONES;
    for (int i = 0; i < Layout.ZONE_OFFSETS.length; i++) {
      int length = Layout.ZONE_LENGTHS[i];
      MemorySegment.copy(
          ram, Layout.FILE_DATA + Layout.ZONE_OFFSETS[i], after.segment(), to, length);
      to += length;
    }
    long sum = 0;
    for (int i = 0; i < Layout.DATA_SIZE; i += 8) {
      sum += ram.get(Image.LONG, Layout.FILE_DATA + i);
    }
    after.field(Layout.SUM, sum);
  }

  private long pushed(int at) {
    long value = get(at);
    return mode == Mode.PROTECTED ? value & 0xFFFFFFFFL : value;
  }

  /**
   * Whether an address belongs to what surrounds the cases, here or on the host: whether a page is
   * there does not tell then. Linux calls the last page of the lower half its own, too.
   */
  boolean isSystem(long linear) {
    return mode == Mode.PROTECTED
        ? linear >= systemBase + SYSTEM && linear < systemBase + SYSTEM + SYSTEM_SIZE
        : Long.compareUnsigned(linear, 0x7FFFFFFFF000L) >= 0;
  }
}
