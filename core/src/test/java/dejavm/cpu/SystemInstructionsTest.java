package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Instructions of operating systems: expectations from SDM volume 2. */
class SystemInstructionsTest {
  // ---- flags ----

  /** SDM volume 2, POPF, table 4-21: from no flags to an image of all ones. */
  @ParameterizedTest
  @CsvSource({
    // mode: r, p, v; CPL, IOPL, size, flags after or none for #GP(0)
    "r, 0, 0, 2, 0x007FD7",
    "r, 0, 0, 4, 0x247FD7",
    "p, 0, 0, 2, 0x007FD7",
    "p, 0, 0, 4, 0x247FD7",
    "p, 1, 0, 4, 0x244DD7",
    "p, 1, 1, 4, 0x245FD7",
    "p, 3, 0, 2, 0x004DD7",
    "p, 3, 0, 4, 0x244DD7",
    "p, 3, 2, 4, 0x246DD7",
    "p, 3, 3, 2, 0x007FD7",
    "p, 3, 3, 4, 0x247FD7",
    "v, 3, 3, 2, 0x027FD7",
    "v, 3, 3, 4, 0x267FD7",
    "v, 3, 0, 2, ",
    "v, 3, 2, 4, "
  })
  void poppedFlags(char mode, int cpl, int iopl, int size, String expected) {
    SystemFixture f = machine(mode, cpl, iopl);
    f.c.setFlags(f.c.flags() & ~Flags.IF | Flags.RF);

    String outcome = outcome(() -> SystemInstructions.poppedFlags(f.c, 0x3FFFFF, size));

    if (expected == null) {
      assertThat(outcome).isEqualTo("13:0");
    } else {
      assertThat(f.c.flags()).isEqualTo(Integer.decode(expected));
    }
  }

  private static SystemFixture machine(char mode, int cpl, int iopl) {
    if (mode == 'v') {
      return SystemFixture.v86(CpuModel.PENTIUM3, iopl);
    }
    SystemFixture f = mode == 'r' ? SystemFixture.realMode() : SystemFixture.protectedMode(cpl);
    f.c.setFlags(2 | iopl << 12);
    return f;
  }

  @ParameterizedTest
  @CsvSource({
    // flags before, size, pushed
    "0x3D7FD7, 4, 0x3C7FD7",
    "0x3D7FD7, 2, 0x7FD7",
    "0x000002, 4, 0x2"
  })
  void pushedFlags(int flags, int size, int pushed) {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.setFlags(flags);
    assertThat(SystemInstructions.pushedFlags(f.c, size)).isEqualTo(pushed);
  }

  @Test
  void virtualFlagsArePushedAndPopped() {
    SystemFixture f = SystemFixture.v86(SystemFixture.EXTENDED, 0);
    assertThat(outcome(() -> SystemInstructions.pushedFlags(f.c, 2))).isEqualTo("13:0");
    f.c.cr4 = ControlRegisters.CR4_VME;
    assertThat(SystemInstructions.pushedFlags(f.c, 2)).isEqualTo(0x3002);
    SystemInstructions.poppedFlags(f.c, 0x202, 2);
    assertThat(f.c.flag(Flags.VIF)).isTrue();
    assertThat(SystemInstructions.pushedFlags(f.c, 2)).isEqualTo(0x3202);
    assertThat(outcome(() -> SystemInstructions.pushedFlags(f.c, 4))).isEqualTo("13:0");
    assertThat(outcome(() -> SystemInstructions.poppedFlags(f.c, 0x102, 2))).isEqualTo("13:0");
    f.c.setFlags(f.c.flags() | Flags.VIP);
    assertThat(outcome(() -> SystemInstructions.poppedFlags(f.c, 0x202, 2))).isEqualTo("13:0");
    assertThat(outcome(() -> SystemInstructions.poppedFlags(f.c, 2, 2))).isEqualTo("ok");
    assertThat(f.c.flag(Flags.VIF)).isFalse();
    assertThat(f.c.flag(Flags.IF)).isTrue();
  }

