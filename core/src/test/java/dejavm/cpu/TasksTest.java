package dejavm.cpu;

import static dejavm.cpu.SystemFixture.FREE;
import static dejavm.cpu.SystemFixture.GDT;
import static dejavm.cpu.SystemFixture.HANDLERS;
import static dejavm.cpu.SystemFixture.OTHER_TSS;
import static dejavm.cpu.SystemFixture.OTHER_TSS_SELECTOR;
import static dejavm.cpu.SystemFixture.TSS;
import static dejavm.cpu.SystemFixture.TSS_16;
import static dejavm.cpu.SystemFixture.TSS_16_SELECTOR;
import static dejavm.cpu.SystemFixture.TSS_SELECTOR;
import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Task switches: expectations from SDM volume 3, chapter 7. */
class TasksTest {
  private static final int ES = 0x48;
  private static final int CS = 0x4C;
  private static final int SS = 0x50;
  private static final int DS = 0x54;
  private static final int GS = 0x5C;
  private static final int LDT = 0x60;

  /** A machine at a level whose other TSS holds a task of level 3. */
  private static SystemFixture machine(int level) {
    SystemFixture f = SystemFixture.protectedMode(level);
    f.put(OTHER_TSS + 0x1C, SystemFixture.PAGE_DIRECTORY, 4);
    f.put(OTHER_TSS + 0x20, 0x44444, 4);
    f.put(OTHER_TSS + 0x24, 0x202, 4);
    for (int i = 0; i < 8; i++) {
      f.put(OTHER_TSS + 0x28 + 4 * i, 0x1111_1111L * i, 4);
    }
    f.put(OTHER_TSS + 0x38, 0xB400, 4);
    for (int at = ES; at <= GS; at += 4) {
      f.put(OTHER_TSS + at, SystemFixture.DATA3, 2);
    }
    f.put(OTHER_TSS + CS, SystemFixture.CODE3, 2);
    f.put(OTHER_TSS + LDT, SystemFixture.LDT_SELECTOR, 2);
    for (int i = 0; i < 8; i++) {
      f.c.r[i] = i == Cpu.RSP ? f.c.r[i] : 0xAAAA_0000L + i;
    }
    f.c.setFlags(0x6);
    return f;
  }

  private static int type(SystemFixture f, int selector) {
    return (int) f.get(GDT + selector + 5, 1) & 0x1F;
  }

