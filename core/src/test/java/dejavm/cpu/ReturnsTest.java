package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IRET: expectations from SDM volume 2, IRET/IRETD. */
class ReturnsTest {
  /** All flags that software can set. */
  private static final int ALL = 0x3D7FD7;

  @ParameterizedTest
  @CsvSource({
    // CPL, IOPL before, operand size, flags after an image of all ones over none
    "0, 0, 4, 0x3D7FD7", // all but VM
    "0, 0, 2, 0x007FD7",
    "3, 0, 4, 0x254DD7", // IF, IOPL, VIF and VIP stay
    "3, 3, 4, 0x257FD7", // IF too
    "3, 3, 2, 0x007FD7",
    "3, 2, 2, 0x006DD7",
    "1, 1, 4, 0x255FD7"
  })
  void flagsByLevel(int cpl, int iopl, int size, int expected) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    f.c.setFlags(2 | iopl << 12);
    f.push(size, ALL, f.c.selector[Cpu.CS], 0x1234);

    Transfers.iret(f.c, size);

    assertThat(f.c.nextRip).isEqualTo(0x1234);
    assertThat(f.c.flags()).isEqualTo(expected);
  }

  @Test
  void flagsFollowTheLevelBeforeTheReturn() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.push(4, SystemFixture.DATA3, 0xB700, 0x3302, SystemFixture.CODE3, 0x55555);

    Transfers.iret(f.c, 4);

    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.flags()).isEqualTo(0x3302);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0xB700);
    assertThat(f.c.selector[Cpu.SS]).isEqualTo(SystemFixture.DATA3);
    assertThat(f.c.selector[Cpu.DS]).isZero();
    assertThat(f.c.attention & Attention.TRAP).isNotZero();
  }

  /** kvm-unit-tests, "Test ret/iret with a nullified segment". */
  @Test
  void aSegmentThatBecomesNullKeepsItsBase() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.segment(Cpu.GS, SystemFixture.DATA0, 0x400000, 0xFFFFFFFFL, 0xC093);
    f.push(4, SystemFixture.DATA3, 0xB700, 2, SystemFixture.CODE3, 0x55555);

    Transfers.iret(f.c, 4);

    assertThat(f.c.selector[Cpu.GS]).isZero();
    assertThat(f.c.readable[Cpu.GS]).isFalse();
    assertThat(f.c.base[Cpu.GS]).isEqualTo(0x400000);
  }

  @Test
  void interruptAndReturnIsTheIdentity() {
    SystemFixture f = SystemFixture.protectedMode(3);
    f.c.setFlags(0x203);
    Interrupts.external(f.c, 0x40);
    Transfers.iret(f.c, 4);

    assertThat(f.c.nextRip).isEqualTo(0x30000);
    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.flags()).isEqualTo(0x203);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(SystemFixture.STACK3);
    assertThat(f.c.selector[Cpu.DS]).isEqualTo(SystemFixture.DATA3);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0x257FD7, 0x3D7FD7", // VIP and VIF stay what they were
    "2, 0x007FD7, 0x3D7FD7"
  })
  void realMode(int size, int expected, int image) {
    SystemFixture f = SystemFixture.realMode();
    f.push(size, image, 0x1234, 0x5678);

    Transfers.iret(f.c, size);

    assertThat(f.c.flags()).isEqualTo(expected);
    assertThat(f.c.base[Cpu.CS]).isEqualTo(0x12340);
    assertThat(f.c.nextRip).isEqualTo(0x5678);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0x1000);
  }

  @Test
  void realModeLimit() {
    SystemFixture f = SystemFixture.realMode();
    f.push(4, 2, 0x1234, 0x10000);
    assertThat(outcome(() -> Transfers.iret(f.c, 4))).isEqualTo("13:0");
  }

  @ParameterizedTest
  @CsvSource({
    // IOPL, operand size, flags after an image of all ones
    "3, 4, 0x277FD7",
    "3, 2, 0x027FD7",
    "2, 4, ",
    "0, 2, "
  })
  void virtual8086Mode(int iopl, int size, String expected) {
    SystemFixture f = SystemFixture.v86(CpuModel.PENTIUM3, iopl);
    f.push(size, ALL, 0x1234, 0x5678);
    f.c.nmiBlocked = true;

    String outcome = outcome(() -> Transfers.iret(f.c, size));

    if (expected == null) {
      assertThat(outcome).isEqualTo("13:0");
      assertThat(f.c.nmiBlocked).isTrue();
    } else {
      assertThat(outcome).isEqualTo("ok");
      assertThat(f.c.flags()).isEqualTo(Integer.decode(expected));
      assertThat(f.c.base[Cpu.CS]).isEqualTo(0x12340);
      assertThat(f.c.nmiBlocked).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // VIP, image, outcome, VIF afterwards
    "false, 0x202, ok, true",
    "false, 0x002, ok, false",
    "true, 0x002, ok, false",
    "true, 0x202, 13:0, false",
    "false, 0x102, 13:0, false"
  })
  void virtualInterruptFlag(boolean pending, int image, String expected, boolean vif) {
    SystemFixture f = SystemFixture.v86(SystemFixture.EXTENDED, 0);
    f.c.cr4 = ControlRegisters.CR4_VME;
    f.c.setFlags(f.c.flags() | (pending ? Flags.VIP : 0));
    f.push(2, image, 0x1234, 0x5678);

    assertThat(outcome(() -> Transfers.iret(f.c, 2))).isEqualTo(expected);

    assertThat(f.c.flag(Flags.VIF)).isEqualTo(vif);
    assertThat(f.c.flag(Flags.IF)).isTrue();
  }

  @Test
  void enterVirtual8086Mode() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.push(4, 0x600, 0x500, 0x400, 0x100, 0x300, 0xFFE, 0x23202, 0x200, 0x10);

    Transfers.iret(f.c, 4);

    assertThat(f.c.v86()).isTrue();
    assertThat(f.c.cpl).isEqualTo(3);
    assertThat(f.c.flags()).isEqualTo(0x23202);
    assertThat(f.c.selector).startsWith(0x100, 0x200, 0x300, 0x400, 0x500, 0x600);
    assertThat(f.c.base).startsWith(0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000);
    assertThat(f.c.limit).startsWith(0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF);
    assertThat(f.c.r[Cpu.RSP]).isEqualTo(0xFFE);
    assertThat(f.c.nextRip).isEqualTo(0x10);
    assertThat(f.c.codeSize).isEqualTo(16);
    assertThat(f.c.stackMask).isEqualTo(0xFFFF);

    f.c.rip = 0x10;
    Interrupts.external(f.c, 0x40);
    assertThat(f.stack(9))
        .containsExactly(0x10, 0x200, 0x23202, 0xFFE, 0x300, 0x100, 0x400, 0x500, 0x600);
  }

  @Test
  void virtual8086ModeNeedsLevel0AndA16BitAddress() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.push(4, 0, 0, 0, 0, 0, 0, 0x20002, 0x200, 0x10000);
    assertThat(outcome(() -> Transfers.iret(f.c, 4))).isEqualTo("13:0");
    assertThat(f.c.v86()).isFalse();

    SystemFixture g = SystemFixture.protectedMode(3);
    g.push(4, 0x20002, SystemFixture.CODE3, 0x10);
    Transfers.iret(g.c, 4);
    assertThat(g.c.v86()).isFalse();
  }

  @Test
  void nonMaskableInterruptsComeBackEvenWithAFault() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.c.nmiBlocked = true;
    f.c.nmi = true;
    f.c.updateAttention();
    f.push(4, 2, 0, 0);

    assertThat(outcome(() -> Transfers.iret(f.c, 4))).isEqualTo("13:0");

    assertThat(f.c.nmiBlocked).isFalse();
    assertThat(f.c.attention & Attention.NMI).isNotZero();
  }
}
