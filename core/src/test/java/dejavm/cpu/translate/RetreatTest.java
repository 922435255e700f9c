package dejavm.cpu.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.EmptyBoard;
import dejavm.bus.Backing;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.Engine;
import dejavm.cpu.interpret.Interpreter;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where translated code would be slower than the interpreter, it is the interpreter that runs. */
class RetreatTest {
  private static final int RAM = 1 << 16;
  private static final int START = 0x100;

  @BeforeAll
  static void here() {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
  }

  /** In real mode, with CX and BX. */
  private static Cpu cpu(int... program) {
    PhysicalMemory memory = new PhysicalMemory(RAM);
    memory.map(0, RAM, new Backing.Ram(0));
    byte[] code = new byte[program.length];
    for (int i = 0; i < code.length; i++) {
      code[i] = (byte) program[i];
    }
    memory.write(START, code, 0, code.length);
    Mmu mmu = new Mmu(memory, new EmptyBoard(), 16);
    Cpu cpu = new Cpu(0, mmu, new EmptyBoard(), CpuModel.DEFAULT, new CostTable(1, 0), 100_000_000);
    cpu.segment(Cpu.CS, 0, 0, 0xFFFF, 0x9B);
    cpu.rip = START;
    cpu.r[Cpu.RCX] = 0xFFFF;
    cpu.r[Cpu.RBX] = 0xFFFF;
    return cpu;
  }

  private static Map<String, Long> figures(int... program) {
    Cpu translated = cpu(program);
    Cpu interpreted = cpu(program);
    Translator translator = new Translator(translated, 0);
    for (Engine engine : new Engine[] {translator, new Interpreter(interpreted)}) {
      engine.run(engine == translator ? translated : interpreted, 10_000_000);
    }
    assertThat(translated.r).isEqualTo(interpreted.r);
    assertThat(translated.r[Cpu.RBX]).isZero();
    assertThat(translated.now()).isEqualTo(interpreted.now());
    assertThat(translated.retired()).isEqualTo(interpreted.retired());
    return translator.statistics().figures();
  }

  /** INC of the byte that MOV AL loads, ADD DX,AX, DEC CX, JNZ; then DEC BX, JNZ. */
  @Test
  void aPageThatIsModifiedAgainAndAgainIsLeftAloneUntilThatEnds() {
    Map<String, Long> figures =
        figures(
            0xFE, 0x06, 0x05, 0x01, 0xB0, 0x00, 0x01, 0xC2, 0x49, 0x75, 0xF5, 0x4B, 0x75, 0xFD,
            0xF4);
    assertThat(figures.get("pages_dropped")).isBetween(4L, 1000L);
    assertThat(figures.get("executed_translated")).isGreaterThan(2 * 0xF000L);
  }

  /** DEC CX, JNZ; DEC BX, JNZ: in one slice. */
  @Test
  void theInterpreterStopsWhereTranslationBegins() {
    Cpu cpu = cpu(0x49, 0x75, 0xFD, 0x4B, 0x75, 0xFD, 0xF4);
    Translator translator = new Translator(cpu, 1000);
    translator.run(cpu, 100_000_000);
    assertThat(cpu.r[Cpu.RBX]).isZero();
    long translated = translator.statistics().figures().get("executed_translated");
    assertThat(translated).isBetween(cpu.retired() - 1100, cpu.retired() - 999);
  }

  /** The ends of slices in the middle of a block: INC AX nine times and JMP back. */
  @Test
  void aSliceThatMayEndAtABlockEndsThere() {
    int[] program = {0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0xEB, 0xF5};
    Cpu cpu = cpu(program);
    Translator translator = new Translator(cpu, 0);
    for (long until = 1005; until < 100_000; until += 1000) {
      translator.run(cpu, until - 50, until);
      assertThat(cpu.now()).isEqualTo(until - 5);
      assertThat(cpu.rip).isEqualTo(START);
    }
    assertThat(translator.statistics().figures().get("short_slices")).isZero();
    translator.run(cpu, 100_005);
    assertThat(cpu.now()).isEqualTo(100_005);
    assertThat(translator.statistics().figures().get("short_slices")).isOne();
    Cpu interpreted = cpu(program);
    new Interpreter(interpreted).run(interpreted, 100_005);
    assertThat(cpu.state()).usingRecursiveComparison().isEqualTo(interpreted.state());
  }

  /** INC of a byte in the page of the code, DEC CX, JNZ; DEC BX, JNZ. */
  @Test
  void codeThatIsLeftAllTheTimeIsInterpreted() {
    Map<String, Long> figures =
        figures(0xFE, 0x06, 0x80, 0x01, 0x49, 0x75, 0xF9, 0x4B, 0x75, 0xFD, 0xF4);
    assertThat(figures.get("retreats")).isPositive();
    assertThat(figures.get("executed_translated")).isLessThan(0x1_8000L);
  }
}
