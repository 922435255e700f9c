package dejavm.cpu;

import static dejavm.cpu.SystemFixture.HANDLERS;
import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.memory.PageFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Interrupts and exceptions: expectations from SDM volume 3, chapter 6, and volume 2, INT n. */
class InterruptsTest {
  private static long handler(int vector) {
    return HANDLERS + 16L * vector;
  }

  // ---- real mode ----

  @Test
  void realModePushesThreeWords() {
    SystemFixture f = SystemFixture.realMode();
    f.put(0x21 * 4, 0x1234_5678L, 4);
    f.c.setFlags(0x0B02 | Flags.CF | Flags.AC);

    Interrupts.software(f.c, 0x21);

    assertThat(f.c.nextRip).isEqualTo(0x5678);
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(0x1234);
    assertThat(f.stack(3, 2)).containsExactly(0x102, 0x3000, 0x0B03);
    assertThat(f.c.flags()).isEqualTo(0x0803);
  }

  @Test
  void realModeExceptionsHaveNoErrorCode() {
    SystemFixture f = SystemFixture.realMode();
    f.put(13 * 4, 0x2000_0040L, 4);

    Interrupts.exception(f.c, Fault.GP, 0);

    assertThat(f.c.rip).isEqualTo(0x40);
    assertThat(f.c.nextRip).isEqualTo(0x40);
    assertThat(f.stack(3, 2)).containsExactly(0x100, 0x3000, 2);
  }

  @Test
  void realModeTableLimit() {
    SystemFixture f = SystemFixture.realMode();
    f.c.idtLimit = 0x86;
    assertThat(outcome(() -> Interrupts.software(f.c, 0x21))).startsWith("13");
    f.c.idtLimit = 0x87;
    assertThat(outcome(() -> Interrupts.software(f.c, 0x21))).isEqualTo("ok");
  }

  // ---- protected mode, same level ----

  @Test
  void sameLevelThroughInterruptAndTrapGates() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.setFlags(0x4302 | Flags.RF);
    Interrupts.software(f.c, 0x80);
    assertThat(f.c.nextRip).isEqualTo(handler(0x80));
    assertThat(f.stack(3)).containsExactly(0x30002, 0x08, 0x4302);
    assertThat(f.c.flags()).isEqualTo(2);

