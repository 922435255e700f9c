package dejavm.cpu.interpret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Backing;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Space;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.CpuState;
import dejavm.cpu.Fault;
import dejavm.cpu.Flags;
import dejavm.cpu.Msrs;
import dejavm.cpu.SegmentRights;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import dejavm.memory.SystemBus;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * System instructions from their bytes, in 64-bit mode at level 0 without paging: that each reaches
 * what carries it out, with the right operands.
 */
class SystemOperationsTest {
  private final Cpu c = cpu(CpuModel.X86_64_V2);
  private final Operations operations = new Operations(c);

  private static Cpu cpu(CpuModel model) {
    PhysicalMemory memory = new PhysicalMemory(1 << 20);
    memory.map(0, 1 << 20, new Backing.Ram(0));
    Mmu mmu = new Mmu(memory, new NoBus(), 16);
    Cpu cpu = new Cpu(0, mmu, new NoPlatform(), model, new CostTable(1, 0), 100_000_000L);
    cpu.cr0 = ControlRegisters.CR0_ET | ControlRegisters.CR0_PE;
    cpu.efer = ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA | ControlRegisters.EFER_SCE;
    cpu.controlChanged();
    cpu.segment(Cpu.CS, 8, 0, 0xFFFFFFFFL, 0xA09B);
    cpu.rip = 0x1000;
    return cpu;
  }

  private void execute(String bytes) {
    byte[] code = HexFormat.of().parseHex(bytes.replace(" ", ""));
    Insn insn = new Decoder().decode(code, 0, code.length, 64);
    c.nextRip = c.rip + insn.length;
    assertThat(operations.execute(insn)).isTrue();
  }

  /** The first number of java.util.SplittableRandom(42). */
  @ParameterizedTest
  @CsvSource({
    "48 0F C7 F3, bdd732262feb6e95", // RDRAND RBX
    "0F C7 F3, 2feb6e95",
    "66 0F C7 F3, ffffffffffff6e95"
  })
  void rdrand(String bytes, String expected) {
    c.seedRandom(42);
    c.r[Cpu.RBX] = -1;
    c.setArithmeticFlags(Flags.ARITHMETIC);
    execute(bytes);
    assertThat(Long.toHexString(c.r[Cpu.RBX])).isEqualTo(expected);
    assertThat(c.arithmeticFlags()).isEqualTo(Flags.CF);
  }

  @Test
  void syscallAndSysret() {
    c.star = 0x0023_0010_0000_0000L;
    c.lstar = 0x5000;
    execute("0F 05");
    assertThat(c.nextRip).isEqualTo(0x5000);
    assertThat(c.r[Cpu.RCX]).isEqualTo(0x1002);
    execute("48 0F 07");
    assertThat(c.cpl).isEqualTo(3);
    assertThat(c.nextRip).isEqualTo(0x1002);
    assertThat(c.selector[Cpu.CS]).isEqualTo(0x33);
  }

  @Test
  void sysenterAndSysexit() {
    c.sysenterCs = 0x10;
    c.sysenterEip = 0x1_0000_5000L;
    execute("0F 34");
    assertThat(c.nextRip).isEqualTo(0x1_0000_5000L);
    c.r[Cpu.RDX] = 0x1_0000_6000L;
    execute("48 0F 35");
    assertThat(c.nextRip).isEqualTo(0x1_0000_6000L);
    assertThat(c.code64()).isTrue();
    c.setCpl(0);
    execute("0F 35");
    assertThat(c.nextRip).isEqualTo(0x6000);
    assertThat(c.code64()).isFalse();
  }

  @Test
  void swapgsAndBases() {
    c.kernelGsBase = 0x1234_5678_9000L;
    execute("0F 01 F8");
    assertThat(c.base[Cpu.GS]).isEqualTo(0x1234_5678_9000L);
    c.r[Cpu.RCX] = 0xC0000101L;
    execute("0F 32");
    assertThat(c.r[Cpu.RAX]).isEqualTo(0x56789000);
    assertThat(c.r[Cpu.RDX]).isEqualTo(0x1234);
    c.r[Cpu.RAX] = 0xFFFF_FFFF_8000_0000L;
    c.r[Cpu.RDX] = 0x7777_7777_0000_0001L;
    execute("0F 30");
    assertThat(c.base[Cpu.GS]).isEqualTo(0x1_8000_0000L);
  }

  @Test
  void flagOfAccessControl() {
    execute("0F 01 CB");
    assertThat(c.flag(Flags.AC)).isTrue();
    execute("0F 01 CA");
    assertThat(c.flag(Flags.AC)).isFalse();
  }

