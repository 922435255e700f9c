package dejavm.cpu;

import static dejavm.cpu.SystemFixture.FREE;
import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jumps, calls and returns: expectations from SDM volume 2, JMP, CALL, RET, SYSENTER, SYSEXIT. */
class TransfersTest {
  // ---- near ----

  @ParameterizedTest
  @CsvSource({
    "0x12345678, 4, 0x12345678",
    "0x12345678, 2, 0x5678",
    "0x1FFFFFFFF, 4, 0xFFFFFFFF",
  })
  void nearJumpsCutTheOffset(long offset, int size, long target) {
    SystemFixture f = SystemFixture.protectedMode(0);
    Transfers.jumpNear(f.c, offset, size);
    assertThat(f.c.nextRip).isEqualTo(target);
  }

  @Test
  void nearTransfersCheckTheLimit() {
    SystemFixture f = SystemFixture.realMode();
    f.push(4, 0x10000);
    long pointer = f.c.r[Cpu.RSP];

    assertThat(outcome(() -> Transfers.jumpNear(f.c, 0x10000, 4))).isEqualTo("13:0");
    assertThat(outcome(() -> Transfers.callNear(f.c, 0x10000, 4))).isEqualTo("13:0");
    assertThat(outcome(() -> Transfers.returnNear(f.c, 4, 0))).isEqualTo("13:0");
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(pointer);
  }

  @Test
  void nearCallAndReturn() {
    SystemFixture f = SystemFixture.protectedMode(3);
    long pointer = f.c.r[Cpu.RSP];
    Transfers.callNear(f.c, 0x40000, 4);
    assertThat(f.stack(1)).containsExactly(0x30002);
    assertThat(f.c.nextRip).isEqualTo(0x40000);

    Transfers.returnNear(f.c, 4, 12);
    assertThat(f.c.nextRip).isEqualTo(0x30002);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(pointer + 12);
  }

  @Test
  void sixteenBitStackWrapsAndKeepsTheUpperHalf() {
    SystemFixture f = SystemFixture.realMode();
    f.c.r[Cpu.RSP] = 0x5555_0000L;
    Transfers.callNear(f.c, 0x200, 2);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x5555_FFFEL);
    assertThat(f.get(0x8000 + 0xFFFE, 2)).isEqualTo(0x102);

