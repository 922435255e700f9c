package dejavm.cpu;

import static dejavm.cpu.SystemFixture.UPPER_HALF;
import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Far transfers and segment loads in long mode: expectations from SDM volume 2. */
class LongTransfersTest {
  private static final int GATE = SystemFixture.LONG_FREE;
  private static final long TARGET = 0xFFFF_FFFF_8005_4321L;

  private static SystemFixture withGate(int level, int code, int rights) {
    SystemFixture f = SystemFixture.longMode(level);
    f.put64(SystemFixture.GDT + GATE, SystemFixture.gate(code, TARGET, rights, 0));
    f.put64(SystemFixture.GDT + GATE + 8, TARGET >>> 32);
    return f;
  }

  // ---- near ----

  @Test
  void nearTargetsMustBeCanonical() {
    SystemFixture f = SystemFixture.longMode(3);
    assertThat(outcome(() -> Transfers.jumpNear(f.c, 0x7FFF_FFFF_FFFFL, 8))).isEqualTo("ok");
    assertThat(outcome(() -> Transfers.jumpNear(f.c, 0x8000_0000_0000L, 8))).isEqualTo("13:0");
    assertThat(outcome(() -> Transfers.callNear(f.c, 0x8000_0000_0000L, 8))).isEqualTo("13:0");
    Transfers.callNear(f.c, TARGET, 8);
    assertThat(f.c.nextRip).isEqualTo(TARGET);
    assertThat(f.stack(1, 8)).containsExactly(0x7FFF_FFFF_FFFFL);
    Transfers.returnNear(f.c, 8, 0x10);
    assertThat(f.c.nextRip).isEqualTo(0x7FFF_FFFF_FFFFL);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(UPPER_HALF + SystemFixture.STACK3 + 0x10);
  }

  // ---- to code ----