  @Test
  void monitorAndMwait() {
    c.r[Cpu.RAX] = 0x2000;
    c.r[Cpu.RCX] = 1L << 32; // only ECX counts
    execute("0F 01 C8");
    assertThat(c.monitoring).isTrue();
    execute("0F 01 C9");
    assertThat(c.activity).isEqualTo(Cpu.Activity.HALTED);
  }

  @Test
  void monitorTakesAnOverriddenSegmentAndAddressSize() {
    c.r[Cpu.RAX] = 0x8000_0000_0000L; // not canonical, but EAX is 0
    assertThatThrownBy(() -> execute("0F 01 C8")).isInstanceOf(Fault.class);
    execute("67 0F 01 C8");
    assertThat(c.monitoring).isTrue();
    c.segment(Cpu.FS, 0, 0x7FFF_FFFF_FFFFL, 0, SegmentRights.NULL);
    c.r[Cpu.RAX] = 1;
    assertThatThrownBy(() -> execute("64 0F 01 C8")).isInstanceOf(Fault.class);
  }

  @Test
  void rdtscp() {
    c.tscAux = 7;
    execute("0F 01 F9");
    assertThat(c.r[Cpu.RCX]).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0F AE E8", "0F AE F0", "0F AE F8", "0F AE 38", "0F 08", "0F 01 38"})
  void withoutEffect(String bytes) {
    CpuState before = c.state();
    execute(bytes);
    assertThat(c.state()).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void flushingALineIsALoad() {
    c.r[Cpu.RAX] = 0x8000_0000_0000L;
    assertThatThrownBy(() -> execute("0F AE 38")).isInstanceOf(Fault.class);
  }

  @Test
  void controlAndDebugRegistersHave64Bits() {
    c.r[Cpu.RAX] = 0x9;
    execute("44 0F 22 C0"); // MOV CR8, RAX
    assertThat(c.cr8).isEqualTo(9);
    execute("44 0F 20 C3"); // MOV RBX, CR8
    assertThat(c.r[Cpu.RBX]).isEqualTo(9);
    c.r[Cpu.RAX] = 0xFFFF_8000_0000_1234L;
    execute("0F 23 C0"); // MOV DR0, RAX
    execute("0F 21 C1"); // MOV RCX, DR0
    assertThat(c.r[Cpu.RCX]).isEqualTo(0xFFFF_8000_0000_1234L);
  }

  @Test
  void selectorsInWideRegisters() {
    c.selector[Cpu.TR] = 0x40;
    c.r[Cpu.RAX] = -1;
    execute("48 0F 00 C8"); // STR RAX
    assertThat(c.r[Cpu.RAX]).isEqualTo(0x40);
    c.r[Cpu.RAX] = -1;
    execute("66 0F 00 C8"); // STR AX
    assertThat(c.r[Cpu.RAX]).isEqualTo(~0xFFFFL | 0x40);
    execute("48 0F 01 E0"); // SMSW RAX
    assertThat(c.r[Cpu.RAX]).isEqualTo(c.cr0);
  }

  @Test
  void whatTheModelHasNotIsInvalid() {
    Operations old = new Operations(cpu(CpuModel.X86_64_V1));
    for (String bytes : new String[] {"0F C7 F0", "0F 01 C8", "0F 01 CB", "0F 01 F9", "0F 01 D0"}) {
      byte[] code = HexFormat.of().parseHex(bytes.replace(" ", ""));
      Insn insn = new Decoder().decode(code, 0, code.length, 64);
      assertThatThrownBy(() -> old.execute(insn)).isInstanceOf(UnsupportedInstruction.class);
    }
  }

  private static final class NoBus implements SystemBus {
    @Override
    public long read(long physical, int size) {
      return -1L >>> 64 - 8 * size;
    }

    @Override
    public void write(long physical, int size, long value) {}
  }

  private static final class NoPlatform implements Platform {
    @Override
    public long read(long now, int cpu, Space space, long address, int size) {
      throw new AssertionError("nothing is asked of the board");
    }

    @Override
    public void write(long now, int cpu, Space space, long address, int size, long value) {
      assertThat(space).as("nothing but CR8 is told to the board").isEqualTo(Space.MSR);
      assertThat(address).isEqualTo(Msrs.TASK_PRIORITY);
    }

    @Override
    public int acknowledgeInterrupt(long now, int cpu) {
      throw new AssertionError("no interrupt was requested");
    }

    @Override
    public void pin(long now, int cpu, Pin pin, boolean level) {}

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
