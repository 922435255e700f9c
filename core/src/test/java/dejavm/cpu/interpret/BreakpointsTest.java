package dejavm.cpu.interpret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.Assembler;
import dejavm.TestMachine;
import dejavm.cpu.Attention;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.Fault;
import dejavm.cpu.Flags;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The debug registers, and alignment checks, whatever the translation cache and wherever execution
 * stops. SDM volume 3, 17.2, 17.3 and 6.15.
 */
@ParameterizedClass
@CsvSource({"1, 0", "1, 1", "1024, 0", "1024, 3"})
class BreakpointsTest {
  private static final long CODE = TestMachine.CODE;
  private static final long HANDLER = 0x18000;
  private static final long DATA = 0x20100;
  private static final long COUNT = 0x30000;
  private static final long LIMIT = 2000;

  private static final int WRITE = 1;
  private static final int PORT = 2;
  private static final int ACCESS = 3;

  @Parameter(0)
  int tlbEntries;

  @Parameter(1)
  long slice;

  private TestMachine machine;
  private Cpu c;

  /** A program, and a handler of debug exceptions that stops everything. */
  private void program(Assembler code) {
    program(code, new Assembler(HANDLER, 32).hlt());
  }

  private void program(Assembler code, Assembler handler) {
    machine = TestMachine.flat(tlbEntries).code(CODE, code).code(HANDLER, handler);
    machine.handler(Fault.DB, HANDLER);
    c = machine.cpu;
  }

  /** Enables a breakpoint as a program does: by its instructions. */
  private static Assembler enable(Assembler code, int n, long address, int kind, int length) {
    long control = 1L << 2 * n | (long) (kind | length - 1 << 2) << 16 + 4 * n;
    return code.mov(Assembler.EAX, address)
        .db(0x0F, 0x23, 0xC0 | n << 3)
        .mov(Assembler.EAX, control)
        .db(0x0F, 0x23, 0xF8);
  }

  private void run() {
    machine.run(LIMIT, slice);
    assertThat(c.activity).isEqualTo(Cpu.Activity.HALTED);
  }

  /** The instruction that the debug exception is to return to; 0 where there was none. */
  private long interrupted() {
    return c.rip == HANDLER + 1 ? machine.get(c.r[Cpu.RSP], 4) : 0;
  }

  @Test
  void anInstructionIsReachedAndNotExecuted() {
    Assembler code = new Assembler(CODE, 32);
    enable(code, 0, CODE + 100, 0, 1);
    code.idleTo(CODE + 100).storeByte(DATA, 7).hlt();
    program(code);
    run();
    assertThat(interrupted()).isEqualTo(CODE + 100);
    assertThat(c.dr[6] & 0xF).isEqualTo(1);
    assertThat(machine.get(DATA, 1)).isZero();
    assertThat(machine.get(c.r[Cpu.RSP] + 8, 4) & Flags.RF).isZero();
  }

  @Test
  void rfLetsItPassOnceEachTime() {
    Assembler code = new Assembler(CODE, 32);
    enable(code, 3, CODE + 100, 0, 1);
    code.mov(Assembler.ECX, 3)
        .idleTo(CODE + 100)
        .label("again")
        .increment(DATA)
        .loop("again")
        .hlt();
    // or dword [esp + 8], RF
    Assembler handler =
        new Assembler(HANDLER, 32).increment(COUNT).db(0x81, 0x4C, 0x24, 0x08, 0, 0, 1, 0).iret();
    program(code, handler);
    run();
    assertThat(machine.get(COUNT, 4)).isEqualTo(3);
    assertThat(machine.get(DATA, 4)).isEqualTo(3);
    assertThat(c.flag(Flags.RF)).isFalse();
  }

  @Test
  void aStoreIsReportedAfterIt() {
    Assembler code = new Assembler(CODE, 32).storeByte(DATA + 8, 1);
    enable(code, 1, DATA, WRITE, 4).load(Assembler.EDX, DATA).storeByte(DATA + 4, 1);
    code.storeByte(DATA + 3, 9);
    long after = code.here();
    code.storeByte(DATA, 1).hlt();
    program(code);
    run();
    assertThat(interrupted()).isEqualTo(after);
    assertThat(c.dr[6] & 0xF).isEqualTo(2);
    assertThat(machine.get(DATA, 4)).isEqualTo(9 << 24);
  }

