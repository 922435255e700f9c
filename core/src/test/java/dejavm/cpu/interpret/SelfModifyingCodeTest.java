package dejavm.cpu.interpret;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.EBX;
import static dejavm.Assembler.ECX;
import static dejavm.Assembler.EDI;
import static dejavm.Assembler.EDX;
import static dejavm.Assembler.ESI;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Assembler;
import dejavm.TestMachine;
import dejavm.cpu.Cpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Code that changes is executed as it is, from the very next instruction on, whoever changed it.
 * Every test runs with slices from one tick up and several sizes of the translation cache, all of
 * which must come to the same.
 */
class SelfModifyingCodeTest {
  private static final long CODE = TestMachine.CODE;
  private static final int INC_EAX = 0x40;
  private static final int INC_ECX = 0x41;

  private static Assembler code() {
    return new Assembler(CODE, 32);
  }

  /** Runs in every way; gives what is observed, which is the same in all. */
  private static <T> T same(
      Function<Integer, TestMachine> setup, long until, Function<TestMachine, T> observed) {
    List<T> seen = new ArrayList<>();
    for (int tlbEntries : new int[] {1, 16, 1024}) {
      for (long slice : new long[] {0, 1, 2, 3, 5, 17}) {
        TestMachine machine = setup.apply(tlbEntries);
        while (slice == 5 && machine.cpu.now() < until) {
          machine.run(Math.min(until, machine.cpu.now() + slice));
          machine.processor().engine().forget();
        }
        seen.add(observed.apply(machine.run(until, slice)));
      }
    }
    Set<T> different = seen.stream().collect(Collectors.toSet());
    assertThat(different).hasSize(1);
    return seen.getFirst();
  }

  private static Function<Integer, TestMachine> flat(Assembler code) {
    return flat(code, machine -> {});
  }

  private static Function<Integer, TestMachine> flat(
      Assembler code, Consumer<TestMachine> preparation) {
    return tlbEntries -> {
      TestMachine machine = TestMachine.flat(tlbEntries).code(CODE, code);
      preparation.accept(machine);
      return machine;
    };
  }

  private static String registers(TestMachine m) {
    return "eax=%d ecx=%d".formatted(m.r(EAX), m.r(ECX));
  }

  @Test
  void theNextInstructionOfTheSameBlock() {
    Assembler a = code().mov(EDX, 3).label("again");
    a.db(0xC6, 0x05).reference("target").db(INC_ECX).label("target").db(INC_EAX);
    a.db(0xC6, 0x05).reference("target").db(INC_EAX);
    a.db(0x4A).jumpIf(Assembler.NOT_EQUAL, "again").hlt();
    assertThat(same(flat(a), 100, SelfModifyingCodeTest::registers)).isEqualTo("eax=0 ecx=3");
  }

  @Test
  void theImmediateOfALaterInstruction() {
    Assembler a = code();
    a.db(0xC7, 0x05).reference("value").dd(77).nop().nop();
    a.db(0xB8).label("value").dd(1).hlt();
    assertThat(same(flat(a), 50, SelfModifyingCodeTest::registers)).isEqualTo("eax=77 ecx=0");
  }

  @Test
  void throughAnotherLinearAddress() {
    Assembler a = code();
    a.mov(EBX, "target").db(0xC6, 0x83).dd(0x400000).db(INC_ECX); // MOV byte [EBX+alias],…
    a.label("target").db(INC_EAX).nop().mov(EBX, "target");
    a.db(0x81, 0xC3).dd(0x400000).db(0xC6, 0x05).reference("last").db(INC_ECX);
    a.db(0xFF, 0xE3).nop().label("last").db(INC_EAX).hlt();
    Consumer<TestMachine> paging =
        m -> {
          m.paging(0x30000);
          m.put(0x30004, 0x31000 | 7, 4);
        };
    // Jumps to the alias of "target", comes through it a second time, and ends.
    String seen = same(flat(a, paging), 12, SelfModifyingCodeTest::registers);
    assertThat(seen).startsWith("eax=0");
  }

  @Test
  void byDma() {
    Assembler a = code().label("loop").db(INC_EAX).jump("loop");
    Consumer<TestMachine> change = m -> m.at(101, () -> m.put(CODE, INC_ECX, 1));
    assertThat(same(flat(a, change), 200, SelfModifyingCodeTest::registers))
        .isEqualTo("eax=51 ecx=49");
  }

  @Test
  void byDmaUnderAnAccess() {
    Assembler a = code().mov(EDX, 0x80).out().label("target").db(INC_EAX, INC_EAX).hlt();
    Consumer<TestMachine> change =
        m ->
            m.writes((space, address, size) -> {
              m.put(a.address("target"), INC_ECX, 1);
              return 0;
            });
    assertThat(same(flat(a, change), 50, SelfModifyingCodeTest::registers))
        .isEqualTo("eax=1 ecx=1");
  }

  @Test
  void byACopyOverTheCodeThatFollows() {
    Assembler a =
        code().mov(EDX, 0).mov(ESI, "source").mov(EDI, "target").mov(ECX, 8).db(0xF3, 0xA4);
    a.label("target").db(0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40).hlt();
    a.label("source").db(0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42);
    String seen = same(flat(a), 60, m -> "edx=%d eax=%d".formatted(m.r(EDX), m.r(EAX)));
    assertThat(seen).isEqualTo("edx=8 eax=0");
  }

