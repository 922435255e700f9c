package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.EmptyBoard;
import dejavm.bus.Backing;
import dejavm.bus.Pin;
import dejavm.memory.Mmu;
import dejavm.memory.PageFault;
import dejavm.memory.PhysicalMemory;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A processor with 4 MiB of RAM and the tables of a small operating system: flat segments of all
 * four levels, an LDT, task state segments and interrupt gates.
 */
final class SystemFixture {
  static final int GDT = 0x1000;
  static final int IDT = 0x2000;
  static final int LDT = 0x3000;
  static final int TSS = 0x4000;
  static final int OTHER_TSS = 0x5000;
  static final int TSS_16 = 0x6000;

  // Selectors with the RPL of their level where that is what programs use.
  static final int CODE0 = 0x08;
  static final int DATA0 = 0x10;
  static final int CODE1 = 0x19;
  static final int DATA1 = 0x21;
  static final int CODE2 = 0x2A;
  static final int DATA2 = 0x32;
  static final int CODE3 = 0x3B;
  static final int DATA3 = 0x43;
  static final int CONFORMING0 = 0x48;
  static final int EXECUTE_ONLY0 = 0x50;
  static final int READ_ONLY3 = 0x5B;
  static final int ABSENT3 = 0x63;
  static final int LDT_SELECTOR = 0x68;
  static final int TSS_SELECTOR = 0x70;
  static final int OTHER_TSS_SELECTOR = 0x78;
  static final int TSS_16_SELECTOR = 0x80;
  static final int CODE_16 = 0x88;
  static final int DATA_16 = 0x90;

  /** From here on descriptors are free for tests; limit 0x17F. */
  static final int FREE = 0xA0;

  static final int GDT_LIMIT = 0x17F;

  // Of the tables in long mode.
  static final int LONG_IDT = 0xC000;
  static final int LONG_TSS = 0x7000;
  static final int LONG_CODE0 = 0x120;
  static final int LONG_CODE3 = 0x12B;
  static final int LONG_CODE1 = 0x131;
  static final int LONG_CONFORMING0 = 0x138;

  /** Sixteen bytes. */
  static final int LONG_TSS_SELECTOR = 0x140;

  /** From here on descriptors are free for tests in long mode; limit 0x17F. */
  static final int LONG_FREE = 0x150;

  /** The stack of the interrupt stack table at this index is at 0x100 times it beyond here. */
  static final int INTERRUPT_STACKS = 0xE000;

  static final int PAGE_MAP = 0x12000;

  /** What is mapped at 0 is mapped here too. */
  static final long UPPER_HALF = 0xFFFF_FFFF_8000_0000L;

  static final int STACK0 = 0x8000;
  static final int STACK1 = 0x9000;
  static final int STACK2 = 0xA000;
  static final int STACK3 = 0xB000;
  static final int PAGE_DIRECTORY = 0x10000;
  static final int PAGE_TABLE = 0x11000;

  /** The offset of the handler of a vector. */
  static final int HANDLERS = 0x20000;

  static final CpuModel EXTENDED = CpuModel.PENTIUM3;

  final List<String> pins = new ArrayList<>();
  final PhysicalMemory memory = new PhysicalMemory(4 << 20);
  final Mmu mmu;
  final Cpu c;

  SystemFixture() {
    this(CpuModel.PENTIUM3);
  }

  SystemFixture(CpuModel model) {
    memory.map(0, 4 << 20, new Backing.Ram(0));
    mmu = new Mmu(memory, new EmptyBoard(), 16);
    c = new Cpu(0, mmu, new FakePlatform(), model, new CostTable(1, 0), 100_000_000L);
  }

  /** Protected mode at a level, with flat 32-bit segments. */
  static SystemFixture protectedMode(int level) {
    return protectedMode(CpuModel.PENTIUM3, level);
  }

