package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;
import static dejavm.cpu.Cpu.DS;
import static dejavm.cpu.Cpu.SS;
import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.cpu.Cpu.Activity;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an SMI saves and sets, and what RSM makes of what it finds. */
class SystemManagementTest {
  private static final long SMBASE = Cpu.SMBASE_RESET;
  private static final CpuModel WIDE = CpuModel.X86_64_V2;

  /** Whence an SMI can come. */
  private enum Mode {
    REAL,
    PROTECTED_0,
    PROTECTED_3,
    PROTECTED_16,
    V86,
    PAGED,
    PAE,
    WIDE_PROTECTED,
    COMPATIBILITY,
    LONG_0,
    LONG_1,
    LONG_3;

    SystemFixture fixture() {
      return switch (this) {
        case REAL -> SystemFixture.realMode();
        case PROTECTED_0 -> SystemFixture.protectedMode(0);
        case PROTECTED_3 -> SystemFixture.protectedMode(3);
        case PROTECTED_16 -> narrow();
        case V86 -> SystemFixture.v86(CpuModel.PENTIUM3, 3);
        case PAGED -> paged();
        case PAE -> pae();
        case WIDE_PROTECTED -> SystemFixture.protectedMode(WIDE, 0);
        case COMPATIBILITY -> compatibility();
        case LONG_0 -> SystemFixture.longMode(0);
        case LONG_1 -> SystemFixture.longMode(1);
        case LONG_3 -> SystemFixture.longMode(3);
      };
    }

    private static SystemFixture narrow() {
      SystemFixture f = SystemFixture.protectedMode(0);
      f.c.segment(CS, SystemFixture.CODE_16, 0x10000, 0xFFFF, 0x9B);
      f.c.segment(SS, SystemFixture.DATA_16, 0x20000, 0x1234, 0x97);
      return f;
    }

    private static SystemFixture paged() {
      SystemFixture f = SystemFixture.protectedMode(3);
      f.paging(7);
      f.c.cr4 = ControlRegisters.CR4_PSE | ControlRegisters.CR4_VME;
      f.c.controlChanged();
      return f;
    }

    private static SystemFixture pae() {
      SystemFixture f = SystemFixture.protectedMode(0);
      f.c.cr4 = ControlRegisters.CR4_PAE;
      f.c.cr3 = 0x15020;
      f.c.cr0 |= ControlRegisters.CR0_PG;
      long[] pointers = {0x16001, 0, 0x17001, 0x8_0001_8001L};
      System.arraycopy(pointers, 0, f.mmu.pointers(), 0, 4);
      f.c.controlChanged();
      return f;
    }

    private static SystemFixture compatibility() {
      SystemFixture f = SystemFixture.longMode(3);
      f.c.segment(CS, SystemFixture.CODE3, 0, 0xFFFFFFFFL, 0xC0FB);
      f.c.rip = 0x30000;
      return f;
    }
  }

  /** With something different in every register. */
  private static SystemFixture filled(Mode mode) {
    SystemFixture f = mode.fixture();
    Cpu c = f.c;
    boolean wide = c.model.has(CpuFeature.LM);
    for (int i = 0; i < (wide ? 16 : 8); i++) {
      c.r[i] = 0x0123_4567_89AB_CDEFL * (i + 1) & (wide ? -1L : 0xFFFFFFFFL);
    }
    c.setFlags(c.flags() | Flags.ARITHMETIC & 0x895 | Flags.DF | Flags.IF);
    c.cr2 = 0x2222;
    for (int i = 0; i < 4; i++) {
      c.dr[i] = 0x1000 + i;
    }
    c.dr[6] = 0xFFFF4FF0L;
    c.dr[7] = 0x402;
    c.gdtLimit = 0x15F;
    c.idtLimit = 0xABC;
    if (wide) {
      Segments.rebase(c, Cpu.FS, 0xFFFF_8000_1234_5678L);
      Segments.commitNull(c, Cpu.GS, 3);
      Segments.rebase(c, Cpu.GS, 0x0000_7FFF_0000_1000L);
    }
    c.updateAttention();
    return f;
  }