  /** The iteration that overwrites the instruction is its last: what is there then is executed. */
  private static void overItself(long address) {
    Assembler a = new Assembler(CODE, 32).mov(EDI, address - 40).mov(ECX, 100).mov(EAX, 0x90);
    a.jump(address);
    Assembler fill = new Assembler(address, 32).db(0xF3, 0xAA, 0x42).hlt();
    Function<Integer, TestMachine> setup =
        tlbEntries ->
            TestMachine.flat(tlbEntries)
                .code(CODE, a)
                .code(address, fill)
                .code(address + 0x100, new Assembler(0, 32).hlt());
    // STOSB stops when its prefix becomes NOP and goes on, once, without it.
    String seen = same(setup, 500, m -> "ecx=%d edi=%x".formatted(m.r(ECX), m.r(EDI)));
    assertThat(seen).isEqualTo("ecx=59 edi=%x".formatted(address + 2));
  }

  @Test
  void aRepeatedInstructionThatOverwritesItself() {
    overItself(0x12040);
  }

  @Test
  void aRepeatedInstructionAcrossPagesThatOverwritesItself() {
    overItself(0x12FFF);
  }

  @Test
  void inTheShadowOfAnInterruptFlagToo() {
    Assembler a = code().cli().mov(EDI, "fill").arithmetic(Assembler.SUB, EDI, 40);
    a.mov(ECX, 100).mov(EAX, 0x90).sti().label("fill").db(0xF3, 0xAA, 0x42).hlt();
    a.to(CODE + 0x100).hlt();
    String seen = same(flat(a), 500, m -> "ecx=%d".formatted(m.r(ECX)));
    assertThat(seen).isEqualTo("ecx=59");
  }

  @Test
  void inDeviceMemoryEveryIterationIsFetched() {
    byte[] fill = {(byte) 0xF3, (byte) 0xAA, (byte) 0xF4};
    Assembler a = code().mov(EDI, 0x20000).mov(ECX, 20).mov(EAX, 0x80000000L).db(0xFF, 0xE0);
    Consumer<TestMachine> device =
        m -> {
          m.put(0x20000, 0, 4);
          m.cpu.mmu.store8(0x20000, 0);
          m.reads((space, address, size) -> fill[(int) address & 3]);
        };
    List<String> log = same(flat(a, device), 80, m -> List.copyOf(m.log));
    assertThat(log.subList(0, 4))
        .containsExactly(
            "read MEMORY 80000000 1 @4",
            "read MEMORY 80000001 1 @4",
            "read MEMORY 80000000 1 @5",
            "read MEMORY 80000001 1 @5");
    assertThat(log).hasSize(41);
  }

  // ---- where blocks end ----

  @Test
  void decodingTouchesNoPageAhead() {
    Assembler a = new Assembler(0x12FF0, 32).idleTo(0x12FFE).db(0xEB, 0xF0); // JMP back to NOPs
    for (int tlbEntries : new int[] {1, 1024}) {
      TestMachine m = TestMachine.flat(tlbEntries).code(0x12FF0, a).paging(0x30000);
      m.cpu.rip = 0x12FF0;
      m.run(100);
      assertThat(m.get(0x31000 + 4 * 0x12, 4) & 0x20).isEqualTo(0x20);
      assertThat(m.get(0x31000 + 4 * 0x13, 4) & 0x20).isZero();
    }
  }

  @Test
  void anInstructionWhoseEndIsNotPresent(TestInfo info) {
    Assembler a = new Assembler(0x12FFC, 32).nop().nop().mov(EAX, 5).hlt();
    Assembler handler = new Assembler(0x18000, 32).hlt();
    String seen =
        same(
            tlbEntries -> {
              TestMachine m = TestMachine.flat(tlbEntries).code(0x12FFC, a).code(0x18000, handler);
              m.paging(0x30000).handler(14, 0x18000);
              m.put(0x31000 + 4 * 0x13, 0, 4);
              m.cpu.rip = 0x12FFC;
              return m;
            },
            20,
            m -> "%x %x %x".formatted(m.cpu.cr2, m.get(m.r(4), 4), m.get(m.r(4) + 4, 4)));
    assertThat(seen).as(info.getDisplayName()).isEqualTo("13000 0 12ffe");
  }

  /** Found by the random board: a block that was decoded passes the limit that another base has. */
  @Test
  void codeStopsAtTheSegmentsLimit() {
    Assembler body = new Assembler(0xFFF0, 16).nop().db(0xEB, 0x00).label("tail");
    body.idleTo(0x1000C).db(0xF4);
    String seen =
        same(
            tlbEntries -> {
              TestMachine m = TestMachine.real(tlbEntries);
              m.code(0x1FFF0 + 0x100, body).put(4 * 13, 0x3000, 4);
              m.code(0x3000, new Assembler(0x3000, 16).hlt());
              // First through a segment in which it is whole, then to where the limit cuts it.
              m.cpu.segment(Cpu.CS, 0x1100, 0x11000, 0xFFFF, 0x9B);
              m.cpu.rip = 0xF0F3;
              m.run(5);
              m.cpu.segment(Cpu.CS, 0x1010, 0x10100, 0xFFFF, 0x9B);
              m.cpu.rip = 0xFFF0;
              return m;
            },
            60,
            m -> "%x:%x from %x".formatted(m.cpu.selector[Cpu.CS], m.cpu.rip, m.get(m.r(4), 2)));
    assertThat(seen).isEqualTo("0:3001 from 0");
  }
}