  static SystemFixture protectedMode(CpuModel model, int level) {
    SystemFixture f = new SystemFixture(model);
    f.tables();
    f.c.cr0 = ControlRegisters.CR0_ET | ControlRegisters.CR0_PE;
    f.level(level);
    f.c.rip = 0x30000;
    f.c.nextRip = 0x30002;
    return f;
  }

  /** 64-bit mode at a level; SS is null but at level 3, and the handlers are in the upper half. */
  static SystemFixture longMode(int level) {
    return longMode(CpuModel.X86_64_V2, level);
  }

  static SystemFixture longMode(CpuModel model, int level) {
    SystemFixture f = protectedMode(model, level);
    f.longTables();
    Cpu c = f.c;
    c.cr4 = ControlRegisters.CR4_PAE | ControlRegisters.CR4_OSFXSR;
    c.cr3 = PAGE_MAP;
    c.efer =
        ControlRegisters.EFER_LME
            | ControlRegisters.EFER_LMA
            | ControlRegisters.EFER_SCE
            | ControlRegisters.EFER_NXE;
    c.cr0 |= ControlRegisters.CR0_PG | ControlRegisters.CR0_WP;
    c.controlChanged();
    int code = level == 0 ? LONG_CODE0 : level == 1 ? LONG_CODE1 : LONG_CODE3;
    c.segment(Cpu.CS, code, 0, 0xFFFFFFFFL, 0xA09B | level << 5);
    if (level < 3) {
      Segments.commitNull(c, Cpu.SS, level);
    }
    c.rip = UPPER_HALF + 0x30000;
    c.nextRip = UPPER_HALF + 0x30002;
    c.r[Cpu.RSP] = UPPER_HALF + STACK0 + 0x1000 * level;
    return f;
  }

  private void longTables() {
    flatLong(LONG_CODE0, 0x9B);
    flatLong(LONG_CODE1, 0xBB);
    flatLong(LONG_CODE3, 0xFB);
    flatLong(LONG_CONFORMING0, 0x9F);
    longDescriptor(LONG_TSS_SELECTOR, UPPER_HALF + LONG_TSS, 0x67, 0x8B);
    c.segment(Cpu.TR, LONG_TSS_SELECTOR, UPPER_HALF + LONG_TSS, 0x67, 0x8B);
    for (int level = 0; level < 3; level++) {
      put64(LONG_TSS + 4 + 8 * level, UPPER_HALF + STACK0 + 0x1000 * level);
    }
    for (int index = 1; index < 8; index++) {
      put64(LONG_TSS + 0x1C + 8 * index, UPPER_HALF + INTERRUPT_STACKS + 0x100 * index);
    }
    for (int vector = 0; vector < 256; vector++) {
      longGate(vector, LONG_CODE0, 0x8E, 0);
    }
    c.idtBase = UPPER_HALF + LONG_IDT;
    c.idtLimit = 0xFFF;
    c.gdtBase = UPPER_HALF + GDT;
    int pointers = PAGE_MAP + 0x1000;
    int directory = PAGE_MAP + 0x2000;
    put64(PAGE_MAP, pointers | 7);
    put64(PAGE_MAP + 8 * 511, pointers | 7);
    put64(pointers, directory | 7);
    put64(pointers + 8 * 510, directory | 7);
    put64(directory, 0x87);
    put64(directory + 8, 0x200087);
  }

  void flatLong(int selector, int rights) {
    put64(GDT + (selector & ~7), 0x00AF_0000_0000_FFFFL | (long) rights << 40);
  }

  /** A system descriptor of sixteen bytes. */
  void longDescriptor(int selector, long base, int limit, int rights) {
    descriptor(selector, (int) base, limit, rights);
    put64(GDT + (selector & ~7) + 8, base >>> 32);
  }

  /** An interrupt gate of long mode; its handler is in the upper half. */
  void longGate(int vector, int selector, int rights, int stack) {
    long offset = UPPER_HALF + HANDLERS + 16L * vector;
    put64(LONG_IDT + 16 * vector, gate(selector, offset, rights, stack));
    put64(LONG_IDT + 16 * vector + 8, offset >>> 32);
  }

