package dejavm.cpu.translate;

import static dejavm.Assembler.EAX;
import static dejavm.Assembler.EBX;
import static dejavm.Assembler.ECX;
import static dejavm.Assembler.EDI;
import static dejavm.Assembler.ESI;
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
 * STI in translated code: an interrupt that is requested at any instant comes where it comes by the
 * interpreter, one instruction after STI at the earliest.
 */
class InterruptFlagTest {
  private static final int RAM = 1 << 16;
  private static final int START = 0x1000;
  private static final int TABLE = 0x3000;
  private static final int DESCRIPTORS = 0x4000;
  private static final int SCRATCH = 0x5000;
  private static final int STACK = 0x8000;
  private static final int VECTOR = 0x20;
  private static final int END = 200;

  /** After which no STI comes any more. */
  private static final int LAST = 57;

  /**
   * What stands behind STI: a register's, a repeated one, STI, a jump, PAUSE, the interpreter's.
   */
  private static byte[] program() {
    return new Assembler(START, 32)
        .mov(ESI, 2)
        .label("loop")
        .cli()
        .mov(ECX, 5)
        .mov(EDI, SCRATCH)
        .sti()
        .db(0xF3, 0xAA)
        .cli()
        .sti()
        .sti()
        .db(0x40)
        .cli()
        .sti()
        .jump("next")
        .label("next")
        .cli()
        .sti()
        .db(0xF3, 0x90)
        .cli()
        .sti()
        .db(0x0F, 0xA2)
        .cli()
        .db(0x8C, 0xC8)
        .db(0x0E)
        .pop(EBX)
        .sti()
        .cli()
        .db(0x4E)
        .jumpIf(NOT_EQUAL, "loop")
        .label("end")
        .jump("end")
        .code();
  }

  /** Notes where it came, and returns. */
  private static byte[] handler() {
    return new Assembler(START + 0x800, 32)
        .db(0x8B, 0x04, 0x24)
        .store(SCRATCH + 0x100, EAX)
        .iret()
        .code();
  }

  private static Cpu run(boolean translated, int requested, PhysicalMemory memory) {
    memory.map(0, RAM, new Backing.Ram(0));
    memory.write(START, program(), 0, program().length);
    memory.write(START + 0x800, handler(), 0, handler().length);
    byte[] gate = {0, (byte) (START + 0x800 >> 8), 8, 0, 0, (byte) 0x8E, 0, 0};
    memory.write(TABLE + 8 * VECTOR, gate, 0, 8);
    byte[] code = {-1, -1, 0, 0, 0, (byte) 0x9B, (byte) 0xCF, 0};
    memory.write(DESCRIPTORS + 8, code, 0, 8);
    Cpu[] the = new Cpu[1];
    EmptyBoard board =
        new EmptyBoard() {
          @Override
          public int acknowledgeInterrupt(long now, int id) {
            request(the[0], false);
            return VECTOR;
          }
        };
    Mmu mmu = new Mmu(memory, board, 16);
    Cpu cpu = new Cpu(0, mmu, board, CpuModel.DEFAULT, new CostTable(3, 0), 100_000_000);
    the[0] = cpu;
    cpu.cr0 |= ControlRegisters.CR0_PE;
    for (int segment = Cpu.ES; segment <= Cpu.DS; segment++) {
      cpu.segment(segment, 8, 0, 0xFFFFFFFFL, segment == Cpu.CS ? 0xC09B : 0xC093);
    }
    cpu.idtBase = TABLE;
    cpu.idtLimit = 0xFFF;
    cpu.gdtBase = DESCRIPTORS;
    cpu.gdtLimit = 0xF;
    cpu.controlChanged();
    cpu.rip = START;
    cpu.r[Cpu.RSP] = STACK;
    Engine engine = translated ? new Translator(cpu, 0) : new Interpreter(cpu);
    engine.run(cpu, requested);
    request(cpu, true);
    engine.run(cpu, END);
    return cpu;
  }

  private static void request(Cpu cpu, boolean level) {
    cpu.intr = level;
    cpu.updateAttention();
  }

  @Test
  void anInterruptComesWhereItComesByTheInterpreter() {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
    for (int instant = 0; instant <= LAST; instant++) {
      PhysicalMemory one = new PhysicalMemory(RAM);
      PhysicalMemory other = new PhysicalMemory(RAM);
      Cpu translated = run(true, instant, one);
      Cpu interpreted = run(false, instant, other);
      assertThat(translated.r).as("requested at %d", instant).isEqualTo(interpreted.r);
      assertThat(translated.rip).isEqualTo(interpreted.rip);
      assertThat(translated.flags()).isEqualTo(interpreted.flags());
      assertThat(translated.retired()).isEqualTo(interpreted.retired());
      assertThat(translated.now()).isEqualTo(interpreted.now());
      byte[] its = new byte[4];
      byte[] others = new byte[4];
      one.read(SCRATCH + 0x100, its, 0, 4);
      other.read(SCRATCH + 0x100, others, 0, 4);
      assertThat(its).as("requested at %d", instant).isEqualTo(others).isNotEqualTo(new byte[4]);
      assertThat(interpreted.r[Cpu.RSI]).isZero();
    }
  }
}
