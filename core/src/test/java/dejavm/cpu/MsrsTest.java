package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model-specific registers and counters: expectations from SDM volumes 2, 3 and 4. */
class MsrsTest {
  @ParameterizedTest
  @CsvSource({
    // index, value, outcome of writing, value read back or none
    "0x174, 0x123400001234, ok, 0x1234",
    "0x175, 0xC0000000, ok, 0xC0000000",
    "0x176, 0xC0100000, ok, 0xC0100000",
    "0x277, 0x0605040100010406, ok, 0x0605040100010406",
    "0x277, 0x0007040600070402, 13:0, 0x0007040600070406", // type 2 is reserved
    "0x277, 0x0307040600070406, 13:0, 0x0007040600070406", // so is type 3
    "0x277, 0x0807040600070406, 13:0, 0x0007040600070406",
    "0x1A0, 0, ok, 0",
    "0x1A0, 3, 13:0, 1",
    "0x17, 0, 13:0, 0",
    "0x8B, 0, ok, 0",
    "0xC0000080, 0, 13:0, ",
    "0x1B, 0xFEE00900, ok, -1", // the board answers, and there is none
    "0x1B, 0xFEE00D00, 13:0, -1", // no x2APIC mode
    "0x1B, 0x7FFFFFFFFEE00900, 13:0, -1",
    "0x800, 0, 13:0, ",
    "0x808, 0, 13:0, ",
    "0xFE, 0, 13:0, 0x508",
    "0xC0000081, 0, 13:0, "
  })
  void registers(String index, String value, String written, String read) {
    SystemFixture f = SystemFixture.protectedMode(0);
    int msr = Long.decode(index).intValue();
    assertThat(outcome(() -> Msrs.write(f.c, msr, Long.decode(value)))).isEqualTo(written);
    if (read == null) {
      assertThat(outcome(() -> Msrs.read(f.c, msr))).isEqualTo("13:0");
    } else {
      assertThat(Msrs.read(f.c, msr)).isEqualTo(Long.decode(read));
    }
    SystemFixture g = SystemFixture.protectedMode(3);
    assertThat(outcome(() -> Msrs.read(g.c, msr))).isEqualTo("13:0");
    assertThat(outcome(() -> Msrs.write(g.c, msr, 0))).isEqualTo("13:0");
  }

  @ParameterizedTest
  @CsvSource({
    // index, value, outcome of writing, value read back; of a 64-bit processor
    "0x174, 0x123400001234, ok, 0x1234",
    "0x175, 0xFFFF800000001000, ok, 0xFFFF800000001000",
    "0x175, 0x800000000000, 13:0, 0",
    "0x176, 0x7FFFFFFFFFFF, ok, 0x7FFFFFFFFFFF",
    "0x176, 0x1000000000000, 13:0, 0",
    "0x1A0, 0x40000, ok, 0x40000",
    "0x1A0, 0, 13:0, 0x40001", // MONITOR is there to stay
    "0xC0000081, 0x23001000000000, ok, 0x23001000000000",
    "0xC0000082, 0xFFFFFFFF81000000, ok, 0xFFFFFFFF81000000",
    "0xC0000082, 0x8000FFFF81000000, 13:0, 0",
    "0xC0000083, 0xFFFFFFFF81000000, ok, 0xFFFFFFFF81000000",
    "0xC0000083, 0x8000FFFF81000000, 13:0, 0",
    "0xC0000084, 0x257FD5, ok, 0x257FD5",
    "0xC0000084, 0x100000000, 13:0, 0",
    "0xC0000100, 0x7FFFF7D8A740, ok, 0x7FFFF7D8A740",
    "0xC0000100, 0x8000F7D8A740, 13:0, 0",
    "0xC0000101, 0xFFFF888000000000, ok, 0xFFFF888000000000",
    "0xC0000101, 0x8000F7D8A740, 13:0, 0",
    "0xC0000102, 0xFFFF888000000000, ok, 0xFFFF888000000000",
    "0xC0000102, 0x8000F7D8A740, 13:0, 0",
    "0xC0000103, 0x1003, ok, 0x1003",
    "0xC0000103, 0x100001003, 13:0, 0",
    "0xC0000104, 0, 13:0, "
  })
  void registersOf64Bits(String index, String value, String written, String read) {
    SystemFixture f = SystemFixture.longMode(0);
    int msr = Long.decode(index).intValue();
    long bits = Long.parseUnsignedLong(value.replace("0x", ""), 16);
    assertThat(outcome(() -> Msrs.write(f.c, msr, bits))).isEqualTo(written);
    if (read == null) {
      assertThat(outcome(() -> Msrs.read(f.c, msr))).isEqualTo("13:0");
    } else {
      assertThat(Long.toHexString(Msrs.read(f.c, msr))).isEqualToIgnoringCase(hex(read));
    }
  }

  private static String hex(String number) {
    return number.replace("0x", "");
  }

  @Test
  void timeStampCounterWithTheNumberOfTheCpu() {
    SystemFixture f = SystemFixture.longMode(3);
    f.c.tscAux = 0x1003;
    f.c.r[Cpu.RCX] = -1;
    f.c.nowBase = 1000;
    Msrs.rdtscp(f.c);
    assertThat(f.c.r[Cpu.RAX]).isEqualTo(10_000);
    assertThat(f.c.r[Cpu.RCX]).isEqualTo(0x1003);
    f.c.cr4 |= ControlRegisters.CR4_TSD;
    assertThat(outcome(() -> Msrs.rdtscp(f.c))).isEqualTo("13:0");
  }

  @Test
  void theModelDecidesWhichThereAre() {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.CORE2, 0);
    assertThat(outcome(() -> Msrs.read(f.c, 0xC0000103))).isEqualTo("13:0");
    assertThat(outcome(() -> Msrs.read(f.c, 0xC0000082))).isEqualTo("ok");
    CpuModel without = CpuModel.CORE2.without(CpuFeature.APIC);
    SystemFixture g = SystemFixture.protectedMode(without, 0);
    assertThat(outcome(() -> Msrs.read(g.c, 0x1B))).isEqualTo("13:0");
  }

  @Test
  void timeStampCounter() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.nowBase = 1000;
    assertThat(Msrs.read(f.c, 0x10)).isEqualTo(10_000);
    Msrs.write(f.c, 0x10, 0x1_0000_0000L);
    f.c.nowBase += 10;
    Msrs.rdtsc(f.c);
    assertThat(f.c.r[Cpu.RAX]).isEqualTo(100);
    assertThat(f.c.r[Cpu.RDX]).isEqualTo(1);
  }

  @Test
  void countersCanBeForbidden() {
    SystemFixture f = SystemFixture.protectedMode(3);
    assertThat(outcome(() -> Msrs.rdtsc(f.c))).isEqualTo("ok");
    assertThat(outcome(() -> Msrs.rdpmc(f.c))).isEqualTo("13:0");
    f.c.cr4 = ControlRegisters.CR4_TSD | ControlRegisters.CR4_PCE;
    assertThat(outcome(() -> Msrs.rdtsc(f.c))).isEqualTo("13:0");
    f.c.r[Cpu.RCX] = 1;
    assertThat(outcome(() -> Msrs.rdpmc(f.c))).isEqualTo("ok");
    f.c.r[Cpu.RCX] = 2;
    assertThat(outcome(() -> Msrs.rdpmc(f.c))).isEqualTo("13:0");
    f.c.setCpl(0);
    assertThat(outcome(() -> Msrs.rdtsc(f.c))).isEqualTo("ok");
  }
}