    SystemFixture g = SystemFixture.protectedMode(0);
    g.interruptGate(0x80, SystemFixture.CODE0, 0x8F);
    g.c.setFlags(0x4302);
    Interrupts.software(g.c, 0x80);
    assertThat(g.c.flags()).isEqualTo(0x202);
  }

  @Test
  void sixteenBitGate() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.interruptGate(0x80, SystemFixture.CODE0, 0x86);
    f.c.nextRip = 0x3FFFE;
    Interrupts.software(f.c, 0x80);
    assertThat(f.c.nextRip).isEqualTo(handler(0x80) & 0xFFFF);
    assertThat(f.stack(3, 2)).containsExactly(0xFFFE, 0x08, 2);
  }

  @ParameterizedTest
  @CsvSource({
    // vector, gate's selector, gate's rights, CPL, outcome of INT n
    "0x80, 0x08, 0xEE, 3, ok",
    "0x80, 0x08, 0x8E, 3, 13:402", // gate's DPL
    "0x80, 0x08, 0xCE, 3, 13:402",
    "0x80, 0x08, 0x6E, 3, 11:402", // gate not present
    "0x80, 0x08, 0xEC, 3, 13:402", // call gate
    "0x80, 0x00, 0xEE, 3, 13:0",
    "0x80, 0x10, 0xEE, 3, 13:10", // data
    "0x80, 0x180, 0xEE, 3, 13:180",
    "0x80, 0x38, 0xEE, 0, 13:38", // outward
    "0x80, 0x48, 0xEE, 3, ok", // conforming
    "0x80, 0x18, 0xEE, 2, ok",
    "0x80, 0x38, 0xEE, 3, ok"
  })
  void gateChecks(int vector, int selector, int rights, int cpl, String expected) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    f.interruptGate(vector, selector, rights);
    assertThat(outcome(() -> Interrupts.software(f.c, vector))).isEqualTo(expected);
    if (expected.equals("ok")) {
      int level = selector == 0x48 ? cpl : selector >> 4 & 3;
      assertThat(f.c.cpl).isEqualTo(level);
      assertThat(f.c.selector[Cpu.CS]).isEqualTo(selector & ~3 | level);
    }
  }

  @Test
  void onlyInstructionsAreChecked() {
    SystemFixture f = SystemFixture.protectedMode(3);
    assertThat(outcome(() -> Interrupts.breakpoint(f.c))).isEqualTo("13:1a");
    f.c.setArithmeticFlags(Flags.OF);
    assertThat(outcome(() -> Interrupts.overflow(f.c))).isEqualTo("13:22");
    f.c.idtLimit = 0x3FF;
    assertThat(outcome(() -> Interrupts.software(f.c, 0x80))).isEqualTo("13:402");

    Interrupts.icebp(f.c);
    assertThat(f.c.nextRip).isEqualTo(handler(1));
    assertThat(f.stack(1)).containsExactly(0x30002);
  }

  @Test
  void overflowOnlyWithOf() {
    SystemFixture f = SystemFixture.protectedMode(0);
    Interrupts.overflow(f.c);
    assertThat(f.c.nextRip).isEqualTo(0x30002);
    f.c.setArithmeticFlags(Flags.OF);
    Interrupts.overflow(f.c);
    assertThat(f.c.nextRip).isEqualTo(handler(4));
  }

  // ---- protected mode, inner level ----

  @Test
  void exceptionToInnerLevelWithErrorCode() {
    SystemFixture f = SystemFixture.protectedMode(3);
    f.c.setFlags(0x302);

    Interrupts.exception(f.c, Fault.GP, 0x1234);

    assertThat(f.c.cpl).isZero();
    assertThat(f.c.rip).isEqualTo(handler(13));
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(SystemFixture.STACK0 - 24);
    assertThat(f.stack(6))
        .containsExactly(0x1234, 0x30000, 0x3B, 0x10302, SystemFixture.STACK3, 0x43);
    assertThat(f.c.flags()).isEqualTo(2);
    assertThat(f.c.selector[Cpu.DS]).isEqualTo(SystemFixture.DATA3);
  }

  @Test
  void externalInterruptSavesTheNextInstructionWithoutRf() {
    SystemFixture f = SystemFixture.protectedMode(3);
    f.c.setFlags(0x202);
    f.c.activity(Cpu.Activity.HALTED);
    f.c.intr = true;
    f.c.updateAttention();

    Interrupts.external(f.c, 0x30);

    assertThat(f.stack(5)).containsExactly(0x30000, 0x3B, 0x202, SystemFixture.STACK3, 0x43);
    assertThat(f.c.activity).isEqualTo(Cpu.Activity.RUNNING);
    assertThat(f.c.attention).isZero();
  }

  @Test
  void debugTrapHasNoRfAndClearsGeneralDetect() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.setFlags(0x102);
    f.c.dr[7] = 0x2400;

    Interrupts.trap(f.c, Fault.DB);

    assertThat(f.stack(3)).containsExactly(0x30000, 0x08, 0x102);
    assertThat(f.c.dr[7]).isEqualTo(0x400);
    assertThat(f.c.attention).isZero();
  }

  @Test
  void pageFaultSetsCr2() {
    SystemFixture f = SystemFixture.protectedMode(0);
    Interrupts.exception(f.c, new PageFault(0xDEADBEEFL, 7));
    assertThat(f.c.cr2).isEqualTo(0xDEADBEEFL);
    assertThat(f.stack(4)).containsExactly(7, 0x30000, 0x08, 0x10002);
  }

  @ParameterizedTest
  @CsvSource({
    // IDT gate's selector, SS0 in the TSS, vector delivered in the place of #UD, its error code
    "0x08, 0x10, 6, -1",
    "0x00, 0x10, 13, 0x01", // EXT is set: not the program's INT
    "0x10, 0x10, 13, 0x11",
    "0x180, 0x10, 13, 0x181",
    "0xA0, 0x10, 11, 0xA1" // not present
  })
  void failedDeliveryOfABenignException(int selector, int stack, int vector, int error) {
    SystemFixture f = SystemFixture.protectedMode(3);
    f.flat(0xA0, 0x1B);
    f.interruptGate(6, selector, 0x8E);
    f.put(SystemFixture.TSS + 8, stack, 2);

    Interrupts.exception(f.c, Fault.UD, Fault.NO_ERROR);

    assertThat(f.c.rip).isEqualTo(handler(vector));
    if (error < 0) {
      assertThat(f.stack(2)).containsExactly(0x30000, 0x3B);
    } else {
      assertThat(f.stack(3)).containsExactly(error, 0x30000, 0x3B);
    }
  }

  @Test
  void externalInterruptBeyondTheTable() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.idtLimit = 0xFF;
    Interrupts.external(f.c, 0x80);
    assertThat(f.c.rip).isEqualTo(handler(13));
    assertThat(f.stack(4)).containsExactly(0x403, 0x30000, 0x08, 0x10002);
  }

  // ---- double faults ----

  @ParameterizedTest
  @CsvSource({
    // first, second, handler reached: SDM table 6-5
    "6, 11, 11", // benign, then anything: the second
    "6, 14, 14",
    "1, 13, 13",
    "17, 11, 11",
    "13, 11, 8", // contributory twice
    "13, 14, 14", // contributory, then a page fault: the page fault
    "0, 13, 8",
    "10, 13, 8",
    "11, 13, 8",
    "12, 14, 14",
    "14, 13, 8", // page fault, then either
    "14, 11, 8",
    "14, 14, 8"
  })
  void escalation(int first, int second, int reached) {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.paging(3);
    breakGate(f, first, second);
    if (first == Fault.PF) {
      Interrupts.exception(f.c, new PageFault(0x1000, 0));
    } else {
      Interrupts.exception(f.c, first, first >= 10 ? 0 : Fault.NO_ERROR);
    }
    assertThat(f.c.rip).isEqualTo(handler(reached));
    if (reached == 8) {
      assertThat(f.stack(3)).containsExactly(0, 0x30000, 0x08);
    }
    assertThat(f.pins).isEmpty();
  }

  /** Makes the delivery of a vector end in another exception. */
  private static void breakGate(SystemFixture f, int vector, int second) {
    switch (second) {
      case Fault.NP -> f.interruptGate(vector, SystemFixture.CODE0, 0x0E);
      case Fault.GP -> f.interruptGate(vector, SystemFixture.CODE0, 0x8C);
      default -> {
        // Its code segment's descriptor lies in a page that is not there.
        f.c.segment(Cpu.LDTR, SystemFixture.LDT_SELECTOR, 0x200000, 0xFFFF, 0x82);
        f.page(0x200000, 2);
        f.interruptGate(vector, 0x0C, 0x8E);
      }
    }
    f.mmu.flush();
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 13, 14})
  void tripleFaultShutsDown(int second) {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.paging(3);
    breakGate(f, Fault.GP, Fault.NP);
    breakGate(f, Fault.DF, second);

    Interrupts.exception(f.c, Fault.GP, 0);

    assertThat(f.c.activity).isEqualTo(Cpu.Activity.SHUTDOWN);
    assertThat(f.pins).containsExactly("SHUTDOWN true");
    assertThat(f.c.rip).isEqualTo(0x30000);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(SystemFixture.STACK0);
  }

  @Test
  void emptyTableIsTheWayToReboot() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.idtLimit = 0;
    assertThat(outcome(() -> Interrupts.breakpoint(f.c))).isEqualTo("13:1a");
    Interrupts.exception(f.c, Fault.GP, 0x1A);
    assertThat(f.pins).containsExactly("SHUTDOWN true");
  }

  // ---- virtual-8086 mode ----

  @Test
  void virtual8086ModeIsLeftThroughAGate() {
    SystemFixture f = SystemFixture.v86(CpuModel.PENTIUM3, 0);

    Interrupts.exception(f.c, Fault.GP, 0);

    assertThat(f.c.v86()).isFalse();
    assertThat(f.c.cpl).isZero();
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(SystemFixture.STACK0 - 40);
    assertThat(f.stack(10))
        .containsExactly(0, 0x10, 0x200, 0x30202, 0x800, 0x300, 0x100, 0x400, 0x500, 0x600);
    for (int register : new int[] {Cpu.ES, Cpu.DS, Cpu.FS, Cpu.GS}) {
      assertThat(f.c.selector[register]).isZero();
      assertThat(f.c.access[register]).isEqualTo(SegmentRights.NULL);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x08, ok",
    "0x48, 13:48", // conforming: would stay at level 3
    "0x18, 13:18", // level 1
    "0x38, 13:38"
  })
  void virtual8086ModeIsLeftForLevel0Only(int selector, String expected) {
    SystemFixture f = SystemFixture.v86(CpuModel.PENTIUM3, 3);
    f.interruptGate(0x80, selector, 0xEE);
    assertThat(outcome(() -> Interrupts.software(f.c, 0x80))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // extensions, IOPL, gate's DPL 3, bit in the bitmap, outcome (SDM table 20-2)
    "false, 3, true, false, monitor",
    "false, 3, false, false, 13:402",
    "false, 2, true, false, 13:0",
    "true, 0, true, true, 13:0",
    "true, 3, true, true, monitor",
    "true, 3, true, false, program",
    "true, 0, true, false, program"
  })
  void softwareInterruptsInVirtual8086Mode(
      boolean extended, int iopl, boolean open, boolean bit, String expected) {
    SystemFixture f = SystemFixture.v86(SystemFixture.EXTENDED, iopl);
    f.c.cr4 = extended ? ControlRegisters.CR4_VME : 0;
    f.interruptGate(0x80, SystemFixture.CODE0, open ? 0xEE : 0x8E);
    f.put(0x80 * 4, 0x0700_0123L, 4);
    f.put(SystemFixture.TSS + 0x66, 0x88, 2);
    f.put(SystemFixture.TSS + 0x88 - 32 + 0x10, bit ? 1 : 0xFE, 1);
    f.c.setFlags(f.c.flags() & ~Flags.IF | Flags.VIF | Flags.TF);

    String outcome = outcome(() -> Interrupts.software(f.c, 0x80));

    if (expected.equals("program")) {
      assertThat(outcome).isEqualTo("ok");
      assertThat(f.c.v86()).isTrue();
      assertThat(f.c.selector[Cpu.CS]).isEqualTo(0x700);
      assertThat(f.c.nextRip).isEqualTo(0x123);
      assertThat(f.stack(3, 2)).containsExactly(0x12, 0x200, iopl == 3 ? 0x3102 : 0x3302);
      assertThat(f.c.flag(Flags.VIF)).isEqualTo(iopl == 3);
      assertThat(f.c.flag(Flags.TF)).isFalse();
    } else if (expected.equals("monitor")) {
      assertThat(outcome).isEqualTo("ok");
      assertThat(f.c.v86()).isFalse();
      assertThat(f.c.nextRip).isEqualTo(handler(0x80));
    } else {
      assertThat(outcome).isEqualTo(expected);
    }
  }
}