  private static void scramble(Cpu c) {
    java.util.Arrays.fill(c.r, 0, 16, 0x5555);
    c.setFlags(2 | Flags.CF | Flags.ZF);
    c.rip = 0x9999;
    c.cr0 |= ControlRegisters.CR0_EM;
    c.cr3 = 0x77000;
    c.gdtBase = 1;
    c.gdtLimit = 2;
    c.idtBase = 3;
    c.idtLimit = 4;
    c.dr[6] = 0xFFFF0FF0L;
    c.dr[7] = 0x400;
    java.util.Arrays.fill(c.mmu.pointers(), 0);
    for (int i = 0; i < 8; i++) {
      c.segment(i, 0x40 + i, 0x400 + i, 0x4444, 0x93);
    }
  }

  private static void resume(Cpu c) {
    SystemInstructions.rsm(c);
    c.rip = c.nextRip;
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void whatIsSavedComesBack(Mode mode) {
    SystemFixture f = filled(mode);
    Cpu c = f.c;
    CpuState before = c.state();
    boolean flat = c.flat;
    int size = c.codeSize;
    SystemManagement.enter(c);
    assertThat(c.smm).isTrue();
    scramble(c);
    resume(c);
    assertThat(c.state()).usingRecursiveComparison().isEqualTo(before);
    assertThat(c.flat).isEqualTo(flat);
    assertThat(c.codeSize).isEqualTo(size);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void theHandlerStartsAsTheManualSays(Mode mode) {
    SystemFixture f = filled(mode);
    Cpu c = f.c;
    c.cr0 |= ControlRegisters.CR0_TS | ControlRegisters.CR0_EM | ControlRegisters.CR0_NE;
    long cr0 = c.cr0;
    long cr3 = c.cr3;
    c.smbase = 0x7_0000;
    SystemManagement.enter(c);
    assertThat(c.rip).isEqualTo(0x8000);
    assertThat(c.flags()).isEqualTo(2);
    assertThat(c.cr0)
        .isEqualTo(
            cr0
                & ~(ControlRegisters.CR0_PE
                    | ControlRegisters.CR0_EM
                    | ControlRegisters.CR0_TS
                    | ControlRegisters.CR0_PG))
        .matches(value -> (value & ControlRegisters.CR0_NE) != 0);
    assertThat(c.cr3).isEqualTo(cr3);
    assertThat(c.cr4).isZero();
    assertThat(c.efer).isZero();
    assertThat(c.dr[7]).isEqualTo(0x400);
    assertThat(c.cpl).isZero();
    assertThat(c.codeSize).isEqualTo(16);
    assertThat(c.selector[CS]).isEqualTo(0x7000);
    assertThat(c.base[CS]).isEqualTo(0x70000);
    for (int i = Cpu.ES; i <= Cpu.GS; i++) {
      assertThat(c.limit[i]).isEqualTo(0xFFFFFFFFL);
      assertThat(c.readable[i] && c.writable[i]).isTrue();
      if (i != CS) {
        assertThat(c.selector[i]).isZero();
        assertThat(c.base[i]).isZero();
      }
    }
    assertThat(c.nmiBlocked).isTrue();
  }

  // ---- places ----

  /** Table 34-1 of the SDM, and what QEMU's firmware finds in its reserved places. */
  @Test
  void theMapOfTheP6() {
    SystemFixture f = filled(Mode.PROTECTED_3);
    Cpu c = f.c;
    c.cr3 = 0x12345000;
    c.cr4 = ControlRegisters.CR4_PSE;
    CpuState s = c.state();
    SystemManagement.enter(c);
    Map<Integer, Long> places =
        Map.ofEntries(
            Map.entry(0xFFFC, s.cr0()),
            Map.entry(0xFFF8, s.cr3()),
            Map.entry(0xFFF4, (long) s.rflags()),
            Map.entry(0xFFF0, s.rip()),
            Map.entry(0xFFEC, s.r()[Cpu.RDI]),
            Map.entry(0xFFE8, s.r()[Cpu.RSI]),
            Map.entry(0xFFE4, s.r()[Cpu.RBP]),
            Map.entry(0xFFE0, s.r()[Cpu.RSP]),
            Map.entry(0xFFDC, s.r()[Cpu.RBX]),
            Map.entry(0xFFD8, s.r()[Cpu.RDX]),
            Map.entry(0xFFD4, s.r()[Cpu.RCX]),
            Map.entry(0xFFD0, s.r()[Cpu.RAX]),
            Map.entry(0xFFCC, s.dr()[6]),
            Map.entry(0xFFC8, s.dr()[7]),
            Map.entry(0xFFC4, (long) s.selector()[Cpu.TR]),
            Map.entry(0xFFC0, (long) s.selector()[Cpu.LDTR]),
            Map.entry(0xFFBC, (long) s.selector()[Cpu.GS]),
            Map.entry(0xFFB4, (long) s.selector()[DS]),
            Map.entry(0xFFAC, (long) s.selector()[CS]),
            Map.entry(0xFFA8, (long) s.selector()[Cpu.ES]),
            Map.entry(0xFF94, s.limit()[CS]),
            Map.entry(0xFF64, s.base()[Cpu.TR]),
            Map.entry(0xFF74, s.gdtBase()),
            Map.entry(0xFF54, (long) s.idtLimit()),
            Map.entry(0xFF14, s.cr4()),
            Map.entry(0xFEFC, 0x20000L),
            Map.entry(0xFEF8, SMBASE));
    places.forEach((offset, value) ->
        assertThat(f.get((int) SMBASE + offset, 4)).as("%x", offset).isEqualTo(value));
  }

  /** Table 10-1 of AMD's manual. */
  @Test
  void theMapOfLongMode() {
    SystemFixture f = filled(Mode.LONG_3);
    Cpu c = f.c;
    CpuState s = c.state();
    SystemManagement.enter(c);
    Map<Integer, Long> places =
        Map.ofEntries(
            Map.entry(0xFFF8, s.r()[Cpu.RAX]),
            Map.entry(0xFFF0, s.r()[Cpu.RCX]),
            Map.entry(0xFFD8, s.r()[Cpu.RSP]),
            Map.entry(0xFFC0, s.r()[Cpu.RDI]),
            Map.entry(0xFFB8, s.r()[8]),
            Map.entry(0xFF80, s.r()[15]),
            Map.entry(0xFF78, s.rip()),
            Map.entry(0xFF70, (long) s.rflags()),
            Map.entry(0xFF68, s.dr()[6]),
            Map.entry(0xFF60, s.dr()[7]),
            Map.entry(0xFF58, s.cr0()),
            Map.entry(0xFF50, s.cr3()),
            Map.entry(0xFF48, s.cr4()),
            Map.entry(0xFED0, s.efer()),
            Map.entry(0xFE48, s.base()[Cpu.FS]),
            Map.entry(0xFE68, s.gdtBase()),
            Map.entry(0xFE88, s.idtBase()),
            Map.entry(0xFE98, s.base()[Cpu.TR]),
            Map.entry(0xFE10, s.selector()[CS] | 0xA0FBL << 16 | 0xFFFFFFFFL << 32));
    places.forEach((offset, value) ->
        assertThat(f.get((int) SMBASE + offset, 8)).as("%x", offset).isEqualTo(value));
    assertThat(f.get((int) SMBASE + 0xFEFC, 4)).isEqualTo(0x20064);
    assertThat(f.get((int) SMBASE + 0xFF00, 4)).isEqualTo(SMBASE);
  }

  @Test
  void theBaseMovesWithRsm() {
    for (Mode mode : new Mode[] {Mode.REAL, Mode.LONG_0}) {
      SystemFixture f = mode.fixture();
      Cpu c = f.c;
      SystemManagement.enter(c);
      f.put((int) SMBASE + (mode == Mode.REAL ? 0xFEF8 : 0xFF00), 0xA_1234, 4);
      resume(c);
      assertThat(c.smbase).isEqualTo(0xA1234);
      c.r[Cpu.RAX] = 0x11223344;
      SystemManagement.enter(c);
      assertThat(c.base[CS]).isEqualTo(0xA1234);
      assertThat(c.selector[CS]).isEqualTo(0xA123);
      int place = 0xA1234 + (mode == Mode.REAL ? 0xFFD0 : 0xFFF8);
      assertThat(f.get(place, 4)).isEqualTo(0x11223344);
      f.put(place, 0x55667788, 4);
      resume(c);
      assertThat(c.r[Cpu.RAX]).isEqualTo(0x55667788);
    }
  }

  /** At such a base, numbers cross pages, and the end of what can be addressed. */
  @ParameterizedTest
  @ValueSource(longs = {0x30002, 0x30181, 0xFFFF0201L, 0xFFFF_FFFFL})
  void anyBaseWillDo(long base) {
    for (Mode mode : new Mode[] {Mode.PROTECTED_3, Mode.LONG_3}) {
      SystemFixture f = filled(mode);
      Cpu c = f.c;
      f.memory.map(0xFFC0_0000L, 4 << 20, new dejavm.bus.Backing.Ram(0));
      c.mmu.flush();
      c.smbase = base;
      CpuState before = c.state();
      SystemManagement.enter(c);
      scramble(c);
      resume(c);
      assertThat(c.state()).usingRecursiveComparison().isEqualTo(before);
    }
  }

  // ---- what a handler may change ----

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theHaltSlotSaysWhetherHltGoesOn(boolean restart) {
    for (Mode mode : new Mode[] {Mode.PROTECTED_0, Mode.LONG_0}) {
      SystemFixture f = mode.fixture();
      Cpu c = f.c;
      int slot = (int) SMBASE + (mode == Mode.LONG_0 ? 0xFEC9 : 0xFF02);
      SystemInstructions.hlt(c);
      SystemManagement.enter(c);
      assertThat(c.activity).isEqualTo(Activity.RUNNING);
      assertThat(f.get(slot, 1)).isEqualTo(1);
      f.put(slot, restart ? 1 : 0, 1);
      resume(c);
      assertThat(c.activity).isEqualTo(restart ? Activity.HALTED : Activity.RUNNING);
    }
  }

  @Test
  void mwaitIsNotTakenUpAgain() {
    Cpu c = SystemFixture.longMode(0).c;
    c.r[Cpu.RCX] = 0;
    Monitor.monitor(c, DS, SystemFixture.UPPER_HALF + 0x2000);
    Monitor.mwait(c);
    assertThat(c.activity).isEqualTo(Activity.HALTED);
    SystemManagement.enter(c);
    resume(c);
    assertThat(c.activity).isEqualTo(Activity.RUNNING);
    assertThat(c.monitoring).isFalse();
  }

  @Test
  void nmisAreHeldBackAfterwardsAsTheyWereBefore() {
    for (boolean blocked : new boolean[] {false, true}) {
      for (Mode mode : new Mode[] {Mode.PROTECTED_0, Mode.LONG_0}) {
        Cpu c = mode.fixture().c;
        c.nmiBlocked = blocked;
        SystemManagement.enter(c);
        assertThat(c.nmiBlocked).isTrue();
        // As IRET in the handler does.
        c.nmiBlocked = false;
        resume(c);
        assertThat(c.nmiBlocked).isEqualTo(blocked);
      }
    }
  }

  @Test
  void rsmIsUndefinedElsewhere() {
    for (Mode mode : Mode.values()) {
      Cpu c = mode.fixture().c;
      assertThat(outcome(() -> SystemInstructions.rsm(c))).isEqualTo("6");
    }
  }

  // ---- what RSM refuses ----

  private record Damage(String what, Mode mode, int offset, int size, long value) {}

  private static final Damage[] DAMAGES = {
    new Damage("PG without PE", Mode.PAGED, 0xFFFC, 4, 0x80000010L),
    new Damage("NW without CD", Mode.PROTECTED_0, 0xFFFC, 4, 0x20000011L),
    new Damage("reserved in CR4", Mode.PROTECTED_0, 0xFF14, 4, 1 << 30),
    new Damage("a CR4 bit of other models", Mode.PROTECTED_0, 0xFF14, 4, ControlRegisters.CR4_SMEP),
    new Damage("reserved in a pointer", Mode.PAE, 0xFE00, 8, 0x16003),
    new Damage("virtual-8086 mode in real mode", Mode.REAL, 0xFFF4, 4, 0x20002),
    new Damage("upper half of CR0", Mode.LONG_0, 0xFF5C, 4, 1),
    new Damage("reserved in EFER", Mode.LONG_0, 0xFED0, 8, 0x1D00),
    new Damage("LME without LMA", Mode.LONG_0, 0xFED0, 8, 0x900),
    new Damage("LMA without LME", Mode.LONG_0, 0xFED0, 8, 0xC00),
    new Damage("LMA without paging", Mode.LONG_0, 0xFF58, 8, 0x11),
    new Damage("long mode without PAE", Mode.LONG_0, 0xFF48, 8, 0x200),
    new Damage(
        "contexts without long mode", Mode.WIDE_PROTECTED, 0xFF48, 8, ControlRegisters.CR4_PCIDE),
    new Damage("CR3 beyond memory", Mode.LONG_0, 0xFF50, 8, 1L << 40),
    new Damage("virtual-8086 mode in long mode", Mode.COMPATIBILITY, 0xFF70, 8, 0x20002),
    new Damage("code of 32 and 64 bits", Mode.LONG_0, 0xFE12, 2, 0xE09B),
    new Damage("RIP not canonical", Mode.LONG_0, 0xFF78, 8, 1L << 47),
    new Damage("base of FS not canonical", Mode.LONG_0, 0xFE48, 8, 1L << 47),
    new Damage("base of TR not canonical", Mode.LONG_0, 0xFE98, 8, 1L << 63),
    new Damage("base of the GDT not canonical", Mode.LONG_0, 0xFE68, 8, 1L << 50),
    new Damage("base of the IDT not canonical", Mode.LONG_0, 0xFE88, 8, 1L << 50),
    new Damage("upper half of DR7", Mode.LONG_0, 0xFF64, 4, 1),
    new Damage("upper half of DR6", Mode.LONG_0, 0xFF6C, 4, 1),
    new Damage("upper half of RFLAGS", Mode.LONG_0, 0xFF74, 4, 1)
  };

  @Test
  void whatNoProcessorCanBeInShutsDown() {
    for (Damage damage : DAMAGES) {
      SystemFixture f = filled(damage.mode);
      Cpu c = f.c;
      SystemManagement.enter(c);
      f.put((int) SMBASE + damage.offset, damage.value, damage.size);
      CpuState before = c.state();
      c.nextRip = 0x8002;
      resume(c);
      assertThat(f.pins).as(damage.what).containsExactly("SHUTDOWN true");
      assertThat(c.activity).as(damage.what).isEqualTo(Activity.SHUTDOWN);
      c.activity(Activity.RUNNING);
      assertThat(c.state()).as(damage.what).usingRecursiveComparison().isEqualTo(before);
    }
  }

  private static void changed(Mode mode, int offset, long value, Consumer<Cpu> check) {
    SystemFixture f = filled(mode);
    SystemManagement.enter(f.c);
    f.put((int) SMBASE + offset, value, 4);
    resume(f.c);
    assertThat(f.pins).isEmpty();
    check.accept(f.c);
  }

  @Test
  void whatTheHandlerChangesCounts() {
    changed(Mode.V86, 0xFFD0, 0x77, c -> assertThat(c.r[Cpu.RAX]).isEqualTo(0x77));
    changed(Mode.LONG_0, 0xFF7C, 0, c -> assertThat(c.rip).isEqualTo(0x80030000L));
    changed(Mode.PROTECTED_3, 0xFFF4, 0x3202, c -> assertThat(c.flags()).isEqualTo(0x3202));
    // Bits of CR0 and EFLAGS that there are not stay as they are.
    changed(Mode.REAL, 0xFFFC, 0x1FFA_FFDEL, c -> assertThat(c.cr0).isEqualTo(0x5003EL & c.cr0));
    changed(Mode.REAL, 0xFFF4, 0xFFC0_0028L, c -> assertThat(c.flags()).isEqualTo(2));
  }
}
