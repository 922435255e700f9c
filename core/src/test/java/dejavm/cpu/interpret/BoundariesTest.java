package dejavm.cpu.interpret;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.EBX;
import static dejavm.Assembler.ECX;
import static dejavm.Assembler.EDI;
import static dejavm.Assembler.EDX;
import static dejavm.Assembler.ESP;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Assembler;
import dejavm.TestMachine;
import dejavm.bus.Signal;
import dejavm.cpu.Cpu;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What happens between instructions: interrupts and their shadows, single steps, repeated
 * instructions that are interrupted, HLT; the same for any length of slices.
 */
@ParameterizedClass
@ValueSource(longs = {0, 1, 2, 7})
class BoundariesTest {
  private static final long CODE = TestMachine.CODE;
  private static final long HANDLER = 0x18000;
  private static final int VECTOR = 0x40;
  private static final int TRAP = 1;

  @Parameter long slice;

  private static Assembler code() {
    return new Assembler(CODE, 32);
  }

  /** With a handler that halts, for the interrupt and for NMI. */
  private TestMachine machine(Assembler code) {
    return TestMachine.flat(16)
        .code(CODE, code)
        .code(HANDLER, new Assembler(HANDLER, 32).hlt())
        .handler(VECTOR, HANDLER)
        .handler(2, HANDLER);
  }

  /** The return address that the handler found, relative to the code. */
  private static long returned(TestMachine m) {
    assertThat(m.cpu.rip).isEqualTo(HANDLER + 1);
    return m.get(m.r(ESP), 4) - CODE;
  }

  // ---- shadows ----

  @Test
  void stiHoldsInterruptsBackForOneInstruction() {
    TestMachine m = machine(code().cli().nop().nop().sti().nop().nop().nop().hlt());
    m.at(1, () -> m.signal(Signal.INTR, 1)).run(40, slice);
    assertThat(returned(m)).isEqualTo(5);
    assertThat(m.log).containsExactly("acknowledge @5");
  }

  @Test
  void stiHoldsNothingBackWhereInterruptsWereOn() {
    TestMachine m = machine(code().sti().nop().sti().nop().nop().hlt());
    m.at(3, () -> m.signal(Signal.INTR, 1)).run(40, slice);
    assertThat(returned(m)).isEqualTo(3);
  }

  @Test
  void cliInTheShadowKeepsInterruptsOut() {
    TestMachine m = machine(code().nop().sti().cli().nop().sti().nop().nop().hlt());
    m.at(1, () -> m.signal(Signal.INTR, 1)).run(40, slice);
    assertThat(returned(m)).isEqualTo(6);
  }

  @Test
  void popfHoldsNothingBack() {
    Assembler a = code().nop().db(0x68).dd(0x202).db(0x9D).nop().nop().hlt();
    TestMachine m = machine(a);
    m.at(1, () -> m.signal(Signal.INTR, 1)).run(40, slice);
    assertThat(returned(m)).isEqualTo(7);
  }

  @Test
  void iretHoldsNothingBack() {
    Assembler a = code().db(0x68).dd(0x202).db(0x68).dd(8).db(0x68).reference("back").iret();
    TestMachine m = machine(a.nop().label("back").nop().nop().hlt());
    m.at(1, () -> m.signal(Signal.INTR, 1)).run(40, slice);
    assertThat(returned(m)).isEqualTo(a.address("back") - CODE);
  }

  @Test
  void movSsHoldsInterruptsAndNmiBackForOneInstruction() {
    for (Signal signal : List.of(Signal.INTR, Signal.NMI)) {
      Assembler a = code().sti().mov(EAX, 0x10).segment(2, EAX).nop().nop().nop().hlt();
      TestMachine m = machine(a);
      m.at(3, () -> m.signal(signal, 1)).run(40, slice);
      assertThat(returned(m)).as("%s", signal).isEqualTo(9);
    }
  }

  @Test
  void nmiHoldsOtherNmisBackUntilIret() {
    Assembler handler = new Assembler(HANDLER, 32).increment(0x5000).nop().nop().nop().nop().iret();
    TestMachine m =
        machine(code().nop().nop().nop().nop().nop().nop().hlt()).code(HANDLER, handler);
    m.at(2, () -> m.signal(Signal.NMI, 0)).at(4, () -> m.signal(Signal.NMI, 0));
    m.run(9, slice);
    assertThat(m.get(0x5000, 4)).isEqualTo(1);
    m.run(40, slice);
    assertThat(m.get(0x5000, 4)).isEqualTo(2);
  }

  // ---- single steps ----