  /** Virtual-8086 mode with an IOPL. */
  static SystemFixture v86(CpuModel model, int iopl) {
    SystemFixture f = protectedMode(model, 3);
    f.c.setFlags(2 | Flags.VM | Flags.IF | iopl << 12);
    for (int register = 0; register < 6; register++) {
      Segments.load(f.c, register, 0x100 * (register + 1));
    }
    f.c.r[Cpu.RSP] = 0x800;
    f.c.rip = 0x10;
    f.c.nextRip = 0x12;
    return f;
  }

  static SystemFixture realMode() {
    SystemFixture f = new SystemFixture();
    Transfers.jumpFar(f.c, 0x3000, 0x100, 2);
    f.c.rip = 0x100;
    f.c.nextRip = 0x102;
    Segments.load(f.c, Cpu.SS, 0x800);
    f.c.r[Cpu.RSP] = 0x1000;
    return f;
  }

  private void tables() {
    c.gdtBase = GDT;
    c.gdtLimit = GDT_LIMIT;
    c.idtBase = IDT;
    c.idtLimit = 0x7FF;
    for (int level = 0; level < 4; level++) {
      flat(CODE0 + 16 * level, 0x9B | level << 5);
      flat(DATA0 + 16 * level, 0x93 | level << 5);
    }
    flat(CONFORMING0, 0x9F);
    flat(EXECUTE_ONLY0, 0x99);
    flat(READ_ONLY3, 0xF1);
    flat(ABSENT3, 0x73);
    descriptor(LDT_SELECTOR, LDT, 0x17, 0x82);
    descriptor(TSS_SELECTOR, TSS, 0xFF, 0x8B);
    descriptor(OTHER_TSS_SELECTOR, OTHER_TSS, 0x67, 0x89);
    descriptor(TSS_16_SELECTOR, TSS_16, 0x2B, 0x81);
    descriptor(CODE_16, 0, 0xFFFF, 0x9B);
    descriptor(DATA_16, 0, 0xFFFF, 0x93);
    c.segment(Cpu.LDTR, LDT_SELECTOR, LDT, 0x17, 0x82);
    c.segment(Cpu.TR, TSS_SELECTOR, TSS, 0xFF, 0x8B);
    put64(LDT + 8, flatDescriptor(0xF3));
    stacks();
    for (int vector = 0; vector < 256; vector++) {
      interruptGate(vector, CODE0, 0x8E);
    }
  }

  private void stacks() {
    put(TSS + 4, STACK0, 4);
    put(TSS + 8, DATA0, 4);
    put(TSS + 12, STACK1, 4);
    put(TSS + 16, DATA1, 4);
    put(TSS + 20, STACK2, 4);
    put(TSS + 24, DATA2, 4);
  }

  /** Sets the CPL, CS, SS and the data segments. */
  void level(int level) {
    c.setCpl(level);
    int rights = 0xC093 | level << 5;
    c.segment(Cpu.CS, 0x08 + 16 * level | level, 0, 0xFFFFFFFFL, rights | 8);
    for (int register : new int[] {Cpu.ES, Cpu.SS, Cpu.DS, Cpu.FS, Cpu.GS}) {
      c.segment(register, 0x10 + 16 * level | level, 0, 0xFFFFFFFFL, rights);
    }
    c.r[Cpu.RSP] = STACK0 + 0x1000 * level;
  }

  void interruptGate(int vector, int selector, int rights) {
    long offset = HANDLERS + 16L * vector;
    put64(IDT + 8 * vector, gate(selector, offset, rights, 0));
  }

  static long gate(int selector, long offset, int rights, int parameters) {
    return offset & 0xFFFF
        | (long) selector << 16
        | (long) parameters << 32
        | (long) rights << 40
        | (offset & 0xFFFF0000L) << 32;
  }

  void flat(int selector, int rights) {
    put64(GDT + (selector & ~7), flatDescriptor(rights));
  }

