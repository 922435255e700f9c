package dejavm.cpu;

import static dejavm.cpu.SystemFixture.HANDLERS;
import static dejavm.cpu.SystemFixture.INTERRUPT_STACKS;
import static dejavm.cpu.SystemFixture.UPPER_HALF;
import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.memory.PageFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Interrupts and exceptions in long mode: expectations from SDM volume 3, section 6.14. */
class LongInterruptsTest {
  private static final long RIP = UPPER_HALF + 0x30000;

  private static long handler(int vector) {
    return UPPER_HALF + HANDLERS + 16L * vector;
  }

  @Test
  void sameLevelPushesTheStackTooAndAlignsIt() {
    SystemFixture f = SystemFixture.longMode(0);
    f.c.setFlags(0x302 | Flags.NT);
    f.c.r[Cpu.RSP] -= 4;
    long before = f.c.r[Cpu.RSP];

    Interrupts.exception(f.c, Fault.GP, 0x1234);

    assertThat(f.c.rip).isEqualTo(handler(13));
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(before - 12 - 48);
    assertThat(f.stack(6, 8)).containsExactly(0x1234, RIP, 0x120, 0x14302, before, 0);
    assertThat(f.c.flags()).isEqualTo(2);
    assertThat(f.c.cpl).isZero();
  }

  @Test
  void innerLevelTakesTheStackOfTheTssAndLeavesSsNull() {
    SystemFixture f = SystemFixture.longMode(3);
    f.c.setFlags(0x202);

    Interrupts.external(f.c, 0x40);

    assertThat(f.c.rip).isEqualTo(handler(0x40));
    assertThat(f.c.cpl).isZero();
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(SystemFixture.LONG_CODE0);
    assertThat(f.c.selector[Cpu.SS]).isZero();
    assertThat(f.c.access[Cpu.SS]).isEqualTo(SegmentRights.NULL);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(UPPER_HALF + SystemFixture.STACK0 - 40);
    assertThat(f.stack(5, 8))
        .containsExactly(RIP, 0x12B, 0x202, UPPER_HALF + SystemFixture.STACK3, 0x43);
    assertThat(f.c.selector[Cpu.DS]).isEqualTo(SystemFixture.DATA3);
  }

  @Test
  void aLevelBetweenIsTheRplOfSs() {
    SystemFixture f = SystemFixture.longMode(3);
    f.longGate(0x80, SystemFixture.LONG_CODE1, 0xEE, 0);
    Interrupts.software(f.c, 0x80);
    assertThat(f.c.cpl).isEqualTo(1);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(1);
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(SystemFixture.LONG_CODE1);
    assertThat(f.stack(1, 8)).containsExactly(RIP + 2);
  }

  @ParameterizedTest
  @CsvSource({"0", "3"})
  void aGateCanAskForAStackOfItsOwn(int level) {
    SystemFixture f = SystemFixture.longMode(level);
    long before = f.c.r[Cpu.RSP];
    f.longGate(Fault.DF, SystemFixture.LONG_CODE0, 0x8E, 7);

    Interrupts.exception(f.c, Fault.DF, 0);

    assertThat(f.c.r[Cpu.RSP]).isEqualTo(UPPER_HALF + INTERRUPT_STACKS + 0x700 - 48);
    assertThat(f.stack(6, 8))
        .containsExactly(0, RIP, level == 0 ? 0x120 : 0x12B, 2, before, level == 0 ? 0 : 0x43);
  }

  @Test
  void fromCompatibilityMode() {
    SystemFixture f = SystemFixture.longMode(3);
    f.c.segment(Cpu.CS, SystemFixture.CODE3, 0, 0xFFFFFFFFL, 0xC0FB);
    f.c.r[Cpu.RSP] = 0xB000;
    f.c.rip = 0x30000;

    Interrupts.exception(f.c, Fault.UD, Fault.NO_ERROR);

    assertThat(f.c.code64()).isTrue();
    assertThat(f.stack(5, 8)).containsExactly(0x30000, 0x3B, 0x10002, 0xB000, 0x43);
  }

  @Test
  void trapGatesKeepIf() {
    SystemFixture f = SystemFixture.longMode(0);
    f.longGate(0x80, SystemFixture.LONG_CODE0, 0x8F, 0);
    f.c.setFlags(0x302);
    Interrupts.software(f.c, 0x80);
    assertThat(f.c.flags()).isEqualTo(0x202);
  }