  /** A handler of #DB that writes down where it came from. */
  private TestMachine tracing(Assembler code) {
    Assembler handler = new Assembler(HANDLER, 32).push(EBX).push(EAX).load(EBX, 0x5000);
    handler.db(0x8B, 0x44, 0x24, 0x08).db(0x89, 0x03).db(0x83, 0x05).dd(0x5000).db(4);
    handler.pop(EAX).pop(EBX).iret();
    return machine(code).code(HANDLER, handler).handler(TRAP, HANDLER).put(0x5000, 0x5010, 4);
  }

  private static List<Long> traced(TestMachine m) {
    List<Long> addresses = new ArrayList<>();
    for (long at = 0x5010; at < m.get(0x5000, 4); at += 4) {
      addresses.add(m.get(at, 4) - CODE);
    }
    return addresses;
  }

  /** Sets TF: seven bytes in which nothing is trapped. */
  private static Assembler trapping() {
    return code().db(0x68).dd(0x102).db(0x9D).nop();
  }

  @Test
  void everyInstructionIsTrapped() {
    TestMachine m =
        tracing(trapping().db(0x40, 0x41).mov(EDX, 5).db(0x42).db(0x68).dd(2).db(0x9D).hlt());
    m.run(120, slice);
    assertThat(traced(m)).containsExactly(7L, 8L, 9L, 14L, 15L, 20L, 21L);
    assertThat(m.cpu.dr[6] & 0x4000).isEqualTo(0x4000);
  }

  @Test
  void theInstructionThatEndsSteppingIsTrappedStill() {
    TestMachine m = tracing(trapping().db(0x68).dd(2).db(0x9D).nop().nop().hlt());
    m.run(120, slice);
    assertThat(traced(m)).containsExactly(7L, 12L, 13L);
  }

  @Test
  void everyIterationIsTrapped() {
    Assembler a = code().mov(EDI, 0x7000).mov(ECX, 3).db(0x68).dd(0x102).db(0x9D);
    TestMachine m = tracing(a.db(0xF3, 0xAA).db(0x68).dd(2).db(0x9D).hlt());
    m.run(200, slice);
    assertThat(traced(m)).containsExactly(16L, 16L, 18L, 23L, 24L);
  }

  @Test
  void anInterruptInstructionIsNotTrapped() {
    Assembler a = trapping().db(0xCD, VECTOR).nop().db(0x68).dd(2).db(0x9D).hlt();
    TestMachine m = tracing(a);
    m.code(0x19000, new Assembler(0x19000, 32).db(0x42).iret()).handler(VECTOR, 0x19000);
    m.run(200, slice);
    // Its IRET sets TF again, so the instruction after that is the next one trapped.
    assertThat(traced(m)).containsExactly(7L, 10L, 15L, 16L);
  }

  @Test
  void noTrapComesBetweenMovSsAndTheNextInstruction() {
    Assembler a = code().mov(EAX, 0x10).db(0x68).dd(0x102).db(0x9D);
    TestMachine m = tracing(a.segment(2, EAX).nop().db(0x68).dd(2).db(0x9D).hlt());
    m.run(200, slice);
    assertThat(traced(m)).containsExactly(14L, 19L, 20L);
  }

  @Test
  void theShadowOfStiHoldsNoTrapBack() {
    TestMachine m = tracing(trapping().sti().nop().db(0x68).dd(2).db(0x9D).hlt());
    m.run(200, slice);
    assertThat(traced(m)).containsExactly(7L, 8L, 9L, 14L, 15L);
  }

  // ---- repeated instructions ----

  @Test
  void aRepeatedInstructionIsInterruptedAndResumed() {
    Assembler a = code().sti().nop().mov(EDI, 0x7000).mov(ECX, 50).mov(EAX, 0x77);
    a.db(0xF3, 0xAA).label("end").hlt();
    Assembler handler = new Assembler(HANDLER, 32).store(0x5000, ECX).store(0x5004, EDI).iret();
    TestMachine m = machine(a).code(HANDLER, handler);
    m.at(25, () -> m.signal(Signal.INTR, 1)).run(200, slice);
    assertThat(m.log).containsExactly("acknowledge @25");
    assertThat(m.get(0x5000, 4)).isEqualTo(30);
    assertThat(m.get(0x5004, 4)).isEqualTo(0x7000 + 20);
    assertThat(m.get(0x7000 + 49, 2)).isEqualTo(0x77);
    assertThat(m.r(ECX)).isZero();
    assertThat(m.cpu.retired()).isEqualTo(5 + 1 + 3 + 1);
  }

  @Test
  void aSliceEndsWithinARepeatedInstruction() {
    Assembler a = code().mov(EDI, 0x7000).mov(ECX, 1000).mov(EAX, 0x77).db(0xF3, 0xAB).hlt();
    for (long until : new long[] {4, 5, 100, 999}) {
      TestMachine m = machine(a).run(until, slice);
      assertThat(m.cpu.now()).isEqualTo(until);
      assertThat(m.cpu.retired()).isEqualTo(3);
      assertThat(m.r(ECX)).isEqualTo(1000 - (until - 3));
      assertThat(m.r(EDI)).isEqualTo(0x7000 + 4 * (until - 3));
    }
  }