  private static void entered(SystemFixture f) {
    assertThat(f.c.selector[Cpu.TR]).isEqualTo(OTHER_TSS_SELECTOR);
    assertThat(f.c.base[Cpu.TR]).isEqualTo(OTHER_TSS);
    assertThat(f.c.access[Cpu.TR]).isEqualTo(0x8B);
    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.nextRip).isEqualTo(0x44444);
    assertThat(f.c.rip).isEqualTo(0x44444);
    assertThat(f.c.r[Cpu.RBX]).isEqualTo(0x33333333);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0xB400);
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(SystemFixture.CODE3);
    assertThat(f.c.selector[Cpu.GS]).isEqualTo(SystemFixture.DATA3);
    assertThat(f.c.base[Cpu.LDTR]).isEqualTo(SystemFixture.LDT);
    assertThat(f.c.cr0 & ControlRegisters.CR0_TS).isNotZero();
    assertThat(f.c.flat).isTrue();
  }

  private static void saved(SystemFixture f, long rip, int flags) {
    assertThat(f.get(TSS + 0x20, 4)).isEqualTo(rip);
    assertThat(f.get(TSS + 0x24, 4)).isEqualTo(flags);
    assertThat(f.get(TSS + 0x28, 4)).isEqualTo(0xAAAA_0000L);
    assertThat(f.get(TSS + 0x44, 4)).isEqualTo(0xAAAA_0007L);
    assertThat(f.get(TSS + 0x38, 4)).isEqualTo(SystemFixture.STACK0);
    assertThat(f.get(TSS + CS, 2)).isEqualTo(0x08);
    assertThat(f.get(TSS + GS, 2)).isEqualTo(0x10);
  }

  @Test
  void jump() {
    SystemFixture f = machine(0);
    f.c.dr[7] = 0x7FF;

    Transfers.jumpFar(f.c, OTHER_TSS_SELECTOR, 0xDEAD, 4);

    entered(f);
    saved(f, 0x30002, 6);
    assertThat(f.c.flags()).isEqualTo(0x202);
    assertThat(f.c.dr[7]).isEqualTo(0x6AA);
    assertThat(type(f, TSS_SELECTOR)).isEqualTo(Descriptors.TSS32);
    assertThat(type(f, OTHER_TSS_SELECTOR)).isEqualTo(Descriptors.BUSY_TSS32);
    assertThat(f.get(OTHER_TSS, 2)).isZero();
  }

  @Test
  void callNestsAndIretReturns() {
    SystemFixture f = machine(0);

    Transfers.callFar(f.c, OTHER_TSS_SELECTOR, 0xDEAD, 4);

    entered(f);
    saved(f, 0x30002, 6);
    assertThat(f.c.flags()).isEqualTo(0x4202);
    assertThat(type(f, TSS_SELECTOR)).isEqualTo(Descriptors.BUSY_TSS32);
    assertThat(type(f, OTHER_TSS_SELECTOR)).isEqualTo(Descriptors.BUSY_TSS32);
    assertThat(f.get(OTHER_TSS, 2)).isEqualTo(TSS_SELECTOR);

    f.c.nextRip = 0x44446;
    f.c.cr0 &= ~ControlRegisters.CR0_TS;
    Transfers.iret(f.c, 4);

    assertThat(f.c.selector[Cpu.TR]).isEqualTo(TSS_SELECTOR);
    assertThat(f.c.cpl).isZero();
    assertThat(f.c.nextRip).isEqualTo(0x30002);
    assertThat(f.c.flags()).isEqualTo(6);
    assertThat(f.c.r[Cpu.RDI]).isEqualTo(0xAAAA_0007L);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(SystemFixture.STACK0);
    assertThat(type(f, OTHER_TSS_SELECTOR)).isEqualTo(Descriptors.TSS32);
    assertThat(type(f, TSS_SELECTOR)).isEqualTo(Descriptors.BUSY_TSS32);
    assertThat(f.get(OTHER_TSS + 0x20, 4)).isEqualTo(0x44446);
    assertThat(f.get(OTHER_TSS + 0x24, 4)).isEqualTo(0x202);
    assertThat(f.c.access[Cpu.LDTR]).isEqualTo(SegmentRights.NULL);
    assertThat(f.c.cr0 & ControlRegisters.CR0_TS).isNotZero();
  }

  @ParameterizedTest
  @CsvSource({
    // selector for JMP and CALL, cpl, outcome
    "0x78, 0, ok",
    "0x7B, 0, 13:78", // RPL above the TSS's DPL
    "0x78, 3, 13:78",
    "0x70, 0, 13:70", // busy: that is the present task
    "0x7C, 0, 13:7c", // in the LDT, where there is none
    "0xA0, 0, 11:a0", // not present
    "0xA8, 0, 10:a8", // too small
    "0xB0, 0, ok", // task gate
    "0xB0, 3, 13:b0",
    "0xB8, 3, ok", // task gate with DPL 3
    "0xC0, 3, 11:c0", // gate not present
    "0xC8, 3, 13:70", // gate to a busy task
    "0xD0, 3, 13:10", // gate to data
    "0xD8, 3, 13:7c", // gate into the LDT
    "0xE0, 3, 13:0"
  })
  void checksBeforeTheSwitch(int selector, int cpl, String expected) {
    for (boolean call : new boolean[] {false, true}) {
      SystemFixture f = machine(cpl);
      f.descriptor(0xA0, OTHER_TSS, 0x67, 0x09);
      f.descriptor(0xA8, OTHER_TSS, 0x66, 0x89);
      f.put64(GDT + 0xB0, SystemFixture.gate(OTHER_TSS_SELECTOR, 0, 0x85, 0));
      f.put64(GDT + 0xB8, SystemFixture.gate(OTHER_TSS_SELECTOR | 3, 0, 0xE5, 0));
      f.put64(GDT + 0xC0, SystemFixture.gate(OTHER_TSS_SELECTOR, 0, 0x65, 0));
      f.put64(GDT + 0xC8, SystemFixture.gate(TSS_SELECTOR, 0, 0xE5, 0));
      f.put64(GDT + 0xD0, SystemFixture.gate(SystemFixture.DATA0, 0, 0xE5, 0));
      f.put64(GDT + 0xD8, SystemFixture.gate(OTHER_TSS_SELECTOR | 4, 0, 0xE5, 0));
      f.put64(GDT + 0xE0, SystemFixture.gate(0, 0, 0xE5, 0));
      f.put(SystemFixture.LDT + 0x10, 0, 4);

      String outcome =
          outcome(() -> {
            if (call) {
              Transfers.callFar(f.c, selector, 0, 4);
            } else {
              Transfers.jumpFar(f.c, selector, 0, 4);
            }
          });

      assertThat(outcome).isEqualTo(expected);
      if (!expected.equals("ok")) {
        assertThat(f.c.selector[Cpu.TR]).isEqualTo(TSS_SELECTOR);
        assertThat(f.get(TSS + 0x20, 4)).isZero();
        assertThat(f.c.cpl).isEqualTo(cpl);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // field of the new TSS, its value, the exception that the new task finds, its error code
    "0x60, 0x6C, 10, 0x6C", // LDT selector in the LDT
    "0x60, 0x180, 10, 0x180",
    "0x60, 0x10, 10, 0x10", // no LDT
    "0x4C, 0x00, 10, 0x00", // CS null
    "0x4C, 0x43, 10, 0x40", // CS data
    "0x4C, 0x38, 10, 0x38", // DPL is not RPL
    "0x4C, 0xA3, 11, 0xA0", // CS not present
    "0x50, 0x00, 10, 0x00", // SS null
    "0x50, 0x40, 10, 0x40", // RPL is not CPL
    "0x50, 0x10, 10, 0x10",
    "0x50, 0x5B, 10, 0x58", // not writable
    "0x50, 0x63, 12, 0x60", // not present
    "0x54, 0x10, 10, 0x10", // DS: DPL below CPL
    "0x54, 0x63, 11, 0x60",
    "0x5C, 0x180, 10, 0x180"
  })
  void faultsOfTheNewTask(int field, int value, int vector, int error) {
    SystemFixture f = machine(0);
    f.flat(0xA0, 0x7B);
    f.put(OTHER_TSS + field, value, 2);
    f.put(OTHER_TSS + 4, 0x8800, 4);
    f.put(OTHER_TSS + 8, SystemFixture.DATA0, 2);
    long before = f.c.now();

    assertThat(outcome(() -> Transfers.jumpFar(f.c, OTHER_TSS_SELECTOR, 0, 4))).isEqualTo("ok");

    assertThat(f.c.selector[Cpu.TR]).isEqualTo(OTHER_TSS_SELECTOR);
    assertThat(f.c.rip).isEqualTo(HANDLERS + 16 * vector);
    assertThat(f.c.nextRip).isEqualTo(f.c.rip);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x8800 - 24);
    assertThat(f.stack(2)).containsExactly(error, 0x44444);
    assertThat(f.c.now()).isEqualTo(before + 1);
  }

  @Test
  void addressBeyondTheNewLimit() {
    SystemFixture f = machine(0);
    f.descriptor(FREE, 0, 0xFFFF, 0xFB);
    f.put(OTHER_TSS + CS, FREE | 3, 2);
    f.put(OTHER_TSS + 4, 0x8800, 4);
    f.put(OTHER_TSS + 8, SystemFixture.DATA0, 2);

    Transfers.jumpFar(f.c, OTHER_TSS_SELECTOR, 0, 4);

    assertThat(f.c.rip).isEqualTo(HANDLERS + 16 * 13);
    assertThat(f.stack(3)).containsExactly(0, 0x44444, FREE | 3);
  }

  @Test
  void trapBitRaisesDebugException() {
    SystemFixture f = machine(0);
    f.put(OTHER_TSS + 0x64, 1, 2);
    f.put(OTHER_TSS + 4, 0x8800, 4);
    f.put(OTHER_TSS + 8, SystemFixture.DATA0, 2);

    Transfers.jumpFar(f.c, OTHER_TSS_SELECTOR, 0, 4);

    assertThat(f.c.rip).isEqualTo(HANDLERS + 16);
    assertThat(f.c.dr[6]).isEqualTo(0xFFFF8FF0L);
    assertThat(f.stack(3)).containsExactly(0x44444, SystemFixture.CODE3, 0x202);
  }

  @Test
  void exceptionThroughATaskGatePushesItsErrorCodeInTheNewTask() {
    SystemFixture f = machine(0);
    f.put64(SystemFixture.IDT + 8 * 13, SystemFixture.gate(OTHER_TSS_SELECTOR, 0, 0x85, 0));

    Interrupts.exception(f.c, Fault.GP, 0x1230);

    assertThat(f.c.rip).isEqualTo(0x44444);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0xB3FC);
    assertThat(f.stack(1)).containsExactly(0x1230);
    assertThat(f.c.flags()).isEqualTo(0x4202);
    assertThat(f.get(OTHER_TSS, 2)).isEqualTo(TSS_SELECTOR);
    saved(f, 0x30000, 0x10006);
  }

  @Test
  void doubleFaultThroughATaskGateSavesAStackPointerThatIsBroken() {
    SystemFixture f = machine(0);
    f.paging(3);
    f.put64(SystemFixture.IDT + 8 * 8, SystemFixture.gate(OTHER_TSS_SELECTOR, 0, 0x85, 0));
    f.page(SystemFixture.STACK0 - 0x1000, 2);
    for (int page = 0x10; page < 0x400; page++) {
      f.page(page << 12, 7);
    }
    f.page(0xB000, 7);

    // The page fault's own frame does not fit either.
    Interrupts.exception(f.c, Fault.PF, 2);

    assertThat(f.c.selector[Cpu.TR]).isEqualTo(OTHER_TSS_SELECTOR);
    assertThat(f.c.rip).isEqualTo(0x44444);
    assertThat(f.stack(1)).containsExactly(0);
    assertThat(f.get(TSS + 0x38, 4)).isEqualTo(SystemFixture.STACK0);
    assertThat(f.c.cr2).isEqualTo(SystemFixture.STACK0 - 4);
  }

  @Test
  void sixteenBitTask() {
    SystemFixture f = machine(0);
    f.put(TSS_16 + 0x0E, 0x4444, 2);
    f.put(TSS_16 + 0x10, 0x3002, 2);
    for (int i = 0; i < 8; i++) {
      f.put(TSS_16 + 0x12 + 2 * i, 0x1000 + i, 2);
    }
    f.put(TSS_16 + 0x22, SystemFixture.DATA0, 2);
    f.put(TSS_16 + 0x24, SystemFixture.CODE_16, 2);
    f.put(TSS_16 + 0x26, SystemFixture.DATA_16, 2);
    f.put(TSS_16 + 0x28, SystemFixture.DATA0, 2);

    Transfers.callFar(f.c, TSS_16_SELECTOR, 0, 4);

    saved(f, 0x30002, 6);
    assertThat(f.c.access[Cpu.TR]).isEqualTo(0x83);
    assertThat(f.c.nextRip).isEqualTo(0x4444);
    assertThat(f.c.flags()).isEqualTo(0x7002);
    // Upper halves of ones, as test386 expects (POST 22).
    assertThat(f.c.r[Cpu.RDI]).isEqualTo(0xFFFF1007L);
    assertThat(f.c.selector).startsWith(0x10, 0x88, 0x90, 0x10, 0, 0);
    assertThat(f.get(TSS_16, 2)).isEqualTo(TSS_SELECTOR);

    f.c.nextRip = 0x4446;
    f.c.r[Cpu.RCX] = 0x9999_5555L;
    Transfers.iret(f.c, 2);

    assertThat(f.get(TSS_16 + 0x0E, 2)).isEqualTo(0x4446);
    assertThat(f.get(TSS_16 + 0x10, 2)).isEqualTo(0x3002);
    assertThat(f.get(TSS_16 + 0x14, 2)).isEqualTo(0x5555);
    assertThat(f.get(TSS_16 + 0x24, 2)).isEqualTo(SystemFixture.CODE_16);
    assertThat(f.get(TSS_16 + 0x2A, 2)).isZero();
    assertThat(f.c.nextRip).isEqualTo(0x30002);
  }

  @Test
  void virtual8086Task() {
    SystemFixture f = machine(0);
    f.put(OTHER_TSS + 0x20, 0x100, 4);
    f.put(OTHER_TSS + 0x24, 0x23202, 4);
    f.put(OTHER_TSS + CS, 0x1234, 2);
    f.put(OTHER_TSS + DS, 0x10, 2);

    Transfers.jumpFar(f.c, OTHER_TSS_SELECTOR, 0, 4);

    assertThat(f.c.v86()).isTrue();
    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.base[Cpu.CS]).isEqualTo(0x12340);
    assertThat(f.c.base[Cpu.DS]).isEqualTo(0x100);
    assertThat(f.c.nextRip).isEqualTo(0x100);
  }

  @Test
  void newTaskHasItsOwnPageTables() {
    SystemFixture f = machine(0);
    f.paging(7);
    f.put(0x12000, SystemFixture.PAGE_TABLE | 7, 4);
    f.put(OTHER_TSS + 0x1C, 0x12000, 4);

    Transfers.jumpFar(f.c, OTHER_TSS_SELECTOR, 0, 4);

    entered(f);
    assertThat(f.c.cr3).isEqualTo(0x12000);
  }

  @Test
  void withoutPagingCr3Stays() {
    SystemFixture f = machine(0);
    f.c.cr3 = 0x7000;
    Transfers.jumpFar(f.c, OTHER_TSS_SELECTOR, 0, 4);
    assertThat(f.c.cr3).isEqualTo(0x7000);
  }

  @Test
  void pageFaultBeforeTheSwitchIsTheOldTasks() {
    SystemFixture f = machine(0);
    f.paging(3);
    f.page(OTHER_TSS, 2);
    assertThat(outcome(() -> Transfers.jumpFar(f.c, OTHER_TSS_SELECTOR, 0, 4)))
        .isEqualTo("14:0@5000");
    assertThat(f.c.selector[Cpu.TR]).isEqualTo(TSS_SELECTOR);
    assertThat(type(f, TSS_SELECTOR)).isEqualTo(Descriptors.BUSY_TSS32);
    assertThat(f.get(TSS + 0x20, 4)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // back link, outcome of IRET with NT
    "0x00, 10:0",
    "0x78, 10:78", // not busy
    "0x74, 10:74", // local
    "0x180, 10:180",
    "0x10, 10:10",
    "0xA0, 11:a0", // busy but not present
  })
  void backLinks(int link, String expected) {
    SystemFixture f = machine(0);
    f.descriptor(0xA0, OTHER_TSS, 0x67, 0x0B);
    f.put(TSS, link, 2);
    f.c.setFlags(Flags.NT | 2);
    assertThat(outcome(() -> Transfers.iret(f.c, 4))).isEqualTo(expected);
  }

  @Test
  void softwareInterruptThroughATaskGateSavesTheNextInstruction() {
    SystemFixture f = machine(0);
    f.put64(SystemFixture.IDT + 8 * 0x80, SystemFixture.gate(OTHER_TSS_SELECTOR, 0, 0xE5, 0));
    Interrupts.software(f.c, 0x80);
    entered(f);
    saved(f, 0x30002, 6);
  }
}
