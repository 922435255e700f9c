package dejavm.cpu.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Engines;
import dejavm.bus.Backing;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Space;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuFeature;
import dejavm.cpu.CpuModel;
import dejavm.cpu.Engine;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import dejavm.memory.SystemBus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code system.asm}: nearly 8000 cases of segment loads, gates, interrupts, task switches,
 * flags and virtual-8086 mode. What they print was compared with QEMU, line by line; {@code
 * system.txt} says where and why it differs.
 */
class SystemRomTest {
  private static final int ROM_SIZE = 0x10000;
  private static final long LIMIT = 100_000_000L;

  @Test
  void printsWhatIsExpected() throws IOException {
    String output = run();

    assertThat(groups(output)).isEqualTo(expected());
  }

  /** By group and level: the number of lines and their checksum. */
  private static Map<String, String> groups(String output) {
    Map<String, CRC32> sums = new LinkedHashMap<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String line : output.split("(?<=\n)")) {
      String group = line.substring(0, 4);
      sums.computeIfAbsent(group, key -> new CRC32())
          .update(line.getBytes(StandardCharsets.ISO_8859_1));
      counts.merge(group, 1, Integer::sum);
    }
    Map<String, String> groups = new LinkedHashMap<>();
    sums.forEach(
        (group, sum) -> groups.put(group, "%d %08x".formatted(counts.get(group), sum.getValue())));
    return groups;
  }

  private static Map<String, String> expected() throws IOException {
    Map<String, String> groups = new LinkedHashMap<>();
    String text = new String(resource("system.txt"), StandardCharsets.US_ASCII);
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\\s+"))
        .forEach(words -> groups.put(words[0] + " " + words[1], words[2] + " " + words[3]));
    return groups;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = SystemRomTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static String run() throws IOException {
    byte[] rom = new byte[ROM_SIZE];
    byte[] code = resource("system.bin");
    System.arraycopy(code, 0, rom, 0, code.length);
    byte[] jump = {(byte) 0xEA, 0, 0, 0, (byte) 0xF0};
    System.arraycopy(jump, 0, rom, 0xFFF0, jump.length);

    PhysicalMemory memory = new PhysicalMemory(16 << 20);
    memory.map(0, 16 << 20, new Backing.Ram(0));
    memory.map(0xF0000, ROM_SIZE, new Backing.Rom(rom));
    memory.map(0xFFFF0000L, ROM_SIZE, new Backing.Rom(rom));
    Console console = new Console();
    Mmu mmu = new Mmu(memory, new EmptyBus(), 64);
    Cpu cpu =
        new Cpu(
            0,
            mmu,
            console,
            CpuModel.PENTIUM3.without(CpuFeature.VME, CpuFeature.DE),
            new CostTable(1, 0),
            100_000_000L);
    console.cpu = cpu;
    Engine engine = Engines.engine(cpu);
    while (cpu.activity != Cpu.Activity.OFF && cpu.now() < LIMIT) {
      engine.run(cpu, cpu.now() + 1_000_000);
    }
    return console.output.toString(StandardCharsets.ISO_8859_1);
  }

  private static final class EmptyBus implements SystemBus {
    @Override
    public long read(long physical, int size) {
      return -1L >>> 64 - 8 * size;
    }

    @Override
    public void write(long physical, int size, long value) {}
  }

  /** Two ports: what is printed, and the end. */
  private static final class Console implements Platform {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private Cpu cpu;

    @Override
    public long read(long now, int id, Space space, long address, int size) {
      return -1L >>> 64 - 8 * size;
    }

    @Override
    public void write(long now, int id, Space space, long address, int size, long value) {
      if (address == 0xE9) {
        output.write((int) value);
      } else if (address == 0xF4) {
        cpu.activity(Cpu.Activity.OFF);
      }
    }

    @Override
    public int acknowledgeInterrupt(long now, int id) {
      throw new AssertionError("no interrupt was requested");
    }

    @Override
    public void pin(long now, int id, Pin pin, boolean level) {
      cpu.activity(Cpu.Activity.OFF);
    }

    @Override
    public long horizon() {
      return Long.MAX_VALUE;
    }

    @Override
    public void advance(long now) {}

    @Override
    public long idle(long now, long until) {
      return until;
    }
  }
}