  @Test
  void aPageFaultInARepeatedInstructionLeavesWhatWasDone() {
    Assembler a = code().mov(EDI, 0x6FF0).mov(ECX, 100).mov(EAX, 0x77).label("rep");
    a.db(0xF3, 0xAA).hlt();
    TestMachine m = machine(a).handler(14, HANDLER).paging(0x30000).put(0x31000 + 4 * 7, 0, 4);
    m.run(60, slice);
    assertThat(m.r(ECX)).isEqualTo(84);
    assertThat(m.cpu.cr2).isEqualTo(0x7000);
    assertThat(m.get(m.r(ESP) + 4, 4)).isEqualTo(a.address("rep"));
    assertThat(m.cpu.retired()).isEqualTo(4);
  }

  // ---- what a call of the platform changes ----

  /**
   * The board, asked by code that ends in an access, wants to be called nine ticks later; and is.
   */
  private void assertHeeded(int ticks, Assembler access) {
    long end = access.here() - CODE;
    TestMachine m = machine(access.idleTo(access.here() + 20).hlt());
    TestMachine.Access arming =
        (space, address, size) -> {
          m.at(m.cpu.now() + 9, () -> m.signal(Signal.NMI, 0));
          return 0;
        };
    m.reads(arming).writes(arming).run(60, slice);
    assertThat(returned(m)).isEqualTo(end + 9 - ticks);
  }

  @Test
  void aHorizonThatMovesIsHeeded() {
    assertHeeded(1 + TestMachine.PORT_COST, code().mov(EDX, 0x80).in());
    assertHeeded(1 + TestMachine.PORT_COST, code().mov(EDX, 0x80).out());
    assertHeeded(1, code().load(EAX, 0x8000_0000L));
    assertHeeded(1, code().store(0x8000_0000L, EAX));
    // IA32_APIC_BASE is the board's.
    assertHeeded(1, code().mov(ECX, 0x1B).mov(EAX, 0x900).mov(EDX, 0).db(0x0F, 0x30));
    assertHeeded(1, code().mov(ECX, 0x1B).db(0x0F, 0x32));
  }

  @Test
  void aBoardMayTakeItsTimeAfterAShutdown() {
    TestMachine m = machine(code().nop().db(0x0F, 0x0B));
    m.cpu.idtLimit = 0;
    m.pins(() -> m.at(m.cpu.now() + 3, () -> m.signal(Signal.RESET, 0)));
    m.run(4, slice);
    assertThat(m.cpu.activity).isEqualTo(Cpu.Activity.SHUTDOWN);
    m.run(5, slice);
    assertThat(m.log).containsExactly("pin SHUTDOWN true @1");
    assertThat(m.cpu.rip).isEqualTo(0xFFF0);
  }

  // ---- HLT ----

  @Test
  void haltedItWakesAtTheMomentOfAnInterrupt() {
    TestMachine m = machine(code().sti().hlt().nop());
    m.at(1000, () -> m.signal(Signal.INTR, 1)).run(1500, slice);
    assertThat(m.log).containsExactly("acknowledge @1000");
    assertThat(returned(m)).isEqualTo(2);
    assertThat(m.cpu.retired()).isEqualTo(3);
    assertThat(m.cpu.now()).isEqualTo(1500);
  }

  @Test
  void haltedWithInterruptsOffItWakesForNmiOnly() {
    TestMachine m = machine(code().cli().hlt().nop());
    m.at(500, () -> m.signal(Signal.INTR, 1)).run(700, slice);
    assertThat(m.cpu.activity).isEqualTo(Cpu.Activity.HALTED);
    m.at(900, () -> m.signal(Signal.NMI, 0)).run(1500, slice);
    assertThat(returned(m)).isEqualTo(2);
    assertThat(m.log).isEmpty();
  }

  @Test
  void anInterruptThatIsPendingWakesAtOnce() {
    TestMachine m = machine(code().cli().nop().sti().hlt().nop());
    m.at(1, () -> m.signal(Signal.INTR, 1)).run(100, slice);
    assertThat(m.log).containsExactly("acknowledge @4");
    assertThat(returned(m)).isEqualTo(4);
  }

  @Test
  void resetWakesAndStartsAnew() {
    TestMachine m = machine(code().cli().hlt());
    m.at(50, () -> m.signal(Signal.RESET, 0)).run(50, slice);
    m.machine.run(51);
    assertThat(m.cpu.rip).isEqualTo(0xFFF0);
    assertThat(m.cpu.activity).isEqualTo(Cpu.Activity.RUNNING);
    assertThat(m.cpu.now()).isEqualTo(51);
  }
}