  static long flatDescriptor(int rights) {
    return 0x00CF_0000_0000_FFFFL | (long) rights << 40;
  }

  /** A descriptor with byte granularity and 16 bits. */
  void descriptor(int selector, int base, int limit, int rights) {
    put64(
        GDT + (selector & ~7),
        limit & 0xFFFF
            | (base & 0xFFFFFFL) << 16
            | (long) rights << 40
            | (limit & 0xF0000L) << 32
            | (base & 0xFF000000L) << 32);
  }

  /** Identity paging of the first 4 MiB with these rights in every page. */
  void paging(int rights) {
    put(PAGE_DIRECTORY, PAGE_TABLE | 7, 4);
    for (int page = 0; page < 1024; page++) {
      put(PAGE_TABLE + 4 * page, page << 12 | rights, 4);
    }
    c.cr3 = PAGE_DIRECTORY;
    c.cr0 |= ControlRegisters.CR0_PG | ControlRegisters.CR0_WP;
    c.controlChanged();
  }

  void page(int linear, int rights) {
    put(PAGE_TABLE + 4 * (linear >>> 12), linear & ~0xFFF | rights, 4);
  }

  // ---- memory, physical ----

  void put(int address, long value, int size) {
    for (int i = 0; i < size; i++) {
      memory.segment().set(ValueLayout.JAVA_BYTE, address + i, (byte) (value >>> 8 * i));
    }
    mmu.flush();
  }

  void put64(int address, long value) {
    put(address, value, 8);
  }

  long get(int address, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (memory.segment().get(ValueLayout.JAVA_BYTE, address + i) & 0xFFL) << 8 * i;
    }
    return value;
  }

  /** Doublewords from the top of the stack, which lies at the base of its segment plus ESP. */
  long[] stack(int count) {
    return stack(count, 4);
  }

  long[] stack(int count, int size) {
    long[] values = new long[count];
    int top = stackTop();
    for (int i = 0; i < count; i++) {
      values[i] = get(top + i * size, size);
    }
    return values;
  }

  /** The physical address of the top of the stack. */
  private int stackTop() {
    return c.code64()
        ? (int) c.r[Cpu.RSP] & 0x7FFFFFFF
        : (int) (c.base[Cpu.SS] + (c.r[Cpu.RSP] & c.stackMask));
  }

  /** Pushes, so that the last is on top. */
  void push(int size, long... values) {
    for (long value : values) {
      c.r[Cpu.RSP] = c.r[Cpu.RSP] & ~c.stackMask | c.r[Cpu.RSP] - size & c.stackMask;
      put(stackTop(), value, size);
    }
  }

  /** What an action ended in: "ok", or a vector and an error code like "13:10", hexadecimal. */
  static String outcome(Runnable action) {
    try {
      action.run();
      return "ok";
    } catch (Fault fault) {
      return fault.vector()
          + (fault.error() == Fault.NO_ERROR ? "" : ":" + Integer.toHexString(fault.error()));
    } catch (PageFault fault) {
      return "14:" + Integer.toHexString(fault.error()) + "@" + Long.toHexString(fault.linear());
    }
  }

  /**
   * Writes a model-specific register and reads it back; numbers in hexadecimal.
   *
   * @param written the {@link #outcome} that writing must have
   * @param read what the register must hold then
   */
  static void writeAndReadMsr(String register, String value, String written, String read) {
    SystemFixture f = longMode(0);
    int index = Integer.parseInt(register, 16);
    long bits = Long.parseUnsignedLong(value, 16);
    assertThat(outcome(() -> Msrs.write(f.c, index, bits))).isEqualTo(written);
    assertThat(Msrs.read(f.c, index)).isEqualTo(Long.parseUnsignedLong(read, 16));
  }

  private final class FakePlatform extends EmptyBoard {
    @Override
    public int acknowledgeInterrupt(long now, int id) {
      return 0;
    }

    @Override
    public void pin(long now, int id, Pin pin, boolean level) {
      pins.add(pin + " " + level);
    }
  }
}
