package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Control registers of 64-bit processors: expectations from SDM volume 2, MOV to control registers,
 * and volume 3, section 9.8.5.
 */
class ControlRegistersTest {
  private static final int EFER = 0xC0000080;

  private static void load(SystemFixture f, int n, long value) {
    SystemInstructions.loadControl(f.c, n, value);
  }

  private static String loading(SystemFixture f, int n, long value) {
    CpuState before = f.c.state();
    String outcome = outcome(() -> load(f, n, value));
    if (!outcome.equals("ok")) {
      assertThat(f.c.state()).usingRecursiveComparison().isEqualTo(before);
    }
    return outcome;
  }

  // ---- into long mode and out ----

  @Test
  void theWayIntoLongModeAndBack() {
    SystemFixture f = SystemFixture.longMode(0);
    f.c.segment(Cpu.CS, SystemFixture.CODE0, 0, 0xFFFFFFFFL, 0xC09B);
    load(f, 0, 0x10011);
    assertThat(f.c.longMode()).isFalse();
    assertThat(Msrs.read(f.c, EFER)).isEqualTo(0x901);
    load(f, 0, 0x80010011L);
    assertThat(f.c.longMode()).isTrue();
    assertThat(Msrs.read(f.c, EFER)).isEqualTo(0xD01);
    assertThat(f.c.codeSize).isEqualTo(32);
    Transfers.jumpFar(f.c, SystemFixture.LONG_CODE0, 0x1234, 4);
    assertThat(f.c.code64()).isTrue();
    f.put64(0x7000, 0x1234_5678_9ABC_DEF0L);
    assertThat(f.c.load(Cpu.DS, SystemFixture.UPPER_HALF + 0x7000, 8))
        .isEqualTo(0x1234_5678_9ABC_DEF0L);
    assertThat(loading(f, 0, 0x10011)).isEqualTo("13:0"); // not out of 64-bit mode
    Transfers.jumpFar(f.c, SystemFixture.CODE0, 0x1234, 8);
    load(f, 0, 0x10011);
    assertThat(f.c.longMode()).isFalse();
    Msrs.write(f.c, EFER, 0);
    assertThat(Msrs.read(f.c, EFER)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // CR4, EFER, rights of CS and TR; outcome of setting CR0.PG
    "0x20, 0x100, 0xC09B, 0x8B, ok",
    "0x00, 0x100, 0xC09B, 0x8B, 13:0", // without PAE
    "0x20, 0x100, 0xA09B, 0x8B, 13:0", // CS.L
    "0x20, 0x100, 0xC09B, 0x83, 13:0", // a TSS of 16 bits
    "0x00, 0x000, 0xA09B, 0x83, ok" // without LME none of this matters
  })
  void activation(long cr4, long efer, int cs, int tr, String expected) {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.CORE2, 0);
    f.c.cr4 = cr4;
    f.c.efer = efer;
    f.c.segment(Cpu.CS, SystemFixture.CODE0, 0, 0xFFFFFFFFL, cs);
    f.c.segment(Cpu.TR, SystemFixture.TSS_SELECTOR, SystemFixture.TSS, 0xFF, tr);
    assertThat(loading(f, 0, 0x80000011L)).isEqualTo(expected);
    assertThat(f.c.longMode()).isEqualTo(expected.equals("ok") && efer != 0);
  }

  @Test
  void longModeNeedsNoPointers() {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.CORE2, 0);
    f.put64(SystemFixture.PAGE_MAP, 0x1FF); // reserved bits of a page-directory pointer
    f.c.cr4 = ControlRegisters.CR4_PAE;
    f.c.cr3 = SystemFixture.PAGE_MAP;
    assertThat(loading(f, 0, 0x80000011L)).isEqualTo("13:0");
    Msrs.write(f.c, EFER, ControlRegisters.EFER_LME);
    assertThat(loading(f, 0, 0x80000011L)).isEqualTo("ok");
    assertThat(loading(f, 3, SystemFixture.PAGE_MAP + 0x1000)).isEqualTo("ok");
    assertThat(loading(f, 4, ControlRegisters.CR4_PAE | ControlRegisters.CR4_PGE)).isEqualTo("ok");
  }

  @ParameterizedTest
  @CsvSource({
    // model, value, outcome; paging is off
    "x86-64-v2, 0xD01, ok",
    "x86-64-v2, 0x2, 13:0",
    "x86-64-v2, 0x1000, 13:0",
    "core2, 0x901, ok",
    "pentium3, 0, 13:0"
  })
  void efer(String model, long value, String expected) {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.named(model), 0);
    assertThat(outcome(() -> Msrs.write(f.c, EFER, value))).isEqualTo(expected);
    assertThat(f.c.efer).isEqualTo(expected.equals("ok") ? value & ~0x400 : 0); // LMA is read-only
  }

  @Test
  void longModeCannotBeDisabledWhilePaging() {
    SystemFixture f = SystemFixture.longMode(0);
    assertThat(outcome(() -> Msrs.write(f.c, EFER, 0x801))).isEqualTo("13:0");
    Msrs.write(f.c, EFER, 0x100);
    assertThat(f.c.efer).isEqualTo(0x500);
    SystemFixture g = SystemFixture.protectedMode(CpuModel.CORE2, 0);
    g.paging(3);
    assertThat(outcome(() -> Msrs.write(g.c, EFER, 0x100))).isEqualTo("13:0");
  }

  // ---- what 64-bit mode may write ----

  @ParameterizedTest
  @CsvSource({
    // register, value, outcome
    "0, 0x100080010011, 13:0",
    "0, 0x80010011, ok",
    "2, 0x123456789ABCDEF0, ok",
    "3, 0x13000, ok",
    "3, 0xFFFFFF000, ok",
    "3, 0x1000000000, 13:0", // beyond the physical addresses
    "3, 0x8000000000013000, 13:0", // bit 63 without PCIDE
    "4, 0x10020, 13:0",
    "4, 0x100000020, 13:0",
    "4, 0x300FBF, ok", // all but PCIDE, which is refused while CR3 has low bits
    "4, 0x320FBF, 13:0",
    "4, 0x00, 13:0", // PAE
    "8, 0xF, ok",
    "8, 0x10, 13:0",
    "1, 0, 6",
    "7, 0, 6",
    "9, 0, 6",
    "12, 0, 6"
  })
  void in64BitMode(int n, String value, String expected) {
    SystemFixture f = SystemFixture.longMode(0);
    f.c.cr3 = SystemFixture.PAGE_MAP | 8;
    long bits = Long.parseUnsignedLong(value.replace("0x", ""), 16);
    assertThat(loading(f, n, bits)).isEqualTo(expected);
    if (expected.equals("ok")) {
      assertThat(SystemInstructions.storeControl(f.c, n)).isEqualTo(bits);
    }
  }

  @Test
  void contexts() {
    SystemFixture f = SystemFixture.longMode(0);
    long with = ControlRegisters.CR4_PAE | ControlRegisters.CR4_PCIDE;
    load(f, 4, with);
    load(f, 3, 0x8000_0000_0001_2005L); // keep what is cached: not a part of CR3
    assertThat(f.c.cr3).isEqualTo(0x12005);
    f.c.segment(Cpu.CS, SystemFixture.CODE0, 0, 0xFFFFFFFFL, 0xC09B);
    assertThat(loading(f, 0, 0x11)).isEqualTo("13:0"); // paging cannot end with PCIDE
    load(f, 4, ControlRegisters.CR4_PAE);
    assertThat(loading(f, 4, with)).isEqualTo("13:0");
    assertThat(loading(f, 0, 0x11)).isEqualTo("ok");
    load(f, 3, 0x12000);
    assertThat(loading(f, 4, with)).isEqualTo("13:0"); // not outside long mode
  }

  @Test
  void taskPriorityIsA64BitRegister() {
    SystemFixture f = SystemFixture.longMode(3);
    assertThat(loading(f, 8, 1)).isEqualTo("13:0");
    SystemFixture g = SystemFixture.protectedMode(CpuModel.CORE2, 0);
    assertThat(loading(g, 8, 1)).isEqualTo("6");
  }

  @Test
  void outside64BitModeTheValueIsCut() {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.CORE2, 0);
    load(f, 3, 0x1_2345_6000L);
    assertThat(f.c.cr3).isEqualTo(0x23456000);
    load(f, 0, 0x1_0000_0011L);
    assertThat(f.c.cr0).isEqualTo(0x11);
  }

  @Test
  void supervisorProtectionReachesTheMmu() {
    SystemFixture f = SystemFixture.longMode(0);
    assertThat(f.c.load(Cpu.DS, 0x7000, 1)).isNotNegative();
    f.mmu.disturbed = false;
    load(f, 4, f.c.cr4 | ControlRegisters.CR4_SMEP);
    assertThat(f.mmu.disturbed).isTrue();
    f.mmu.disturbed = false;
    load(f, 4, f.c.cr4 | ControlRegisters.CR4_SMAP);
    assertThat(f.mmu.disturbed).isTrue();
  }

  // ---- debug registers ----

  @Test
  void debugRegistersHave64Bits() {
    SystemFixture f = SystemFixture.longMode(0);
    SystemInstructions.loadDebug(f.c, 0, 0xFFFF_8000_1234_5678L);
    assertThat(SystemInstructions.storeDebug(f.c, 0)).isEqualTo(0xFFFF_8000_1234_5678L);
    for (int n : new int[] {6, 7}) {
      assertThat(outcome(() -> SystemInstructions.loadDebug(f.c, n, 0x1_0000_0000L)))
          .isEqualTo("13:0");
    }
    assertThat(outcome(() -> SystemInstructions.loadDebug(f.c, 8, 0))).isEqualTo("6");
    assertThat(outcome(() -> SystemInstructions.storeDebug(f.c, 15))).isEqualTo("6");
  }
}