    f.c.r[Cpu.RSP] = 1;
    assertThat(outcome(() -> Transfers.callNear(f.c, 0x200, 2))).isEqualTo("12:0");
  }

  // ---- far, without gates ----

  @ParameterizedTest
  @CsvSource({
    // selector, cpl, outcome for JMP and CALL alike
    "0x00, 0, 13:0",
    "0x03, 3, 13:0",
    "0x08, 0, ok",
    "0x0B, 0, 13:8", // RPL above CPL
    "0x08, 3, 13:8", // DPL below CPL
    "0x3B, 3, ok",
    "0x38, 3, ok", // RPL below CPL does not matter
    "0x3B, 0, 13:38", // never outward
    "0x48, 0, ok", // conforming
    "0x4B, 3, ok",
    "0x48, 3, ok",
    "0x50, 0, ok", // execute-only
    "0x10, 0, 13:10", // data
    "0x68, 0, 13:68", // LDT
    "0x180, 0, 13:180",
    "0xA0, 0, 13:a0" // all zero
  })
  void farJumpsAndCalls(int selector, int cpl, String expected) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    assertThat(outcome(() -> Transfers.jumpFar(f.c, selector, 0x50000, 4))).isEqualTo(expected);
    if (expected.equals("ok")) {
      assertThat(f.c.nextRip).isEqualTo(0x50000);
      assertThat(f.c.selector[Cpu.CS]).isEqualTo(selector & ~3 | cpl);
      assertThat(f.c.cpl).isEqualTo(cpl);
    }

    SystemFixture g = SystemFixture.protectedMode(cpl);
    int from = g.c.selector[Cpu.CS];
    assertThat(outcome(() -> Transfers.callFar(g.c, selector, 0x50000, 4))).isEqualTo(expected);
    if (expected.equals("ok")) {
      assertThat(g.c.nextRip).isEqualTo(0x50000);
      assertThat(g.stack(2)).containsExactly(0x30002, from);
    }
  }

  @ParameterizedTest
  @CsvSource({"0x1B, 0xFB, 11:a0", "0x9B, 0x9A, ok"})
  void presenceAndAccessedBit(int rights, int unaccessed, String expected) {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.flat(FREE, expected.equals("ok") ? unaccessed : rights);
    assertThat(outcome(() -> Transfers.jumpFar(f.c, FREE, 0, 4))).isEqualTo(expected);
    assertThat(f.get(SystemFixture.GDT + FREE + 5, 1)).isEqualTo(rights);
  }

  @Test
  void farTransfersCheckTheNewLimit() {
    SystemFixture f = SystemFixture.protectedMode(0);
    int code = SystemFixture.CODE_16;
    assertThat(outcome(() -> Transfers.jumpFar(f.c, code, 0x10000, 4))).isEqualTo("13:0");
    assertThat(outcome(() -> Transfers.callFar(f.c, code, 0x10000, 4))).isEqualTo("13:0");
    assertThat(outcome(() -> Transfers.jumpFar(f.c, code, 0x1FFFF, 2))).isEqualTo("ok");
    assertThat(f.c.nextRip).isEqualTo(0xFFFF);
    assertThat(f.c.codeSize).isEqualTo(16);
  }

  @Test
  void realModeFarCallAndReturn() {
    SystemFixture f = SystemFixture.realMode();
    Transfers.callFar(f.c, 0x1234, 0x5678, 2);
    assertThat(f.c.base[Cpu.CS]).isEqualTo(0x12340);
    assertThat(f.c.nextRip).isEqualTo(0x5678);
    assertThat(f.stack(2, 2)).containsExactly(0x102, 0x3000);

    Transfers.returnFar(f.c, 2, 6);
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(0x3000);
    assertThat(f.c.nextRip).isEqualTo(0x102);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x1006);
  }

  // ---- call gates ----

  private static SystemFixture gate(int cpl, int code, int rights, int parameters) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    f.put64(SystemFixture.GDT + FREE, SystemFixture.gate(code, 0x71234, rights, parameters));
    return f;
  }

  @ParameterizedTest
  @CsvSource({
    // gate's code selector, gate's rights, cpl, rpl, outcome of CALL, outcome of JMP
    "0x08, 0xEC, 3, 3, ok, 13:8", // inward: only a call may
    "0x08, 0xEC, 0, 0, ok, ok",
    "0x08, 0x8C, 3, 3, 13:a0, 13:a0", // gate's DPL below CPL
    "0x08, 0x8C, 0, 3, 13:a0, 13:a0", // and below RPL
    "0x08, 0x6C, 3, 3, 11:a0, 11:a0", // gate not present
    "0x00, 0xEC, 3, 3, 13:0, 13:0",
    "0x180, 0xEC, 3, 3, 13:180, 13:180",
    "0x10, 0xEC, 3, 3, 13:10, 13:10", // data
    "0x38, 0xEC, 0, 0, 13:38, 13:38", // outward
    "0x48, 0xEC, 3, 3, ok, ok", // conforming: the level stays
    "0x18, 0xEC, 2, 2, ok, 13:18",
    "0x08, 0xE4, 3, 3, ok, 13:8" // 16-bit gate
  })
  void gateChecks(int code, int rights, int cpl, int rpl, String called, String jumped) {
    int selector = FREE | rpl;
    SystemFixture f = gate(cpl, code, rights, 0);
    assertThat(outcome(() -> Transfers.callFar(f.c, selector, 0, 4))).isEqualTo(called);
    SystemFixture g = gate(cpl, code, rights, 0);
    assertThat(outcome(() -> Transfers.jumpFar(g.c, selector, 0, 4))).isEqualTo(jumped);
  }

  @Test
  void callToInnerLevelCopiesParametersAndReturnDropsThem() {
    SystemFixture f = gate(3, SystemFixture.CODE0, 0xEC, 3);
    f.push(4, 30, 20, 10);
    long outer = f.c.r[Cpu.RSP];

    Transfers.callFar(f.c, FREE | 3, 0xDEAD, 4);

    assertThat(f.c.cpl).isZero();
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(0x08);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(0x10);
    assertThat(f.c.nextRip).isEqualTo(0x71234);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(SystemFixture.STACK0 - 28);
    assertThat(f.stack(7)).containsExactly(0x30002, 0x3B, 10, 20, 30, outer, 0x43);

    Segments.load(f.c, Cpu.ES, SystemFixture.DATA0);
    Segments.load(f.c, Cpu.FS, SystemFixture.CONFORMING0);
    Segments.load(f.c, Cpu.GS, 0);
    Transfers.returnFar(f.c, 4, 12);

    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.nextRip).isEqualTo(0x30002);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(outer + 12);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(0x43);
    assertThat(f.c.selector[Cpu.DS]).isEqualTo(0x43);
    assertThat(f.c.selector[Cpu.ES]).isZero();
    assertThat(f.c.access[Cpu.ES]).isEqualTo(SegmentRights.NULL);
    assertThat(f.c.selector[Cpu.FS]).isEqualTo(SystemFixture.CONFORMING0);
  }

  @Test
  void sixteenBitGatePushesWords() {
    SystemFixture f = gate(3, SystemFixture.CODE1, 0xE4, 2);
    f.push(2, 0x2222, 0x1111);
    long outer = f.c.r[Cpu.RSP] & 0xFFFF;

    Transfers.callFar(f.c, FREE | 3, 0, 4);

    assertThat(f.c.cpl).isEqualTo(1);
    assertThat(f.c.nextRip).isEqualTo(0x1234);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(SystemFixture.STACK1 - 12);
    assertThat(f.stack(6, 2)).containsExactly(0x0002, 0x3B, 0x1111, 0x2222, outer, 0x43);
  }

  @ParameterizedTest
  @CsvSource({
    // what is wrong with the inner stack: selector in the TSS, TSS limit, outcome
    "0x10, 0xFF, ok",
    "0x00, 0xFF, 10:0",
    "0x180, 0xFF, 10:180",
    "0x11, 0xFF, 10:10", // RPL
    "0x40, 0xFF, 10:40", // DPL
    "0x08, 0xFF, 10:8", // code
    "0x10, 0x08, 10:70", // TSS too small
    "0x10, 0x09, ok",
    "0xA8, 0xFF, 12:a8", // not present
    "0xB0, 0xFF, 12:b0" // too small
  })
  void innerStacks(int stack, int tssLimit, String expected) {
    SystemFixture f = gate(3, SystemFixture.CODE0, 0xEC, 0);
    f.flat(0xA8, 0x13);
    f.descriptor(0xB0, 0x7000, 14, 0x93);
    f.put(SystemFixture.TSS + 4, 16, 4);
    f.put(SystemFixture.TSS + 8, stack, 2);
    f.c.segment(Cpu.TR, SystemFixture.TSS_SELECTOR, SystemFixture.TSS, tssLimit, 0x8B);

    assertThat(outcome(() -> Transfers.callFar(f.c, FREE | 3, 0, 4))).isEqualTo(expected);
    assertThat(f.c.cpl).isEqualTo(expected.equals("ok") ? 0 : 3);
  }

  @Test
  void innerStackOfA16BitTss() {
    SystemFixture f = gate(3, SystemFixture.CODE1, 0xEC, 0);
    f.put(SystemFixture.TSS_16 + 6, 0x9100, 2);
    f.put(SystemFixture.TSS_16 + 8, SystemFixture.DATA1, 2);
    f.c.segment(Cpu.TR, SystemFixture.TSS_16_SELECTOR, SystemFixture.TSS_16, 0x2B, 0x83);

    Transfers.callFar(f.c, FREE | 3, 0, 4);

    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x9100 - 16);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(SystemFixture.DATA1);
  }

  @Test
  void nothingIsPushedWhereTheInnerStackFaults() {
    SystemFixture f = gate(3, SystemFixture.CODE0, 0xEC, 0);
    f.put(SystemFixture.TSS + 4, 0x7008, 4);
    f.paging(7);
    f.page(0x6000, 6);
    f.put(0x7004, 0x12345678, 4);
    long pointer = f.c.r[Cpu.RSP];

    assertThat(outcome(() -> Transfers.callFar(f.c, FREE | 3, 0, 4))).isEqualTo("14:2@6ffc");

    assertThat(f.get(0x7004, 4)).isEqualTo(0x12345678);
    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(pointer);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(SystemFixture.DATA3);
  }

  @Test
  void innerStackIsWrittenWithSupervisorRights() {
    SystemFixture f = gate(3, SystemFixture.CODE0, 0xEC, 1);
    f.paging(3);
    f.page(SystemFixture.STACK3 - 0x1000, 7);
    f.page(SystemFixture.STACK3, 7);

    assertThat(outcome(() -> Transfers.callFar(f.c, FREE | 3, 0, 4))).isEqualTo("ok");
    assertThat(outcome(() -> f.c.load(Cpu.DS, SystemFixture.GDT, 4))).isEqualTo("ok");
  }

  // ---- far returns ----

  @ParameterizedTest
  @CsvSource({
    // CS, SS on the stack, cpl, outcome
    "0x00, 0, 0, 13:0",
    "0x08, 0, 0, ok",
    "0x180, 0, 0, 13:180",
    "0x10, 0, 0, 13:10",
    "0x08, 0, 3, 13:8", // inward
    "0x0B, 0, 0, 13:8", // nonconforming: DPL is not RPL
    "0x4B, 0x43, 0, ok", // conforming: DPL at or below RPL
    "0x3B, 0x43, 0, ok",
    "0x3B, 0x00, 0, 13:0",
    "0x3B, 0x10, 0, 13:10",
    "0x3B, 0x42, 0, 13:40",
    "0x3B, 0x5B, 0, 13:58", // read-only
    "0x3B, 0x63, 0, 12:60", // not present
    "0x3B, 0x180, 0, 13:180",
    "0xA3, 0x43, 0, 11:a0" // code not present
  })
  void returns(int code, int stack, int cpl, String expected) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    f.flat(FREE, 0x7B);
    f.push(4, stack, 0xB800, code, 0x44444);
    long pointer = f.c.r[Cpu.RSP];

    assertThat(outcome(() -> Transfers.returnFar(f.c, 4, 0))).isEqualTo(expected);

    if (expected.equals("ok")) {
      assertThat(f.c.nextRip).isEqualTo(0x44444);
      assertThat(f.c.cpl).isEqualTo(code & 3);
      assertThat(f.c.r[Cpu.RSP]).isEqualTo((code & 3) > cpl ? 0xB800 : pointer + 8);
    } else {
      assertThat(f.c.r[Cpu.RSP]).isEqualTo(pointer);
    }
  }

  @Test
  void returnTo16BitStackKeepsTheUpperHalfOfEsp() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.descriptor(FREE, 0, 0xFFFF, 0xF3);
    f.c.r[Cpu.RSP] = 0x18000;
    f.push(4, FREE | 3, 0x7777_9000L, 0, SystemFixture.CODE3, 0x44444);

    Transfers.returnFar(f.c, 4, 4);

    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x1_9004);
  }
}
