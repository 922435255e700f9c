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
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What happens when there is no room for more code. */
class CodeMemoryTest {
  private static final int RAM = 1 << 16;
  private static final int START = 0x100;
  private static final int END = 0xF000;

  /**
   * More blocks than there is room for: INC AX, ADD CX,AX and a jump to the next, again and again.
   */
  private static Cpu cpu() {
    PhysicalMemory memory = new PhysicalMemory(RAM);
    memory.map(0, RAM, new Backing.Ram(0));
    byte[] block = {0x40, 0x01, (byte) 0xC1, (byte) 0xEB, 0};
    int at = START;
    while (at < END) {
      memory.write(at, block, 0, block.length);
      at += block.length;
    }
    byte[] back = {(byte) 0xE9, (byte) (START - at - 3), (byte) (START - at - 3 >> 8)};
    memory.write(at, back, 0, back.length);
    Mmu mmu = new Mmu(memory, new EmptyBoard(), 16);
    Cpu cpu = new Cpu(0, mmu, new EmptyBoard(), CpuModel.DEFAULT, new CostTable(1, 0), 100_000_000);
    cpu.segment(Cpu.CS, 0, 0, 0xFFFF, 0x9B);
    cpu.rip = START;
    return cpu;
  }

  private static Cpu run(Function<Cpu, Engine> engine) {
    Cpu cpu = cpu();
    engine.apply(cpu).run(cpu, 200_000);
    return cpu;
  }

  @Test
  void codeIsDroppedAndMadeAnew() {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
    Translator[] translator = new Translator[1];
    Cpu translated = run(cpu -> translator[0] = new Translator(cpu, 0, 5 << 16));
    Cpu interpreted = run(Interpreter::new);
    assertThat(translated.r).isEqualTo(interpreted.r);
    assertThat(translated.rip).isEqualTo(interpreted.rip);
    assertThat(translator[0].statistics().figures().get("code_memory_full")).isGreaterThan(1);
  }
}
