package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.cpu.CpuFeature.Word;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CPUID: expectations from SDM volume 2, CPUID. */
class CpuidTest {
  @Test
  void identification() {
    SystemFixture f = SystemFixture.protectedMode(3);
    cpuid(f, 0);
    assertThat(f.c.r[Cpu.RAX]).isEqualTo(2);
    assertThat(text(f, Cpu.RBX, Cpu.RDX, Cpu.RCX)).isEqualTo("GenuineIntel");
    cpuid(f, 1);
    assertThat(f.c.r[Cpu.RAX]).isEqualTo(CpuModel.PENTIUM3.signature());
    assertThat(f.c.r[Cpu.RBX]).isZero();
    assertThat(f.c.r[Cpu.RCX]).isEqualTo(CpuModel.PENTIUM3.cpuid(Word.MORE_FEATURES) & 0xFFFFFFFFL);
    assertThat(f.c.r[Cpu.RDX]).isEqualTo(CpuModel.PENTIUM3.cpuid(Word.FEATURES) & 0xFFFFFFFFL);
    for (long leaf : new long[] {2, 3, 0x7FFFFFFFL, 0x80000005L, 0xFFFFFFFFL}) {
      cpuid(f, leaf);
      assertThat(f.c.r[Cpu.RAX]).isEqualTo(0x03020101);
      assertThat(f.c.r[Cpu.RDX]).isEqualTo(0x0C040882);
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
    Cpuid.answer(f.c);
  }

  private static String text(SystemFixture f, int... registers) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * registers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int register : registers) {
      bytes.putInt((int) f.c.r[register]);
    }
    return new String(bytes.array(), StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @CsvSource({
    "pentium3, 2, 0x80000004",
    "core2, 5, 0x80000008",
    "x86-64-v1, 4, 0x80000008",
    "x86-64-v2, 7, 0x80000008"
  })
  void highestLeaves(String name, long basic, String extended) {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.named(name), 0);
    assertThat(words(f, 0, 0)[0]).isEqualTo(basic);
    assertThat(words(f, 0x80000000L, 0)[0]).isEqualTo(Long.decode(extended));
    long[] highest = words(f, basic, 0);
    assertThat(words(f, basic + 1, 0)).isEqualTo(highest);
    assertThat(words(f, 0x40000000L, 0)).isEqualTo(highest);
    assertThat(words(f, 0x80000009L, 0)).isEqualTo(highest);
  }

  @Test
  void everyFeatureIsWhereItBelongs() {
    for (CpuModel model : CpuModel.ALL) {
      SystemFixture f = new SystemFixture(model);
      assertThat(words(f, 1, 0)[2]).isEqualTo(model.cpuid(Word.MORE_FEATURES) & 0xFFFFFFFFL);
      assertThat(words(f, 1, 0)[3]).isEqualTo(model.cpuid(Word.FEATURES) & 0xFFFFFFFFL);
      long[] extended = words(f, 0x80000001L, 0);
      assertThat(extended[2]).isEqualTo(model.cpuid(Word.MORE_EXTENDED) & 0xFFFFFFFFL);
      assertThat(extended[3]).isEqualTo(model.cpuid(Word.EXTENDED) & ~0x800 & 0xFFFFFFFFL);
    }
    SystemFixture f = new SystemFixture(CpuModel.X86_64_V2);
    long[] structured = words(f, 7, 0);
    assertThat(structured)
        .containsExactly(
            0,
            CpuModel.X86_64_V2.cpuid(Word.STRUCTURED) & 0xFFFFFFFFL,
            CpuModel.X86_64_V2.cpuid(Word.MORE_STRUCTURED) & 0xFFFFFFFFL,
            CpuModel.X86_64_V2.cpuid(Word.LAST_STRUCTURED) & 0xFFFFFFFFL);
    assertThat(structured[1]).isEqualTo(0x100080);
    assertThat(words(f, 7, 1)).containsExactly(0, 0, 0, 0);
  }

  @Test
  void syscallIsToldTo64BitCodeOnly() {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.X86_64_V2, 0);
    assertThat(words(f, 0x80000001L, 0)[3] & 0x800).isZero();
    SystemFixture g = SystemFixture.longMode(3);
    assertThat(words(g, 0x80000001L, 0)[3] & 0x800).isEqualTo(0x800);
  }

  @Test
  void cachesOfLeaf4AndLeaf80000006Agree() {
    SystemFixture f = SystemFixture.longMode(3);
    long total = 0;
    int caches = 0;
    for (long[] words = words(f, 4, 0); (words[0] & 31) != 0; words = words(f, 4, ++caches)) {
      long ways = (words[1] >> 22) + 1;
      long line = (words[1] & 0xFFF) + 1;
      total = ways * line * (words[2] + 1);
      assertThat(line).isEqualTo((words(f, 1, 0)[1] >> 8 & 0xFF) * 8);
    }
    assertThat(caches).isEqualTo(3);
    assertThat(total).isEqualTo((words(f, 0x80000006L, 0)[2] >> 16) * 1024);
  }

  @Test
  void addressesTimeAndMonitorLine() {
    SystemFixture f = SystemFixture.longMode(0);
    assertThat(words(f, 0x80000008L, 0)[0]).isEqualTo(48 << 8 | Cpu.PHYSICAL_BITS);
    assertThat(words(f, 0x80000007L, 0)[3]).isEqualTo(0x100);
    assertThat(words(f, 5, 0)).containsExactly(64, 64, 0, 0);
    f.c.r[Cpu.RAX] = 0xFFFF_FFFF_0000_0000L; // only EAX counts, and all 64 bits are written
    Cpuid.answer(f.c);
    assertThat(f.c.r[Cpu.RAX]).isEqualTo(7);
  }

  private static long[] words(SystemFixture f, long leaf, long subleaf) {
    f.c.r[Cpu.RCX] = subleaf;
    cpuid(f, leaf);
    return new long[] {f.c.r[Cpu.RAX], f.c.r[Cpu.RBX], f.c.r[Cpu.RCX], f.c.r[Cpu.RDX]};
  }
}