  @Test
  void aLoadIsReportedWhereReadsAreWatched() {
    Assembler code = new Assembler(CODE, 32).load(Assembler.EDX, DATA);
    enable(code, 2, DATA, ACCESS, 2).load(Assembler.EBX, DATA + 2).load(Assembler.EBX, DATA - 2);
    long after = code.here();
    code.hlt();
    program(code);
    run();
    assertThat(interrupted()).isEqualTo(after);
    assertThat(c.dr[6] & 0xF).isEqualTo(4);
  }

  @Test
  void anAccessAcrossPagesHitsInTheSecond() {
    Assembler code = new Assembler(CODE, 32);
    enable(code, 0, 0x21000, WRITE, 1).storeValue(0x20FFE, 0x11223344);
    long after = code.here();
    code.hlt();
    program(code);
    run();
    assertThat(interrupted()).isEqualTo(after);
  }

  @Test
  void aRepeatedInstructionStopsAfterTheIteration() {
    Assembler code = new Assembler(CODE, 32);
    enable(code, 0, DATA + 20, WRITE, 4);
    code.mov(Assembler.EDI, DATA).mov(Assembler.ECX, 16);
    long repeated = code.here();
    code.db(0xF3, 0xAB).hlt();
    program(code);
    run();
    assertThat(interrupted()).isEqualTo(repeated);
    assertThat(c.r[Cpu.RCX]).isEqualTo(10);
  }

  @Test
  void whatMovSsReadsIsReportedAfterTheNextInstruction() {
    Assembler code = new Assembler(CODE, 32);
    code.storeValue(DATA, 0x10);
    enable(code, 0, DATA, ACCESS, 2);
    code.db(0x8E, 0x15).dd(DATA).nop();
    long after = code.here();
    code.hlt();
    program(code);
    run();
    assertThat(interrupted()).isEqualTo(after);
  }

  @Test
  void aBreakpointAfterMovSsDoesNotCount() {
    Assembler code = new Assembler(CODE, 32).mov(Assembler.EDX, 0x10);
    enable(code, 0, CODE + 102, 0, 1).idleTo(CODE + 100).db(0x8E, 0xD2).nop().hlt();
    program(code);
    run();
    assertThat(interrupted()).isZero();
  }

  @Test
  void portsAreWatchedWithDebuggingExtensionsOnly() {
    for (boolean extended : new boolean[] {false, true}) {
      Assembler code = new Assembler(CODE, 32);
      enable(code, 2, 0x42, PORT, 2).db(0xE4, 0x43);
      long after = code.here();
      code.hlt();
      program(code);
      c.cr4 = extended ? ControlRegisters.CR4_DE : 0;
      machine.run(LIMIT * 10, slice);
      assertThat(interrupted()).isEqualTo(extended ? after : 0);
    }
  }

  @Test
  void anInstructionThatFaultsReportsNothing() {
    Assembler code = new Assembler(CODE, 32);
    enable(code, 0, DATA, ACCESS, 4);
    // div dword [DATA] of zero: read, then #DE
    code.db(0xF7, 0x35).dd(DATA).hlt();
    program(code);
    machine.handler(Fault.DE, 0x19000).code(0x19000, new Assembler(0x19000, 32).hlt());
    run();
    assertThat(c.rip).isEqualTo(0x19001);
    assertThat(c.dr[6] & 0xF).isZero();
  }

  @Test
  void alignmentIsCheckedForProgramsThatAskForIt() {
    program(new Assembler(CODE, 32));
    c.cr0 |= ControlRegisters.CR0_AM;
    c.setFlags(Flags.AC | 2);
    assertThat(c.load(Cpu.DS, DATA + 1, 4)).isZero();
    c.setCpl(3);
    assertThat(c.attention & Attention.ALIGNMENT).isNotZero();
    assertThat(c.load(Cpu.DS, DATA + 4, 4)).isZero();
    for (int size : new int[] {2, 4, 8}) {
      assertThatThrownBy(() -> c.load(Cpu.DS, DATA + size - 1, size))
          .isInstanceOfSatisfying(
              Fault.class,
              fault ->
                  assertThat(List.of(fault.vector(), fault.error())).containsExactly(Fault.AC, 0));
    }
    c.setFlags(2);
    assertThat(c.load(Cpu.DS, DATA + 1, 4)).isZero();
  }
}