  /** SDM volume 2, CLI and STI, tables of the decision. */
  @ParameterizedTest
  @CsvSource({
    // mode, CPL, IOPL, CR4, VIP; what CLI does, what STI does
    "r, 0, 0, 0, false, IF, IF",
    "p, 0, 0, 0, false, IF, IF",
    "p, 3, 0, 0, false, GP, GP",
    "p, 3, 2, 0, false, GP, GP",
    "p, 3, 3, 0, false, IF, IF",
    "p, 1, 1, 0, false, IF, IF",
    "p, 2, 1, 2, false, GP, GP",
    "p, 3, 0, 2, false, VIF, VIF", // PVI
    "p, 3, 0, 2, true, VIF, GP",
    "p, 3, 3, 2, false, IF, IF",
    "p, 3, 0, 1, false, GP, GP", // VME alone says nothing here
    "v, 3, 3, 0, false, IF, IF",
    "v, 3, 0, 0, false, GP, GP",
    "v, 3, 0, 1, false, VIF, VIF",
    "v, 3, 0, 1, true, VIF, GP",
    "v, 3, 0, 2, false, GP, GP"
  })
  void interruptFlag(char mode, int cpl, int iopl, int cr4, boolean vip, String cli, String sti) {
    for (boolean set : new boolean[] {false, true}) {
      SystemFixture f = machine(mode, cpl, iopl);
      f.c.cr4 = cr4;
      int both = Flags.IF | Flags.VIF;
      int before = f.c.flags() & ~both | (set ? 0 : both) | (vip ? Flags.VIP : 0);
      f.c.setFlags(before);

      String outcome =
          outcome(() -> {
            if (set) {
              SystemInstructions.sti(f.c);
            } else {
              SystemInstructions.cli(f.c);
            }
          });

      String expected = set ? sti : cli;
      int changed = expected.equals("IF") ? Flags.IF : expected.equals("VIF") ? Flags.VIF : 0;
      assertThat(outcome).isEqualTo(expected.equals("GP") ? "13:0" : "ok");
      assertThat(f.c.flags()).isEqualTo(before ^ changed);
      assertThat(f.c.shadow).isEqualTo(set && changed == Flags.IF);
    }
  }

