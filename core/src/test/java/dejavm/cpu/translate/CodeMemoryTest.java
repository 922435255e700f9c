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
import dejavm.memory.Guard;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What happens when there is no room for more code; and what is around code and memory. */
@SuppressWarnings("restricted") // a test writes to the host's memory
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

  @Test
  void nobodyMayTouchWhatIsAroundMemory() throws IOException {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
    PhysicalMemory memory = new PhysicalMemory(RAM);
    HostCalls host = new HostCalls();
    memory.guard(host);
    CodeMemory code = new CodeMemory(1 << 20, host);
    List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
    MemorySegment ram = memory.segment();
    long[] outside = {ram.address() - 1, ram.address() + ram.byteSize(), code.here() - 1};
    for (long address : outside) {
      assertThat(rights(maps, address)).as("%x", address).isEqualTo("---p");
    }
    assertThat(rights(maps, ram.address())).startsWith("rw-");
    assertThat(rights(maps, code.here())).isEqualTo("r-xs");
  }

  /** What the C library gave it hands out again, so it must be as it was. */
  @Test
  void theMarginsAreAllowedAgainBeforeMemoryIsGivenBack() throws InterruptedException {
    List<String> done = Collections.synchronizedList(new ArrayList<>());
    Guard guard =
        new Guard() {
          @Override
          public void forbid(long address, long length) {
            done.add("forbid %x".formatted(address));
          }

          @Override
          public void allow(long address, long length) {
            // it is still there to be written to
            MemorySegment.ofAddress(address).reinterpret(length).fill((byte) 1);
            done.add("allow %x".formatted(address));
          }
        };
    long address = guarded(guard);
    for (int i = 0; i < 100 && done.size() < 4; i++) {
      System.gc();
      Thread.sleep(20);
    }
    long first = address - 0x10000;
    long last = address + RAM + (8 << 20);
    assertThat(done)
        .containsExactly(
            "forbid %x".formatted(first),
            "forbid %x".formatted(last),
            "allow %x".formatted(first),
            "allow %x".formatted(last));
  }

  private static long guarded(Guard guard) {
    PhysicalMemory memory = new PhysicalMemory(RAM);
    memory.guard(guard);
    return memory.segment().address();
  }

  /** The rights to an address, of the ranges of proc_pid_maps(5). */
  private static String rights(List<String> maps, long address) {
    for (String line : maps) {
      String[] fields = line.split(" ");
      String[] range = fields[0].split("-");
      if (Long.parseUnsignedLong(range[0], 16) <= address
          && address < Long.parseUnsignedLong(range[1], 16)) {
        return fields[1];
      }
    }
    return "";
  }
}
