package dejavm.cpu.translate;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.EBX;
import static dejavm.Assembler.ECX;
import static dejavm.Assembler.NOT_EQUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.Assembler;
import dejavm.EmptyBoard;
import dejavm.bus.Backing;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.Engine;
import dejavm.cpu.interpret.Interpreter;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import org.junit.jupiter.api.Test;

/**
 * An instruction that lies in two pages, of which the second changes: its bytes now and then, and
 * now and then which page of memory it is.
 */
class CrossingTest {
  private static final int RAM = 1 << 16;
  private static final int DIRECTORY = 0x8000;
  private static final int TABLE = 0x9000;
  private static final int START = 0x1F00;
  private static final int BORDER = 0x2000;
  private static final int OTHER = 0x3000;
  private static final int ROUNDS = 3000;

  /** The last two bytes of what MOV loads are in the second page. */
  private static byte[] program() {
    return new Assembler(START, 32)
        .mov(ECX, ROUNDS)
        .mov(EBX, 0)
        .label("loop")
        .db(0xF6, 0xC1, 0x0F)
        .jumpIf(NOT_EQUAL, "same")
        .db(0xFE)
        .absolute(0, BORDER + 1)
        .label("same")
        .db(0xF6, 0xC1, 0x3F)
        .jumpIf(NOT_EQUAL, "here")
        .db(0x81)
        .absolute(6, TABLE + 4 * (BORDER >> 12))
        .dd(BORDER ^ OTHER)
        .label("here")
        .jump(BORDER - 3)
        .label("next")
        .db(0x49)
        .jumpIf(NOT_EQUAL, "loop")
        .hlt()
        .idleTo(BORDER - 3)
        .mov(EAX, 0x11223344)
        .db(0x01)
        .registers(EAX, EBX)
        .jump("next")
        .code();
  }

  private static Cpu run(boolean translated, Translator[] translator) {
    PhysicalMemory memory = new PhysicalMemory(RAM);
    memory.map(0, RAM, new Backing.Ram(0));
    byte[] program = program();
    memory.write(START, program, 0, program.length);
    int behind = program.length - (BORDER - START);
    memory.write(OTHER, program, BORDER - START, behind);
    memory.write(OTHER, new byte[] {0x55}, 0, 1);
    Mmu mmu = new Mmu(memory, new EmptyBoard(), 16);
    write(memory, DIRECTORY, TABLE | 3);
    for (int page = 0; page < RAM >> 12; page++) {
      write(memory, TABLE + 4 * page, page << 12 | 3);
    }
    Cpu cpu = new Cpu(0, mmu, new EmptyBoard(), CpuModel.DEFAULT, new CostTable(1, 0), 100_000_000);
    cpu.cr0 |= ControlRegisters.CR0_PE | ControlRegisters.CR0_PG;
    cpu.cr3 = DIRECTORY;
    for (int segment = Cpu.ES; segment <= Cpu.DS; segment++) {
      cpu.segment(segment, 8, 0, 0xFFFFFFFFL, segment == Cpu.CS ? 0xC09B : 0xC093);
    }
    cpu.controlChanged();
    cpu.rip = START;
    Engine engine = translated ? translator[0] = new Translator(cpu, 0) : new Interpreter(cpu);
    engine.run(cpu, 1_000_000);
    return cpu;
  }

  private static void write(PhysicalMemory memory, int at, int value) {
    byte[] bytes = {(byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24)};
    memory.write(at, bytes, 0, 4);
  }

  @Test
  void whatIsInTheSecondPageCounts() {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
    Translator[] translator = new Translator[1];
    Cpu translated = run(true, translator);
    Cpu interpreted = run(false, translator);
    assertThat(interpreted.r[Cpu.RCX]).isZero();
    assertThat(translated.r).isEqualTo(interpreted.r);
    assertThat(translated.rip).isEqualTo(interpreted.rip);
    assertThat(translated.retired()).isEqualTo(interpreted.retired());
    // Most rounds find the second page as it was, and need no help; after some changes of that page
    // it is left alone for a while.
    assertThat(translator[0].statistics().figures().get("executed_one_by_one"))
        .isLessThan(translated.retired() / 2);
  }
}
