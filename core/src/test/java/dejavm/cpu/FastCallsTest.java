package dejavm.cpu;

import static dejavm.cpu.SystemFixture.UPPER_HALF;
import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fast system calls: expectations from SDM volume 2. */
class FastCallsTest {
  private static final long ENTRY = UPPER_HALF + 0x1234;

  @Test
  void sysenterAndSysexit() {
    SystemFixture f = SystemFixture.protectedMode(3);
    assertThat(outcome(() -> FastCalls.sysenter(f.c))).isEqualTo("13:0");
    f.c.sysenterCs = 0x0B;
    f.c.sysenterEsp = 0x8000;
    f.c.sysenterEip = 0xC0001000L;
    f.c.setFlags(0x202);

    FastCalls.sysenter(f.c);

    assertThat(f.c.cpl).isZero();
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(8);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(16);
    assertThat(f.c.access[Cpu.CS]).isEqualTo(0xC09B);
    assertThat(f.c.access[Cpu.SS]).isEqualTo(0xC093);
    assertThat(f.c.nextRip).isEqualTo(0xC0001000L);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x8000);
    assertThat(f.c.flags()).isEqualTo(2);

    f.c.r[Cpu.RCX] = 0xB000;
    f.c.r[Cpu.RDX] = 0x30002;
    FastCalls.sysexit(f.c, 4);

    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(0x1B);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(0x23);
    assertThat(f.c.access[Cpu.CS]).isEqualTo(0xC0FB);
    assertThat(f.c.access[Cpu.SS]).isEqualTo(0xC0F3);
    assertThat(f.c.nextRip).isEqualTo(0x30002);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0xB000);
    assertThat(f.c.flat).isTrue();
    assertThat(outcome(() -> FastCalls.sysexit(f.c, 4))).isEqualTo("13:0");
  }

  // ---- SYSENTER and SYSEXIT in long mode ----

  @ParameterizedTest
  @CsvSource({"64", "32"})
  void sysenterGoesTo64BitCode(int from) {
    SystemFixture f = SystemFixture.longMode(3);
    f.c.sysenterCs = 0x23;
    f.c.sysenterEsp = UPPER_HALF + 0x8000;
    f.c.sysenterEip = ENTRY;
    f.c.setFlags(0x202);
    if (from == 32) {
      f.c.segment(Cpu.CS, SystemFixture.CODE3, 0, 0xFFFFFFFFL, 0xC0FB);
    }

    FastCalls.sysenter(f.c);

    assertThat(f.c.cpl).isZero();
    assertThat(f.c.code64()).isTrue();
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(0x20);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(0x28);
    assertThat(f.c.access[Cpu.CS]).isEqualTo(0xA09B);
    assertThat(f.c.access[Cpu.SS]).isEqualTo(0xC093);
    assertThat(f.c.nextRip).isEqualTo(ENTRY);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(UPPER_HALF + 0x8000);
    assertThat(f.c.flags()).isEqualTo(2);
  }

  @Test
  void sysexitTo64And32Bits() {
    SystemFixture f = SystemFixture.longMode(0);
    f.c.sysenterCs = 0x20;
    f.c.r[Cpu.RCX] = 0x7FFF_FFFF_F000L;
    f.c.r[Cpu.RDX] = 0x1_0000_1000L;
    FastCalls.sysexit(f.c, 8);
    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(0x43);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(0x4B);
    assertThat(f.c.access[Cpu.CS]).isEqualTo(0xA0FB);
    assertThat(f.c.nextRip).isEqualTo(0x1_0000_1000L);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x7FFF_FFFF_F000L);

    SystemFixture g = SystemFixture.longMode(0);
    g.c.sysenterCs = 0x20;
    g.c.r[Cpu.RCX] = 0x7FFF_FFFF_F000L;
    g.c.r[Cpu.RDX] = 0x1_0000_1000L;
    FastCalls.sysexit(g.c, 4);
    assertThat(g.c.codeSize).isEqualTo(32);
    assertThat(g.c.selector[Cpu.CS]).isEqualTo(0x33);
    assertThat(g.c.selector[Cpu.SS]).isEqualTo(0x3B);
    assertThat(g.c.access[Cpu.CS]).isEqualTo(0xC0FB);
    assertThat(g.c.nextRip).isEqualTo(0x1000);
    assertThat(g.c.r[Cpu.RSP]).isEqualTo(0xFFFFF000L);

    SystemFixture h = SystemFixture.longMode(0);
    assertThat(outcome(() -> FastCalls.sysexit(h.c, 8))).isEqualTo("13:0");
    h.c.sysenterCs = 0x20;
    h.c.r[Cpu.RDX] = 0x8000_0000_0000L;
    assertThat(outcome(() -> FastCalls.sysexit(h.c, 8))).isEqualTo("13:0");
    h.c.r[Cpu.RCX] = 0x8000_0000_0000L;
    h.c.r[Cpu.RDX] = 0;
    assertThat(outcome(() -> FastCalls.sysexit(h.c, 8))).isEqualTo("13:0");
  }

  // ---- SYSCALL and SYSRET ----

  private static SystemFixture ready(int level) {
    SystemFixture f = SystemFixture.longMode(level);
    f.c.star = 0x0023_0013_0000_0000L;
    f.c.lstar = ENTRY;
    f.c.sfmask = 0x47700;
    return f;
  }

  @Test
  void syscall() {
    SystemFixture f = ready(3);
    f.c.setFlags(0x43AD7);
    f.c.r[Cpu.RSP] = 0x1234_5678_9ABCL;

    FastCalls.syscall(f.c);

    assertThat(f.c.r[Cpu.RCX]).isEqualTo(UPPER_HALF + 0x30002);
    assertThat(f.c.r[11]).isEqualTo(0x43AD7);
    assertThat(f.c.nextRip).isEqualTo(ENTRY);
    assertThat(f.c.flags()).isEqualTo(0x8D7);
    assertThat(f.c.cpl).isZero();
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(0x10);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(0x18);
    assertThat(f.c.access[Cpu.CS]).isEqualTo(0xA09B);
    assertThat(f.c.access[Cpu.SS]).isEqualTo(0xC093);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x1234_5678_9ABCL);
  }

  @ParameterizedTest
  @CsvSource({
    // operand size, CS, its rights, SS, RIP
    "8, 0x33, 0xA0FB, 0x2B, 0x700012345678",
    "4, 0x23, 0xC0FB, 0x2B, 0x12345678"
  })
  void sysret(int size, int cs, int rights, int ss, String rip) {
    SystemFixture f = ready(0);
    f.c.r[Cpu.RCX] = 0x7000_1234_5678L;
    f.c.r[11] = -1;

    FastCalls.sysret(f.c, size);

    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.selector[Cpu.CS]).isEqualTo(cs);
    assertThat(f.c.access[Cpu.CS]).isEqualTo(rights);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(ss);
    assertThat(f.c.access[Cpu.SS]).isEqualTo(0xC0F3);
    assertThat(f.c.nextRip).isEqualTo(Long.decode(rip));
    assertThat(f.c.flags()).isEqualTo(0x3C7FD7);
  }

  @Test
  void onlyIn64BitModeAndIfEnabled() {
    SystemFixture f = ready(3);
    assertThat(outcome(() -> FastCalls.sysret(f.c, 8))).isEqualTo("13:0");
    f.c.segment(Cpu.CS, SystemFixture.CODE3, 0, 0xFFFFFFFFL, 0xC0FB);
    assertThat(outcome(() -> FastCalls.syscall(f.c))).isEqualTo("6");
    assertThat(outcome(() -> FastCalls.sysret(f.c, 4))).isEqualTo("6");
    SystemFixture g = ready(3);
    g.c.efer &= ~ControlRegisters.EFER_SCE;
    assertThat(outcome(() -> FastCalls.syscall(g.c))).isEqualTo("6");
    assertThat(outcome(() -> FastCalls.sysret(g.c, 8))).isEqualTo("6");
    SystemFixture h = SystemFixture.protectedMode(CpuModel.X86_64_V2, 0);
    h.c.efer = ControlRegisters.EFER_SCE;
    assertThat(outcome(() -> FastCalls.syscall(h.c))).isEqualTo("6");
  }

  @Test
  void aReturnToAnAddressThatIsNotCanonicalFaultsInTheKernel() {
    SystemFixture f = ready(0);
    f.c.r[Cpu.RCX] = 0x8000_0000_0000L;
    CpuState before = f.c.state();
    assertThat(outcome(() -> FastCalls.sysret(f.c, 8))).isEqualTo("13:0");
    assertThat(f.c.state()).usingRecursiveComparison().isEqualTo(before);
    FastCalls.sysret(f.c, 4);
    assertThat(f.c.nextRip).isZero();
  }

  @Test
  void swapGs() {
    SystemFixture f = SystemFixture.longMode(0);
    Msrs.write(f.c, 0xC0000101, 0x7000_0000_1000L);
    Msrs.write(f.c, 0xC0000102, ENTRY);
    FastCalls.swapGs(f.c);
    assertThat(f.c.linear(Cpu.GS, 8, 8, false)).isEqualTo(ENTRY + 8);
    assertThat(f.c.kernelGsBase).isEqualTo(0x7000_0000_1000L);
    assertThat(f.c.selector[Cpu.GS]).isEqualTo(SystemFixture.DATA0);
    SystemFixture g = SystemFixture.longMode(3);
    assertThat(outcome(() -> FastCalls.swapGs(g.c))).isEqualTo("13:0");
  }
}