  @ParameterizedTest
  @CsvSource({
    // selector, offset, operand size, level; outcome of JMP
    "0x120, 0xFFFFFFFF80001000, 8, 0, ok",
    "0x120, 0x800000000000, 8, 0, 13:0",
    "0x08, 0x12345678, 4, 0, ok", // to compatibility mode
    "0x08, 0x112345678, 8, 0, 13:0", // beyond its limit
    "0x158, 0x1000, 8, 0, 13:158", // both L and D
    "0x12B, 0x1000, 8, 3, ok",
    "0x138, 0x1000, 8, 3, ok", // conforming
    "0x120, 0x1000, 8, 3, 13:120",
    "0x70, 0, 8, 0, 13:70", // a TSS
    "0x140, 0, 8, 0, 13:140",
    "0x00, 0, 8, 0, 13:0",
    "0x168, 0, 8, 0, 13:168", // a task gate
    "0x170, 0, 8, 0, 13:170" // a call gate of 16 bits
  })
  void jumpFar(int selector, String offset, int size, int level, String expected) {
    SystemFixture f = SystemFixture.longMode(level);
    f.put64(SystemFixture.GDT + 0x158, 0x00EF_9B00_0000_FFFFL);
    f.put64(SystemFixture.GDT + 0x168, SystemFixture.gate(SystemFixture.TSS_SELECTOR, 0, 0xE5, 0));
    f.put64(SystemFixture.GDT + 0x170, SystemFixture.gate(SystemFixture.LONG_CODE0, 0, 0xE4, 0));
    long target = Long.parseUnsignedLong(offset.substring(offset.indexOf('x') + 1), 16);
    CpuState before = f.c.state();
    assertThat(outcome(() -> Transfers.jumpFar(f.c, selector, target, size))).isEqualTo(expected);
    if (expected.equals("ok")) {
      assertThat(f.c.nextRip).isEqualTo(target);
      assertThat(f.c.codeSize).isEqualTo(selector == 8 ? 32 : 64);
      assertThat(f.c.cpl).isEqualTo(level);
    } else {
      assertThat(f.c.state()).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource({"8", "4", "2"})
  void callFarAndReturn(int size) {
    SystemFixture f = SystemFixture.longMode(0);
    f.c.rip = 0x3000;
    f.c.nextRip = 0x3002;
    Transfers.callFar(f.c, SystemFixture.LONG_CODE0, 0x1234, size);
    assertThat(f.stack(2, size)).containsExactly(0x3002, 0x120);
    Transfers.returnFar(f.c, size, 8);
    assertThat(f.c.nextRip).isEqualTo(0x3002);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(UPPER_HALF + SystemFixture.STACK0 + 8);
  }

  @Test
  void callIntoCompatibilityMode() {
    SystemFixture f = SystemFixture.longMode(3);
    f.c.r[Cpu.RSP] = SystemFixture.STACK3;
    Transfers.callFar(f.c, SystemFixture.CODE3, 0x1234, 8);
    assertThat(f.c.codeSize).isEqualTo(32);
    assertThat(f.stack(4)).containsExactly(0x80030002L, 0xFFFFFFFFL, 0x12B, 0);
  }

  // ---- call gates ----

  @ParameterizedTest
  @CsvSource({
    // level, gate's code, gate's rights, byte 13 of the gate; outcome
    "3, 0x120, 0xEC, 0, ok",
    "0, 0x120, 0x8C, 0, ok",
    "3, 0x138, 0xEC, 0, ok", // conforming
    "3, 0x120, 0x8C, 0, 13:150",
    "3, 0x120, 0x6C, 0, 11:150",
    "3, 0x120, 0xEC, 0x0C, 13:150", // the upper half has a type
    "3, 0x08, 0xEC, 0, 13:8", // 32-bit code
    "3, 0x160, 0xEC, 0, 13:160", // both L and D
    "3, 0x00, 0xEC, 0, 13:0",
    "0, 0x128, 0xEC, 0, 13:128" // outward
  })
  void callGates(int level, int code, int rights, int upperType, String expected) {
    SystemFixture f = withGate(level, code, rights);
    f.put(SystemFixture.GDT + GATE + 13, upperType, 1);
    f.put64(SystemFixture.GDT + 0x160, 0x00EF_9B00_0000_FFFFL);
    CpuState before = f.c.state();
    long stack = f.c.r[Cpu.RSP];
    int ss = f.c.selector[Cpu.SS];
    int cs = f.c.selector[Cpu.CS];
    assertThat(outcome(() -> Transfers.callFar(f.c, GATE, 0, 4))).isEqualTo(expected);
    if (!expected.equals("ok")) {
      assertThat(f.c.state()).usingRecursiveComparison().isEqualTo(before);
      return;
    }
    assertThat(f.c.nextRip).isEqualTo(TARGET);
    if (level == 3 && code == SystemFixture.LONG_CODE0) {
      assertThat(f.c.cpl).isZero();
      assertThat(f.c.selector[Cpu.SS]).isZero();
      assertThat(f.c.r[Cpu.RSP]).isEqualTo(UPPER_HALF + SystemFixture.STACK0 - 32);
      assertThat(f.stack(4, 8)).containsExactly(UPPER_HALF + 0x30002, cs, stack, ss);
      Transfers.returnFar(f.c, 8, 0);
    } else {
      assertThat(f.stack(2, 8)).containsExactly(UPPER_HALF + 0x30002, cs);
      Transfers.returnFar(f.c, 8, 0);
    }
    assertThat(f.c.cpl).isEqualTo(level);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(stack);
    assertThat(f.c.nextRip).isEqualTo(UPPER_HALF + 0x30002);
  }

  @Test
  void gatesMustLieInTheTableWithAllSixteenBytes() {
    SystemFixture f = withGate(3, SystemFixture.LONG_CODE0, 0xEC);
    f.c.gdtLimit = GATE + 14;
    assertThat(outcome(() -> Transfers.callFar(f.c, GATE, 0, 4))).isEqualTo("13:150");
    f.c.gdtLimit = GATE + 15;
    assertThat(outcome(() -> Transfers.callFar(f.c, GATE, 0, 4))).isEqualTo("ok");
  }

  @Test
  void targetsOfGatesMustBeCanonical() {
    SystemFixture f = withGate(3, SystemFixture.LONG_CODE0, 0xEC);
    f.put(SystemFixture.GDT + GATE + 8, 0x8000, 4);
    assertThat(outcome(() -> Transfers.callFar(f.c, GATE, 0, 4))).isEqualTo("13:0");
    assertThat(outcome(() -> Transfers.jumpFar(f.c, GATE, 0, 4))).isEqualTo("13:120");
    SystemFixture g = withGate(0, SystemFixture.LONG_CODE0, 0xEC);
    Transfers.jumpFar(g.c, GATE, 0, 4);
    assertThat(g.c.nextRip).isEqualTo(TARGET);
    g.put64(SystemFixture.LONG_TSS + 4, 0x8000_0000_0000L);
    SystemFixture h = withGate(3, SystemFixture.LONG_CODE0, 0xEC);
    h.put64(SystemFixture.LONG_TSS + 4, 0x8000_0000_0010L);
    assertThat(outcome(() -> Transfers.callFar(h.c, GATE, 0, 4))).isEqualTo("12:0");
  }

  // ---- segment registers ----

  @ParameterizedTest
  @CsvSource({
    // level, selector, outcome of loading SS in 64-bit mode
    "0, 0, ok",
    "0, 1, 13:0", // RPL is not the CPL
    "1, 1, ok",
    "3, 3, 13:0",
    "3, 0, 13:0",
    "0, 0x10, ok",
    "0, 0x43, 13:40"
  })
  void nullStackSegments(int level, int selector, String expected) {
    SystemFixture f = SystemFixture.longMode(level);
    assertThat(outcome(() -> Segments.load(f.c, Cpu.SS, selector))).isEqualTo(expected);
    f.c.segment(Cpu.CS, 8, 0, 0xFFFFFFFFL, 0xC09B);
    if ((selector & ~3) == 0) {
      assertThat(outcome(() -> Segments.load(f.c, Cpu.SS, selector))).isEqualTo("13:0");
    }
  }

  @Test
  void aNullSelectorTakesTheBaseWithIt() {
    SystemFixture f = SystemFixture.longMode(0);
    Msrs.write(f.c, 0xC0000100, TARGET);
    assertThat(f.c.linear(Cpu.FS, 16, 4, true)).isEqualTo(TARGET + 16);
    Segments.load(f.c, Cpu.FS, 0);
    assertThat(Msrs.read(f.c, 0xC0000100)).isZero();
  }

  @Test
  void theBaseOfANullSegmentSurvivesAReturnToTheProgram() {
    SystemFixture f = SystemFixture.longMode(0);
    Segments.load(f.c, Cpu.FS, 0);
    Segments.load(f.c, Cpu.GS, SystemFixture.DATA0);
    Msrs.write(f.c, 0xC0000100, TARGET);
    Msrs.write(f.c, 0xC0000101, TARGET);
    f.push(8, SystemFixture.DATA3, 0xB700, 2, SystemFixture.LONG_CODE3, 0x1000);
    Transfers.iret(f.c, 8);
    assertThat(f.c.base[Cpu.FS]).isEqualTo(TARGET);
    assertThat(f.c.base[Cpu.GS]).isEqualTo(TARGET);
    assertThat(f.c.selector[Cpu.GS]).isZero();
  }

  // ---- system segments ----

  @Test
  void taskRegisterAndLdtHave64BitBases() {
    SystemFixture f = SystemFixture.longMode(0);
    f.longDescriptor(SystemFixture.LONG_FREE, TARGET, 0x67, 0x89);
    f.longDescriptor(0x160, TARGET + 0x1000, 0xF, 0x82);
    SystemInstructions.ltr(f.c, SystemFixture.LONG_FREE);
    SystemInstructions.lldt(f.c, 0x160);
    assertThat(f.c.base[Cpu.TR]).isEqualTo(TARGET);
    assertThat(f.c.base[Cpu.LDTR]).isEqualTo(TARGET + 0x1000);
    assertThat(f.c.access[Cpu.TR]).isEqualTo(0x8B);
    assertThat(f.get(SystemFixture.GDT + SystemFixture.LONG_FREE + 5, 1)).isEqualTo(0x8B);
  }

  @ParameterizedTest
  @CsvSource({
    // base's upper half, type, byte 13, GDT's limit; outcome of LTR
    "0xFFFFFFFF, 0x89, 0, 0x17F, ok",
    "0xFFFF7FFF, 0x89, 0, 0x17F, 13:150", // not canonical
    "0xFFFFFFFF, 0x81, 0, 0x17F, 13:150", // a TSS of 16 bits
    "0xFFFFFFFF, 0x8B, 0, 0x17F, 13:150", // busy
    "0xFFFFFFFF, 0x09, 0, 0x17F, 11:150",
    "0xFFFFFFFF, 0x89, 9, 0x17F, 13:150",
    "0xFFFFFFFF, 0x89, 0, 0x15E, 13:150"
  })
  void taskRegisterChecks(String upper, int type, int upperType, int limit, String expected) {
    SystemFixture f = SystemFixture.longMode(0);
    long base = Long.decode(upper) << 32 | 0x80007000L;
    f.longDescriptor(SystemFixture.LONG_FREE, base, 0x67, type);
    f.put(SystemFixture.GDT + SystemFixture.LONG_FREE + 13, upperType, 1);
    f.c.gdtLimit = limit;
    assertThat(outcome(() -> SystemInstructions.ltr(f.c, SystemFixture.LONG_FREE)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // type, LAR, LSL: whether they know it in long mode
    "0x81, false, false",
    "0x82, true, true",
    "0x83, false, false",
    "0x84, false, false",
    "0x85, false, false",
    "0x89, true, true",
    "0x8B, true, true",
    "0x8C, true, false",
    "0x8E, false, false"
  })
  void queries(int type, boolean lar, boolean lsl) {
    SystemFixture f = SystemFixture.longMode(0);
    f.longDescriptor(SystemFixture.LONG_FREE, 0, 0x67, type);
    assertThat(SegmentQueries.lar(f.c, SystemFixture.LONG_FREE))
        .isEqualTo(lar ? type << 8 : SegmentQueries.NONE);
    assertThat(f.c.zf()).isEqualTo(lar);
    assertThat(SegmentQueries.lsl(f.c, SystemFixture.LONG_FREE))
        .isEqualTo(lsl ? 0x67 : SegmentQueries.NONE);
    assertThat(f.c.zf()).isEqualTo(lsl);
    assertThat(SegmentQueries.lar(f.c, SystemFixture.LONG_CODE0)).isEqualTo(0xA09B00);
  }
}