  @Test
  void stiCastsAShadowOnlyWhereInterruptsWereOff() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.setFlags(0x202);
    SystemInstructions.sti(f.c);
    assertThat(f.c.shadow).isFalse();
  }

  // ---- control registers ----

  @ParameterizedTest
  @CsvSource({
    "0x80000011, ok",
    "0x80000010, 13:0", // PG without PE
    "0x20000011, 13:0", // NW without CD
    "0x60000011, ok",
    "0x0, ok",
    "0x1FF7FFC1, ok" // reserved bits are ignored
  })
  void cr0(long value, String expected) {
    SystemFixture f = SystemFixture.protectedMode(0);
    assertThat(outcome(() -> SystemInstructions.loadControl(f.c, 0, value))).isEqualTo(expected);
    if (expected.equals("ok")) {
      assertThat(f.c.cr0).isEqualTo(value & 0xE005002FL | 0x10);
      assertThat(f.c.protectedMode()).isEqualTo((value & 1) != 0);
    } else {
      assertThat(f.c.cr0).isEqualTo(0x11);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x7FF, ok", // all that a Pentium III has
    "0x800, 13:0", // UMIP
    "0x020000, 13:0", // PCIDE
    "0x100000, 13:0", // SMEP
    "0x200000, 13:0", // SMAP
    "0x80000000, 13:0"
  })
  void cr4(long value, String expected) {
    SystemFixture f = SystemFixture.protectedMode(0);
    assertThat(outcome(() -> SystemInstructions.loadControl(f.c, 4, value))).isEqualTo(expected);
    long after = expected.equals("ok") ? value : 0;
    assertThat(SystemInstructions.storeControl(f.c, 4)).isEqualTo(after);
  }

  @ParameterizedTest
  @CsvSource({"0, 3, 13:0", "1, 0, 6", "1, 3, 6", "5, 0, 6", "8, 0, 6", "2, 0, ok", "3, 3, 13:0"})
  void whichControlRegisters(int n, int cpl, String expected) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    assertThat(outcome(() -> SystemInstructions.loadControl(f.c, n, 0x12345000L)))
        .isEqualTo(expected);
    assertThat(outcome(() -> SystemInstructions.storeControl(f.c, n))).isEqualTo(expected);
  }

  @Test
  void pointersAreLoadedWithCr3UnderPaePaging() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.put64(0x10000, 0x11001);
    f.put64(0x11000, 0x12003);
    for (int page = 0; page < 512; page++) {
      f.put64(0x12000 + 8 * page, page << 12 | 3);
    }
    f.put64(0x10020, 0x11003); // bit 1 is reserved
    f.put64(0x10040, 0x11001);
    f.put64(0x10048, 6); // not present: no bit is reserved
    SystemInstructions.loadControl(f.c, 4, ControlRegisters.CR4_PAE);
    SystemInstructions.loadControl(f.c, 3, 0x10020);
    assertThat(outcome(() -> SystemInstructions.loadControl(f.c, 0, 0x80000011L)))
        .isEqualTo("13:0");
    assertThat(f.c.cr0 & ControlRegisters.CR0_PG).isZero();
    SystemInstructions.loadControl(f.c, 3, 0x10000);
    SystemInstructions.loadControl(f.c, 0, 0x80000011L);
    assertThat(f.mmu.pointers()).containsExactly(0x11001, 0, 0, 0);
    assertThat(outcome(() -> SystemInstructions.loadControl(f.c, 3, 0x10020))).isEqualTo("13:0");
    assertThat(f.c.cr3).isEqualTo(0x10000);
    SystemInstructions.loadControl(f.c, 3, 0x10040);
    assertThat(f.mmu.pointers()).containsExactly(0x11001, 6, 0, 0);
    assertThat(f.mmu.load32(0x1000)).isZero();

    // Only a load of CR3 looks at the table again.
    f.put64(0x10058, 0x13001);
    assertThat(f.mmu.pointers()[3]).isZero();
    SystemInstructions.loadControl(f.c, 3, 0x10040);
    assertThat(f.mmu.pointers()[3]).isEqualTo(0x13001);
  }

  @Test
  void onlyWhatTheMmuDependsOnIsTold() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.paging(3);
    f.mmu.disturbed = false;
    SystemInstructions.loadControl(
        f.c, 0, f.c.cr0 | ControlRegisters.CR0_TS | ControlRegisters.CR0_MP);
    SystemInstructions.clts(f.c);
    SystemInstructions.loadControl(f.c, 3, f.c.cr3);
    SystemInstructions.loadControl(f.c, 4, ControlRegisters.CR4_PGE | ControlRegisters.CR4_TSD);
    assertThat(f.mmu.disturbed).isFalse();
    SystemInstructions.loadControl(f.c, 3, 0x13000);
    assertThat(f.mmu.disturbed).isTrue();
  }

  @Test
  void machineStatusWord() {
    SystemFixture f = SystemFixture.realMode();
    SystemInstructions.lmsw(f.c, 0xFFFF);
    assertThat(f.c.cr0 & 0xFFFF).isEqualTo(0x1F);
    SystemInstructions.lmsw(f.c, 0);
    assertThat(f.c.cr0 & 0xFFFF).isEqualTo(0x11);
    assertThat(SystemInstructions.smsw(f.c)).isEqualTo(f.c.cr0);
    SystemFixture g = SystemFixture.protectedMode(3);
    assertThat(outcome(() -> SystemInstructions.lmsw(g.c, 1))).isEqualTo("13:0");
    assertThat(outcome(() -> SystemInstructions.smsw(g.c))).isEqualTo("ok");
  }

  // ---- debug registers ----

  @Test
  void debugRegisters() {
    SystemFixture f = SystemFixture.protectedMode(SystemFixture.EXTENDED, 0);
    SystemInstructions.loadDebug(f.c, 0, 0x1_2345_6789L);
    assertThat(SystemInstructions.storeDebug(f.c, 0)).isEqualTo(0x23456789);
    SystemInstructions.loadDebug(f.c, 4, 0xFFFFFFFFL);
    assertThat(SystemInstructions.storeDebug(f.c, 6)).isEqualTo(0xFFFFEFFFL);
    SystemInstructions.loadDebug(f.c, 6, 0);
    assertThat(SystemInstructions.storeDebug(f.c, 4)).isEqualTo(0xFFFF0FF0L);
    SystemInstructions.loadDebug(f.c, 7, 0);
    assertThat(SystemInstructions.storeDebug(f.c, 5)).isEqualTo(0x400);
    f.c.cr4 = ControlRegisters.CR4_DE;
    assertThat(outcome(() -> SystemInstructions.storeDebug(f.c, 4))).isEqualTo("6");
    assertThat(outcome(() -> SystemInstructions.loadDebug(f.c, 5, 0))).isEqualTo("6");

    SystemInstructions.loadDebug(f.c, 7, 0xFFFFFFFFL);
    assertThat(f.c.dr[7]).isEqualTo(0xFFFF27FFL);
    assertThat(outcome(() -> SystemInstructions.storeDebug(f.c, 7))).isEqualTo("1");
    assertThat(f.c.dr[6]).isEqualTo(0xFFFF2FF0L);

    SystemFixture g = SystemFixture.protectedMode(3);
    assertThat(outcome(() -> SystemInstructions.storeDebug(g.c, 0))).isEqualTo("13:0");
  }

  // ---- descriptor tables ----

  @Test
  void descriptorTableRegisters() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.put(0x7000, 0x1234_5678_0ABCL, 6);
    SystemInstructions.lidt(f.c, Cpu.DS, 0x7000, 4);
    assertThat(f.c.idtBase).isEqualTo(0x12345678);
    assertThat(f.c.idtLimit).isEqualTo(0xABC);
    SystemInstructions.lgdt(f.c, Cpu.DS, 0x7000, 2);
    assertThat(f.c.gdtBase).isEqualTo(0x345678);
    SystemInstructions.sidt(f.c, Cpu.DS, 0x7010);
    assertThat(f.get(0x7010, 6)).isEqualTo(0x1234_5678_0ABCL);
    SystemInstructions.sgdt(f.c, Cpu.DS, 0x7FFE);
    assertThat(f.get(0x7FFE, 6)).isEqualTo(0x0034_5678_0ABCL);

    SystemFixture g = SystemFixture.protectedMode(3);
    assertThat(outcome(() -> SystemInstructions.lgdt(g.c, Cpu.DS, 0x7000, 4))).isEqualTo("13:0");
    assertThat(outcome(() -> SystemInstructions.sgdt(g.c, Cpu.DS, 0x7000))).isEqualTo("ok");
  }

  @Test
  void descriptorTableRegistersOf64BitMode() {
    SystemFixture f = SystemFixture.longMode(0);
    f.put(0x7100, 0xABC, 2);
    f.put64(0x7102, 0xFFFF_FE00_1234_5678L);
    SystemInstructions.lidt(f.c, Cpu.DS, 0x7100, 8);
    assertThat(f.c.idtBase).isEqualTo(0xFFFF_FE00_1234_5678L);
    assertThat(f.c.idtLimit).isEqualTo(0xABC);
    SystemInstructions.lgdt(f.c, Cpu.DS, 0x7100, 2);
    assertThat(f.c.gdtBase).isEqualTo(0xFFFF_FE00_1234_5678L);
    SystemInstructions.sidt(f.c, Cpu.DS, 0x7200);
    assertThat(f.get(0x7200, 2)).isEqualTo(0xABC);
    assertThat(f.get(0x7202, 8)).isEqualTo(0xFFFF_FE00_1234_5678L);
    f.put64(0x7102, 0x8000_1234_5678L);
    assertThat(outcome(() -> SystemInstructions.lgdt(f.c, Cpu.DS, 0x7100, 8))).isEqualTo("13:0");
    assertThat(f.c.gdtBase).isEqualTo(0xFFFF_FE00_1234_5678L);
  }

  @ParameterizedTest
  @CsvSource({"0, true, ok", "3, false, ok", "3, true, 13:0", "1, true, 13:0"})
  void userModeInstructionPrevention(int level, boolean umip, String expected) {
    SystemFixture f = SystemFixture.longMode(level);
    f.c.cr4 |= umip ? ControlRegisters.CR4_UMIP : 0;
    assertThat(outcome(() -> SystemInstructions.sgdt(f.c, Cpu.DS, 0x7100))).isEqualTo(expected);
    assertThat(outcome(() -> SystemInstructions.sidt(f.c, Cpu.DS, 0x7100))).isEqualTo(expected);
    assertThat(outcome(() -> SystemInstructions.sldt(f.c))).isEqualTo(expected);
    assertThat(outcome(() -> SystemInstructions.str(f.c))).isEqualTo(expected);
    assertThat(outcome(() -> SystemInstructions.smsw(f.c))).isEqualTo(expected);
  }

  @Test
  void accessControlFlag() {
    SystemFixture f = SystemFixture.longMode(0);
    SystemInstructions.accessControl(f.c, true);
    assertThat(f.c.flag(Flags.AC)).isTrue();
    SystemInstructions.accessControl(f.c, false);
    assertThat(f.c.flag(Flags.AC)).isFalse();
    SystemFixture g = SystemFixture.longMode(3);
    assertThat(outcome(() -> SystemInstructions.accessControl(g.c, true))).isEqualTo("6");
  }

  @Test
  void flushingALineNeedsTheRightToRead() {
    SystemFixture f = SystemFixture.longMode(3);
    assertThat(outcome(() -> SystemInstructions.flushLine(f.c, Cpu.DS, 0x7000))).isEqualTo("ok");
    assertThat(outcome(() -> SystemInstructions.flushLine(f.c, Cpu.DS, 0x40000000)))
        .isEqualTo("14:4@40000000");
  }

  @Test
  void flagsOf64BitMode() {
    SystemFixture f = SystemFixture.longMode(0);
    SystemInstructions.poppedFlags(f.c, 0x3FFFFF, 8);
    assertThat(f.c.flags()).isEqualTo(0x247FD7);
    assertThat(SystemInstructions.pushedFlags(f.c, 8)).isEqualTo(0x247FD7);
  }

  @Test
  void portsOfA64BitTss() {
    SystemFixture f = SystemFixture.longMode(3);
    f.c.segment(Cpu.TR, 0x140, SystemFixture.UPPER_HALF + SystemFixture.LONG_TSS, 0xFF, 0x8B);
    f.put(SystemFixture.LONG_TSS + 0x66, 0x68, 2);
    f.put(SystemFixture.LONG_TSS + 0x68, 0xFFFD, 2);
    assertThat(outcome(() -> SystemInstructions.checkPort(f.c, 1, 1))).isEqualTo("ok");
    assertThat(outcome(() -> SystemInstructions.checkPort(f.c, 2, 1))).isEqualTo("13:0");
  }

  @ParameterizedTest
  @CsvSource({
    // selector, cpl, LLDT, LTR
    "0x68, 0, ok, 13:68",
    "0x68, 3, 13:0, 13:0",
    "0x00, 0, ok, 13:0",
    "0x0C, 0, 13:c, 13:c", // local
    "0x180, 0, 13:180, 13:180",
    "0x10, 0, 13:10, 13:10",
    "0x70, 0, 13:70, 13:70", // busy
    "0x78, 0, 13:78, ok",
    "0x80, 0, 13:80, ok",
    "0xA0, 0, 11:a0, 13:a0",
    "0xA8, 0, 13:a8, 11:a8"
  })
  void tablesOfTasks(int selector, int cpl, String lldt, String ltr) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    f.descriptor(0xA0, 0x3000, 0xF, 0x02);
    f.descriptor(0xA8, 0x3000, 0x67, 0x09);
    assertThat(outcome(() -> SystemInstructions.lldt(f.c, selector))).isEqualTo(lldt);
    assertThat(outcome(() -> SystemInstructions.ltr(f.c, selector))).isEqualTo(ltr);
    if (ltr.equals("ok")) {
      assertThat(f.get(SystemFixture.GDT + selector + 5, 1) & 2).isNotZero();
      assertThat(f.c.access[Cpu.TR] & 2).isNotZero();
      assertThat(SystemInstructions.str(f.c)).isEqualTo(selector);
    }
    if (lldt.equals("ok")) {
      assertThat(SystemInstructions.sldt(f.c)).isEqualTo(selector);
    }
  }

  @Test
  void invalidOutsideProtectedMode() {
    for (SystemFixture f :
        new SystemFixture[] {SystemFixture.realMode(), SystemFixture.v86(CpuModel.PENTIUM3, 3)}) {
      assertThat(outcome(() -> SystemInstructions.lldt(f.c, 0))).isEqualTo("6");
      assertThat(outcome(() -> SystemInstructions.ltr(f.c, 0))).isEqualTo("6");
      assertThat(outcome(() -> SystemInstructions.sldt(f.c))).isEqualTo("6");
      assertThat(outcome(() -> SystemInstructions.str(f.c))).isEqualTo("6");
      assertThat(outcome(() -> SegmentQueries.lar(f.c, 0))).isEqualTo("6");
      assertThat(outcome(() -> SegmentQueries.verr(f.c, 0))).isEqualTo("6");
      assertThat(outcome(() -> SegmentQueries.arpl(f.c, 0, 0))).isEqualTo("6");
    }
  }

  // ---- ports ----

  @ParameterizedTest
  @CsvSource({
    // mode, cpl, iopl, port, size, outcome; ports 0x40 to 0x47 are open but for 0x43
    "r, 0, 0, 0x60, 1, ok",
    "p, 0, 0, 0x60, 1, ok",
    "p, 3, 3, 0x60, 1, ok",
    "p, 3, 0, 0x60, 1, 13:0",
    "p, 1, 0, 0x60, 1, 13:0",
    "p, 3, 0, 0x40, 1, ok",
    "p, 3, 0, 0x40, 2, ok",
    "p, 3, 0, 0x40, 4, 13:0",
    "p, 3, 0, 0x42, 2, 13:0",
    "p, 3, 0, 0x44, 4, ok",
    "p, 3, 0, 0x45, 4, 13:0", // one bit in the next byte
    "p, 3, 0, 0x3B7, 1, ok", // the second last byte within the limit
    "p, 3, 0, 0x3B8, 1, 13:0", // two bytes are read
    "p, 3, 0, 0xFFFF, 1, 13:0",
    "v, 3, 3, 0x60, 1, 13:0", // IOPL does not matter
    "v, 3, 0, 0x40, 1, ok"
  })
  void ports(char mode, int cpl, int iopl, int port, int size, String expected) {
    SystemFixture f = machine(mode, cpl, iopl);
    if (mode != 'r') {
      f.put(SystemFixture.TSS + 0x66, 0x88, 2);
      for (int at = 0x88; at <= 0x110; at++) {
        f.put(SystemFixture.TSS + at, 0xFF, 1);
      }
      f.put(SystemFixture.TSS + 0x88 + 8, 0x08, 1);
      f.put(SystemFixture.TSS + 0x88 + 0x76, 0, 2);
    }
    assertThat(outcome(() -> SystemInstructions.checkPort(f.c, port, size))).isEqualTo(expected);
  }

  @Test
  void portsNeedA32BitTss() {
    SystemFixture f = SystemFixture.protectedMode(3);
    f.c.segment(Cpu.TR, SystemFixture.TSS_16_SELECTOR, SystemFixture.TSS_16, 0xFFFF, 0x83);
    assertThat(outcome(() -> SystemInstructions.checkPort(f.c, 0, 1))).isEqualTo("13:0");
    f.c.segment(Cpu.TR, SystemFixture.TSS_SELECTOR, SystemFixture.TSS, 0x66, 0x8B);
    assertThat(outcome(() -> SystemInstructions.checkPort(f.c, 0, 1))).isEqualTo("13:0");
  }

  // ---- the rest ----

  @Test
  void privilege() {
    SystemFixture f = SystemFixture.protectedMode(3);
    assertThat(outcome(() -> SystemInstructions.hlt(f.c))).isEqualTo("13:0");
    assertThat(outcome(() -> SystemInstructions.clts(f.c))).isEqualTo("13:0");
    assertThat(outcome(() -> SystemInstructions.invlpg(f.c))).isEqualTo("13:0");
    assertThat(outcome(() -> SystemInstructions.invalidateCaches(f.c))).isEqualTo("13:0");
    assertThat(outcome(() -> SystemInstructions.rsm(f.c))).isEqualTo("6");
    SystemFixture g = SystemFixture.realMode();
    SystemInstructions.hlt(g.c);
    assertThat(g.c.activity).isEqualTo(Cpu.Activity.HALTED);
    assertThat(g.c.attention & Attention.HALTED).isNotZero();
  }
}
