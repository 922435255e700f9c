package dejavm.cpu.interpret;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.EBP;
import static dejavm.Assembler.EBX;
import static dejavm.Assembler.ESP;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Assembler;
import dejavm.TestMachine;
import dejavm.cpu.Cpu;
import dejavm.cpu.Flags;
import org.junit.jupiter.api.Test;

/** What public test suites for processors found here, as cases of our own. */
class SuiteFindingsTest {
  private static final long CODE = TestMachine.CODE;
  private static final int READ_ONLY = 0x40000;
  private static final long HANDLER = 0x18000;

  /** ARPL on a page that cannot be written, with a selector that may stay or must rise. */
  private static TestMachine arpl(int destination, int source) {
    Assembler a = new Assembler(CODE, 32);
    a.mov(EBX, source).db(0x63).absolute(EBX, READ_ONLY).hlt();
    TestMachine m = TestMachine.flat(16).code(CODE, a).paging(0x30000);
    m.code(HANDLER, new Assembler(HANDLER, 32).mov(EAX, 0xBAD).hlt()).handler(14, HANDLER);
    m.put(READ_ONLY, destination, 2).put(0x31000 + 4 * (READ_ONLY >> 12), READ_ONLY | 1, 4);
    return m.run(20);
  }

  /** test386, POST 17: a selector that is not raised is not written either. */
  @Test
  void arplWritesOnlyWhatItChanges() {
    TestMachine m = arpl(0xFFF3, 2);
    assertThat(m.r(Cpu.RAX)).isZero();
    assertThat(m.cpu.flags() & Flags.ZF).isZero();
  }

  @Test
  void arplThatCannotWriteFaultsBeforeItsFlag() {
    TestMachine m = arpl(0xFFF0, 2);
    assertThat(m.r(Cpu.RAX)).isEqualTo(0xBAD);
    assertThat(m.cpu.cr2).isEqualTo(READ_ONLY);
    assertThat(m.cpu.flags() & Flags.ZF).isZero();
    assertThat(m.get(READ_ONLY, 2)).isEqualTo(0xFFF0);
  }

  /**
   * test386, POST 1A: with 32-bit operands on a 16-bit stack the frame pointer that ENTER makes, in
   * EBP and on the stack, has the upper half of ESP.
   */
  @Test
  void enterOnA16BitStackKeepsTheUpperHalf() {
    Assembler a = new Assembler(CODE, 32);
    a.mov(ESP, 0x12348000L).mov(EBP, 0x56789ABCL).db(0xC8).dw(8).db(1).hlt();
    TestMachine m = TestMachine.flat(16).code(CODE, a);
    m.cpu.segment(Cpu.SS, 0x10, 0, 0xFFFF, 0x93);
    m.run(4);
    assertThat(m.r(Cpu.RBP)).isEqualTo(0x12347FFCL);
    assertThat(m.r(Cpu.RSP)).isEqualTo(0x12347FF0L);
    assertThat(m.get(0x7FFC, 4)).isEqualTo(0x56789ABCL);
    assertThat(m.get(0x7FF8, 4)).isEqualTo(0x12347FFCL);
  }

  /**
   * kvm-unit-tests, debug: a breakpoint's B2 replaces what software left in B0 to B3 of DR6, and
   * leaves BS.
   */
  @Test
  void aDebugExceptionReplacesTheHitsOfAnEarlierOne() {
    Assembler a = new Assembler(CODE, 32);
    a.mov(EAX, 0x4002).db(0x0F, 0x23, 0xF0);
    a.mov(EAX, "target").db(0x0F, 0x23, 0xD0);
    a.mov(EAX, 0x420).db(0x0F, 0x23, 0xF8);
    a.label("target").nop().hlt();
    TestMachine m = TestMachine.flat(16).code(CODE, a).handler(1, HANDLER);
    m.code(HANDLER, new Assembler(HANDLER, 32).hlt());
    m.run(12);
    assertThat(m.cpu.dr[6]).isEqualTo(0xFFFF4FF4L);
    assertThat(m.cpu.rip).isEqualTo(HANDLER + 1);
  }

  /** kvm-unit-tests, debug: one exception reports INT1 and what MOV SS before it has read. */
  @Test
  void aBreakpointHeldBackByMovSsIsReportedWithInt1() {
    Assembler a = new Assembler(CODE, 32);
    a.mov(EAX, READ_ONLY).db(0x0F, 0x23, 0xC8).mov(EAX, 0xF00408).db(0x0F, 0x23, 0xF8);
    a.db(0x8E, 0x15).dd(READ_ONLY).db(0xF1).label("next").nop().hlt();
    TestMachine m = TestMachine.flat(16).code(CODE, a).handler(1, HANDLER);
    m.code(HANDLER, new Assembler(HANDLER, 32).nop().hlt()).put(READ_ONLY, 0x10, 4);
    long stack = m.r(Cpu.RSP);
    m.run(12);
    assertThat(m.cpu.rip).isEqualTo(HANDLER + 2);
    assertThat(m.r(Cpu.RSP)).isEqualTo(stack - 12);
    assertThat(m.get((int) stack - 12, 4)).isEqualTo(a.address("next"));
    assertThat(m.cpu.dr[6] & 0xF).isEqualTo(2);
  }
}
