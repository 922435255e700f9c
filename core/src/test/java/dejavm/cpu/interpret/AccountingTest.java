package dejavm.cpu.interpret;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.ECX;
import static dejavm.Assembler.EDI;
import static dejavm.Assembler.EDX;
import static dejavm.Assembler.ESI;
import static dejavm.TestMachine.PAUSE_COST;
import static dejavm.TestMachine.PORT_COST;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Assembler;
import dejavm.TestMachine;
import dejavm.bus.Signal;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Law 1: what everything costs. Each piece of code runs between two reads of a port, whose moments
 * are in the log; and the same in slices of one tick, and within a block or stepped.
 */
class AccountingTest {
  private static final long CODE = TestMachine.CODE;

  private interface Piece {
    void emit(Assembler a);
  }

  /** Ticks and instructions that a piece of code takes, with ECX 5 and strings at 0x7000. */
  private static void costs(long ticks, long instructions, Piece piece) {
    for (long slice : new long[] {0, 1, 3}) {
      for (int padding : new int[] {0, 4070}) {
        TestMachine m = run(piece, slice, padding);
        List<String> marks = m.log.stream().filter(l -> l.startsWith("read PORT ee")).toList();
        long taken = moment(marks.get(1)) - moment(marks.get(0)) - 1 - PORT_COST;
        assertThat(taken).as("ticks").isEqualTo(ticks);
        // Before: STI and moves, the first read; after: the second read and HLT.
        assertThat(m.cpu.retired()).as("instructions").isEqualTo(6 + 1 + instructions + 2);
      }
    }
  }

  private static TestMachine run(Piece piece, long slice, int padding) {
    Assembler a = new Assembler(CODE + padding, 32).sti();
    a.mov(EAX, 0x10).mov(ECX, 5).mov(EDX, 0x80).mov(ESI, 0x7000).mov(EDI, 0x7100);
    a.db(0xE4, 0xEE);
    piece.emit(a);
    a.db(0xE4, 0xEE).hlt();
    Assembler back = new Assembler(0x18000, 32).iret();
    Assembler skip = new Assembler(0x19000, 32).db(0x83, 0x04, 0x24, 2).iret();
    TestMachine m = TestMachine.flat(16).code(CODE + padding, a);
    m.code(0x18000, back).code(0x19000, skip);
    m.handler(0x40, 0x18000).handler(6, 0x19000).handler(3, 0x18000);
    m.cpu.rip = CODE + padding;
    return m.run(5000, slice);
  }

  private static long moment(String line) {
    return Long.parseLong(line.substring(line.indexOf('@') + 1));
  }

  @Test
  void plainInstructionsTakeOneTick() {
    costs(0, 0, a -> {});
    costs(1, 1, Assembler::nop);
    costs(3, 3, a -> a.db(0x40).mov(EAX, 7).db(0xF7, 0xE0));
    costs(2, 2, a -> a.load(EAX, 0x7000).store(0x7004, EAX));
    costs(2, 2, a -> a.load(EAX, 0x8000_0000L).store(0x8000_0004L, EAX));
    costs(1, 1, a -> a.load(EAX, 0x7FFE));
    costs(2, 2, a -> a.db(0x60, 0x61));
    costs(1, 1, a -> a.db(0x0F, 0xA2));
    costs(1, 1, a -> a.db(0x0F, 0x31));
    costs(2, 2, a -> a.db(0xD9, 0xE8, 0xD9, 0xFE));
    costs(6, 6, a -> a.mov(ECX, 2).label("loop").nop().loop("loop").nop());
    costs(2, 2, a -> a.db(0x49).jumpIf(Assembler.NOT_EQUAL, "there").label("there"));
    costs(2, 2, a -> a.jump("x").nop().label("x").db(0xEA).reference("y").dw(8).label("y"));
    costs(3, 3, a -> a.call("f").jump("end").label("f").ret().label("end"));
    costs(1, 1, a -> a.segment(3, EAX));
    costs(2, 2, a -> a.cli().sti());
  }

  @Test
  void pauseAndPortsTakeMore() {
    costs(PAUSE_COST, 1, a -> a.db(0xF3, 0x90));
    costs(3L * PAUSE_COST + 2, 5, a -> a.db(0xF3, 0x90, 0x90, 0xF3, 0x90, 0x90, 0xF3, 0x90));
    costs(1 + PORT_COST, 1, Assembler::in);
    costs(1 + PORT_COST, 1, Assembler::out);
    costs(1 + PORT_COST, 1, a -> a.db(0xED));
    costs(1 + PORT_COST, 1, a -> a.db(0x6D));
    costs(1 + PORT_COST, 1, a -> a.db(0x6E));
  }

  @Test
  void aRepeatedInstructionTakesOneTickAnIteration() {
    for (int opcode : new int[] {0xA4, 0xA5, 0xAA, 0xAB, 0xAC, 0xAD}) {
      costs(5, 1, a -> a.db(0xF3, opcode));
      costs(1, 1, a -> a.db(opcode));
      costs(2, 2, a -> a.mov(ECX, 0).db(0xF3, opcode));
    }
    for (int opcode : new int[] {0x6C, 0x6D, 0x6E, 0x6F}) {
      costs(5 * (1 + PORT_COST), 1, a -> a.db(0xF3, opcode));
      costs(2, 2, a -> a.mov(ECX, 0).db(0xF3, opcode));
    }
    // Equal bytes: all five, or one.
    costs(5, 1, a -> a.db(0xF3, 0xA6));
    costs(1, 1, a -> a.db(0xF2, 0xA6));
    costs(5, 1, a -> a.db(0xF3, 0xAE));
    costs(1, 1, a -> a.db(0xF2, 0xAE));
    costs(2000 + 1, 2, a -> a.mov(ECX, 2000).db(0xF3, 0xAA));
  }

  @Test
  void exceptionsAndInterruptsTakeOneTickAndAreNoInstructions() {
    // INT is an instruction; its handler's IRET is one more.
    costs(2, 2, a -> a.db(0xCD, 0x40));
    costs(2, 2, a -> a.db(0xCC));
    // UD2 is none: the tick is that of the exception; ADD and IRET follow.
    costs(3, 2, a -> a.db(0x0F, 0x0B));
  }

  @Test
  void anInterruptFromOutsideTakesOneTick() {
    for (long slice : new long[] {0, 1, 3}) {
      TestMachine m =
          TestMachine.flat(16).code(CODE, new Assembler(CODE, 32).sti().nop().nop().nop().hlt());
      m.code(0x18000, new Assembler(0x18000, 32).iret()).handler(0x40, 0x18000);
      m.at(2, () -> m.signal(Signal.INTR, 1)).run(6, slice);
      assertThat(m.cpu.retired()).isEqualTo(5);
      assertThat(m.cpu.rip).isEqualTo(CODE + 4);
    }
  }
}