  @ParameterizedTest
  @CsvSource({
    // gate's selector, gate's rights, CPL, outcome of INT 0x80
    "0x120, 0xEE, 3, ok",
    "0x120, 0xEF, 3, ok",
    "0x120, 0x8E, 3, 13:402", // gate's DPL
    "0x120, 0x6E, 3, 11:402", // gate not present
    "0x120, 0xE5, 3, 13:402", // task gate
    "0x120, 0xE6, 3, 13:402", // 16-bit gates
    "0x120, 0xE7, 3, 13:402",
    "0x120, 0xEC, 3, 13:402",
    "0x000, 0xEE, 3, 13:0",
    "0x010, 0xEE, 3, 13:10", // data
    "0x008, 0xEE, 3, 13:8", // 32-bit code
    "0x158, 0xEE, 3, 13:158", // both L and D
    "0x150, 0xEE, 3, 11:150", // not present
    "0x180, 0xEE, 3, 13:180",
    "0x128, 0xEE, 0, 13:128", // outward
    "0x138, 0xEE, 3, ok" // conforming
  })
  void gateChecks(int selector, int rights, int cpl, String expected) {
    SystemFixture f = SystemFixture.longMode(cpl);
    f.flatLong(0x150, 0x1B);
    f.put64(SystemFixture.GDT + 0x158, 0x00EF_9B00_0000_FFFFL);
    f.longGate(0x80, selector, rights, 0);
    CpuState before = f.c.state();
    assertThat(outcome(() -> Interrupts.software(f.c, 0x80))).isEqualTo(expected);
    if (expected.equals("ok")) {
      assertThat(f.c.cpl).isEqualTo(selector == 0x138 ? cpl : 0);
      assertThat(f.c.nextRip).isEqualTo(handler(0x80));
    } else {
      assertThat(f.c.state()).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @Test
  void limitsOfIdtAndTss() {
    SystemFixture f = SystemFixture.longMode(3);
    f.longGate(0x80, SystemFixture.LONG_CODE0, 0xEE, 0);
    f.c.idtLimit = 0x80E;
    assertThat(outcome(() -> Interrupts.software(f.c, 0x80))).isEqualTo("13:402");
    f.c.idtLimit = 0x80F;
    f.c.segment(Cpu.TR, 0x140, UPPER_HALF + SystemFixture.LONG_TSS, 0xA, 0x8B);
    assertThat(outcome(() -> Interrupts.software(f.c, 0x80))).isEqualTo("10:140");
    f.c.segment(Cpu.TR, 0x140, UPPER_HALF + SystemFixture.LONG_TSS, 0xB, 0x8B);
    assertThat(outcome(() -> Interrupts.software(f.c, 0x80))).isEqualTo("ok");
  }

  @Test
  void addressesMustBeCanonical() {
    SystemFixture f = SystemFixture.longMode(3);
    f.longGate(0x80, SystemFixture.LONG_CODE0, 0xEE, 0);
    f.put64(SystemFixture.LONG_TSS + 4, 0x0000_8000_0000_0010L);
    assertThat(outcome(() -> Interrupts.software(f.c, 0x80))).isEqualTo("12:0");
    f.put64(SystemFixture.LONG_TSS + 4, UPPER_HALF + SystemFixture.STACK0);
    f.put64(SystemFixture.LONG_IDT + 0x808, 0x8000);
    assertThat(outcome(() -> Interrupts.software(f.c, 0x80))).isEqualTo("13:0");
  }

  @Test
  void pageFaultsHave64BitAddresses() {
    SystemFixture f = SystemFixture.longMode(0);
    Interrupts.exception(f.c, new PageFault(0xFFFF_8000_DEAD_BEEFL, 2));
    assertThat(f.c.cr2).isEqualTo(0xFFFF_8000_DEAD_BEEFL);
    assertThat(f.stack(2, 8)).containsExactly(2, RIP);
  }

  @Test
  void aStackThatIsNotThereIsADoubleFaultThenShutdown() {
    SystemFixture f = SystemFixture.longMode(0);
    f.longGate(Fault.DF, SystemFixture.LONG_CODE0, 0x8E, 1);
    f.c.r[Cpu.RSP] = 0x40000000;
    Interrupts.exception(f.c, Fault.GP, 0);
    // #GP, then #PF: the page fault; then #PF again: a double fault, which has a stack.
    assertThat(f.c.rip).isEqualTo(handler(8));
    assertThat(f.stack(5, 8)).containsExactly(0, RIP, 0x120, 2, 0x40000000);

    SystemFixture g = SystemFixture.longMode(0);
    g.c.r[Cpu.RSP] = 0x0000_8000_0000_0000L + 8;
    Interrupts.exception(g.c, Fault.GP, 0);
    assertThat(g.c.activity).isEqualTo(Cpu.Activity.SHUTDOWN);
    assertThat(g.pins).containsExactly("SHUTDOWN true");
  }

  // ---- IRET ----

  @ParameterizedTest
  @CsvSource({"0", "3"})
  void interruptAndReturnIsTheIdentity(int level) {
    SystemFixture f = SystemFixture.longMode(level);
    f.c.setFlags(0x203);
    f.c.r[Cpu.RSP] -= 3;
    CpuState before = f.c.state();

    Interrupts.external(f.c, 0x40);
    Transfers.iret(f.c, 8);
    f.c.rip = f.c.nextRip;

    assertThat(f.c.state()).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void returnToCompatibilityMode() {
    SystemFixture f = SystemFixture.longMode(0);
    f.push(8, SystemFixture.DATA3, 0xB700, 0x3302, SystemFixture.CODE3, 0x55555);
    Transfers.iret(f.c, 8);
    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.codeSize).isEqualTo(32);
    assertThat(f.c.nextRip).isEqualTo(0x55555);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0xB700);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(SystemFixture.DATA3);
    assertThat(f.c.flags()).isEqualTo(0x3302);
    assertThat(f.c.selector[Cpu.DS]).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // size, RIP, CS, SS, flags, NT before; outcome at level 0
    "8, 0x55555, 0x120, 0, 2, false, ok",
    "4, 0x55555, 0x120, 0, 2, false, ok",
    "2, 0x5555, 0x120, 0, 2, false, ok",
    "8, 0x55555, 0x120, 0x10, 2, false, ok",
    "8, 0x55555, 0x120, 0, 0x20002, false, ok", // VM is not looked at
    "8, 0x55555, 0x120, 0, 2, true, 13:0", // NT
    "8, 0x55555, 0x120, 0x43, 2, false, 13:40", // SS of another level
    "8, 0x55555, 0x120, 3, 2, false, 13:0", // null, but RPL 3
    "8, 0x55555, 0x08, 0, 2, false, 13:0", // no null SS in compatibility mode
    "8, 0x55555, 0x08, 0x10, 2, false, ok",
    "8, 0x155555555, 0x08, 0x10, 2, false, 13:0", // beyond the limit
    "8, 0x155555555, 0x120, 0x10, 2, false, ok", // no limit in 64-bit mode
    "8, 0x800000000000, 0x120, 0x10, 2, false, 13:0", // not canonical
    "8, 0x55555, 0x12B, 0x43, 2, false, ok",
    "8, 0x55555, 0x12B, 0, 2, false, 13:0",
    "8, 0x55555, 0x12B, 3, 2, false, 13:0",
    "8, 0x55555, 0x131, 1, 2, false, ok", // null at level 1
    "8, 0x55555, 0x158, 0, 2, false, 13:158", // both L and D
    "8, 0x55555, 0x0, 0, 2, false, 13:0"
  })
  void returnChecks(
      int size, String rip, int cs, int ss, int flags, boolean nested, String expected) {
    SystemFixture f = SystemFixture.longMode(0);
    f.put64(SystemFixture.GDT + 0x158, 0x00EF_9B00_0000_FFFFL);
    f.c.setFlags(nested ? 2 | Flags.NT : 2);
    f.push(size, ss, 0x7FF0, flags, cs, Long.decode(rip));
    CpuState before = f.c.state();
    assertThat(outcome(() -> Transfers.iret(f.c, size))).isEqualTo(expected);
    if (expected.equals("ok")) {
      assertThat(f.c.nextRip).isEqualTo(Long.decode(rip));
      assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x7FF0);
      assertThat(f.c.selector[Cpu.SS]).isEqualTo(ss);
      assertThat(f.c.flags()).isEqualTo(2);
      assertThat(f.c.cpl).isEqualTo(cs & 3);
    } else {
      assertThat(f.c.state()).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @Test
  void compatibilityModeKeepsItsStackWhereTheLevelStays() {
    SystemFixture f = SystemFixture.longMode(3);
    f.c.segment(Cpu.CS, SystemFixture.CODE3, 0, 0xFFFFFFFFL, 0xC0FB);
    f.c.r[Cpu.RSP] = 0xB000;
    f.push(4, 0x12345678, 0x202, SystemFixture.CODE3, 0x4444);
    Transfers.iret(f.c, 4);
    assertThat(f.c.nextRip).isEqualTo(0x4444);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0xAFFC);
  }

  @Test
  void theFlagsOfIretqAreThoseOfIretd() {
    SystemFixture f = SystemFixture.longMode(0);
    f.push(8, 0, 0x8000, 0x3D7FD7, SystemFixture.LONG_CODE0, 0x4444);
    Transfers.iret(f.c, 8);
    assertThat(f.c.flags()).isEqualTo(0x3D7FD7);
  }
}
