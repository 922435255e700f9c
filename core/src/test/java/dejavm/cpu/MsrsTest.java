package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model-specific registers, counters and CPUID: expectations from SDM volumes 2, 3 and 4. */
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
    "0x1B, 0, 13:0, ",
    "0x800, 0, 13:0, ",
    "0xFE, 0, 13:0, ",
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
    f.c.cr4 = Cpu.CR4_TSD | Cpu.CR4_PCE;
    assertThat(outcome(() -> Msrs.rdtsc(f.c))).isEqualTo("13:0");
    f.c.r[Cpu.RCX] = 1;
    assertThat(outcome(() -> Msrs.rdpmc(f.c))).isEqualTo("ok");
    f.c.r[Cpu.RCX] = 2;
    assertThat(outcome(() -> Msrs.rdpmc(f.c))).isEqualTo("13:0");
    f.c.setCpl(0);
    assertThat(outcome(() -> Msrs.rdtsc(f.c))).isEqualTo("ok");
  }

  @Test
  void identification() {
    SystemFixture f = SystemFixture.protectedMode(3);
    cpuid(f, 0);
    assertThat(f.c.r[Cpu.RAX]).isEqualTo(1);
    assertThat(text(f, Cpu.RBX, Cpu.RDX, Cpu.RCX)).isEqualTo("GenuineIntel");
    for (long leaf : new long[] {1, 2, 0x7FFFFFFFL, 0x80000005L, 0xFFFFFFFFL}) {
      cpuid(f, leaf);
      assertThat(f.c.r[Cpu.RAX]).isEqualTo(CpuModel.PENTIUM3.signature());
      assertThat(f.c.r[Cpu.RBX]).isZero();
      assertThat(f.c.r[Cpu.RCX])
          .isEqualTo(CpuModel.PENTIUM3.cpuid(CpuFeature.Word.MORE_FEATURES) & 0xFFFFFFFFL);
      assertThat(f.c.r[Cpu.RDX])
          .isEqualTo(CpuModel.PENTIUM3.cpuid(CpuFeature.Word.FEATURES) & 0xFFFFFFFFL);
    }
    cpuid(f, 0x80000000L);
    assertThat(f.c.r[Cpu.RAX]).isEqualTo(0x80000004L);
    StringBuilder brand = new StringBuilder();
    for (long leaf = 0x80000002L; leaf <= 0x80000004L; leaf++) {
      cpuid(f, leaf);
      brand.append(text(f, Cpu.RAX, Cpu.RBX, Cpu.RCX, Cpu.RDX));
    }
    String expected = CpuModel.PENTIUM3.brand();
    assertThat(brand.toString()).isEqualTo(expected + "\0".repeat(48 - expected.length()));
  }

  private static void cpuid(SystemFixture f, long leaf) {
    f.c.r[Cpu.RAX] = leaf;
    Msrs.cpuid(f.c);
  }

  private static String text(SystemFixture f, int... registers) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * registers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int register : registers) {
      bytes.putInt((int) f.c.r[register]);
    }
    return new String(bytes.array(), StandardCharsets.ISO_8859_1);
  }
}
