package dejavm.cpu.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.EmptyBoard;
import dejavm.bus.Backing;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import org.junit.jupiter.api.Test;

/** A jump of 16 bits leads into the first 64 KiB of its segment, from wherever in it. */
class NarrowJumpTest {
  private static final int RAM = 0x12000;

  @Test
  void jumpsFromBeyond64KilobytesWrap() {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
    PhysicalMemory memory = new PhysicalMemory(RAM);
    memory.map(0, RAM, new Backing.Ram(0));
    // At 10800: JMP 0x20 on. At 822 INC AX; at 10822 INC CX; then HLT.
    memory.write(0x10800, new byte[] {(byte) 0xEB, 0x20}, 0, 2);
    memory.write(0x10822, new byte[] {0x41, (byte) 0xF4}, 0, 2);
    memory.write(0x822, new byte[] {0x40, (byte) 0xF4}, 0, 2);
    Mmu mmu = new Mmu(memory, new EmptyBoard(), 16);
    Cpu cpu = new Cpu(0, mmu, new EmptyBoard(), CpuModel.DEFAULT, new CostTable(1, 0), 100_000_000);
    cpu.segment(Cpu.CS, 0, 0, 0xFFFFFFFFL, 0x809B);
    cpu.rip = 0x10800;
    new Translator(cpu, 0).run(cpu, 1000);
    assertThat(cpu.r[Cpu.RAX]).isEqualTo(1);
    assertThat(cpu.r[Cpu.RCX]).isZero();
    assertThat(cpu.rip).isEqualTo(0x824);
  }
}
