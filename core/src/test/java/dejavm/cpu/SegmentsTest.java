package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads of segment registers: expectations from SDM volume 2, MOV, "protected mode exceptions". */
class SegmentsTest {
  @ParameterizedTest
  @CsvSource({
    // register, selector, cpl, outcome
    "3, 0x00, 0, ok", // a null selector can be loaded,
    "3, 0x03, 3, ok",
    "2, 0x00, 0, 13:0", // but not into SS
    "2, 0x03, 3, 13:0",
    "3, 0x10, 0, ok",
    "3, 0x13, 0, 13:10", // RPL 3, DPL 0
    "3, 0x10, 3, 13:10", // CPL 3, DPL 0
    "3, 0x43, 3, ok",
    "3, 0x43, 0, ok", // DPL 3 is good for CPL 0
    "3, 0x40, 0, ok",
    "3, 0x08, 0, ok", // readable code
    "3, 0x50, 0, 13:50", // code that cannot be read
    "3, 0x48, 3, ok", // conforming, readable: no privilege check
    "3, 0x4B, 3, ok",
    "3, 0x5B, 3, ok", // read-only data
    "2, 0x5B, 3, 13:58", // SS must be writable
    "3, 0x63, 3, 11:60", // not present
    "2, 0x63, 3, 12:60",
    "2, 0x10, 0, ok",
    "2, 0x43, 0, 13:40", // SS: RPL and DPL must be CPL
    "2, 0x40, 0, 13:40",
    "2, 0x11, 0, 13:10",
    "2, 0x08, 0, 13:8",
    "2, 0x21, 1, ok",
    "3, 0x68, 0, 13:68", // an LDT is no data
    "3, 0x70, 0, 13:70",
    "3, 0x0F, 3, ok", // from the LDT
    "3, 0x1F, 3, 13:1c", // beyond the LDT
    "3, 0x180, 0, 13:180", // beyond the GDT
    "3, 0x178, 0, 13:178" // the last one; zero there
  })
  void loads(int register, int selector, int cpl, String expected) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    int before = f.c.selector[register];

    assertThat(outcome(() -> Segments.load(f.c, register, selector))).isEqualTo(expected);

    assertThat(f.c.selector[register]).isEqualTo(expected.equals("ok") ? selector : before);
  }

  @Test
  void nullSegmentsRefuseEveryAccess() {
    SystemFixture f = SystemFixture.protectedMode(0);
    Segments.load(f.c, Cpu.FS, 3);

    assertThat(outcome(() -> f.c.load(Cpu.FS, 0, 1))).isEqualTo("13:0");
    assertThat(outcome(() -> f.c.store(Cpu.FS, 0, 1, 0))).isEqualTo("13:0");
  }

  @Test
  void accessedBitIsSetOnceAndOnlyByALoad() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.flat(SystemFixture.FREE, 0x92);

    Segments.load(f.c, Cpu.ES, SystemFixture.FREE);

    assertThat(f.get(SystemFixture.GDT + SystemFixture.FREE + 5, 1)).isEqualTo(0x93);
    assertThat(f.c.access[Cpu.ES]).isEqualTo(0xC093);
    assertThat(f.c.limit[Cpu.ES]).isEqualTo(0xFFFFFFFFL);
  }

  @ParameterizedTest
  @CsvSource({
    // type, limit, big, offset, size, outcome: ordinary, then expand-down
    "0x92, 0xFF, false, 0xFF, 1, ok",
    "0x92, 0xFF, false, 0xFF, 2, 13:0",
    "0x92, 0xFF, false, 0x100, 1, 13:0",
    "0x90, 0xFF, false, 0, 1, 13:0", // read-only
    "0x96, 0xFF, false, 0xFF, 1, 13:0",
    "0x96, 0xFF, false, 0x100, 1, ok",
    "0x96, 0xFF, false, 0xFFFF, 1, ok",
    "0x96, 0xFF, false, 0xFFFF, 2, 13:0",
    "0x96, 0xFF, false, 0x10000, 1, 13:0",
    "0x96, 0xFF, true, 0x10000, 1, ok"
  })
  void limitsOfWrites(int rights, int limit, boolean big, long offset, int size, String expected) {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.descriptor(SystemFixture.FREE, 0x1000, limit, rights);
    if (big) {
      f.put(SystemFixture.GDT + SystemFixture.FREE + 6, 0x40, 1);
    }
    Segments.load(f.c, Cpu.ES, SystemFixture.FREE);

    assertThat(outcome(() -> f.c.store(Cpu.ES, offset, size, 0))).isEqualTo(expected);
  }

  @Test
  void stackSegmentRaisesStackFault() {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.descriptor(SystemFixture.FREE, 0x1000, 0xFF, 0x92);
    Segments.loadStackWithShadow(f.c, SystemFixture.FREE);

    assertThat(outcome(() -> f.c.load(Cpu.SS, 0x100, 4))).isEqualTo("12:0");
    assertThat(f.c.shadow).isTrue();
    assertThat(f.c.attention & Attention.SHADOW).isNotZero();
    assertThat(f.c.stackMask).isEqualTo(0xFFFF);
  }

  @Test
  void realModeKeepsTheLimit() {
    SystemFixture f = SystemFixture.protectedMode(0);
    SystemInstructions.loadControl(f.c, 0, ControlRegisters.CR0_ET);
    Segments.load(f.c, Cpu.DS, 0x1234);

    assertThat(f.c.base[Cpu.DS]).isEqualTo(0x12340);
    assertThat(f.c.limit[Cpu.DS]).isEqualTo(0xFFFFFFFFL);
    assertThat(outcome(() -> f.c.store(Cpu.DS, 0x200000, 4, 7))).isEqualTo("ok");
    assertThat(f.get(0x212340, 4)).isEqualTo(7);
  }

  @Test
  void realModeWritesThroughCs() {
    SystemFixture f = SystemFixture.protectedMode(0);
    assertThat(outcome(() -> f.c.store(Cpu.CS, 0, 4, 7))).isEqualTo("13:0");
    SystemInstructions.loadControl(f.c, 0, ControlRegisters.CR0_ET);
    assertThat(outcome(() -> f.c.store(Cpu.CS, 0, 4, 7))).isEqualTo("ok");

    SystemFixture reset = new SystemFixture();
    assertThat(outcome(() -> reset.c.store(Cpu.CS, 0, 4, 7))).isEqualTo("ok");
  }

  @Test
  void realModeRevivesANullSegment() {
    SystemFixture f = SystemFixture.protectedMode(0);
    Segments.load(f.c, Cpu.GS, 0);
    SystemInstructions.loadControl(f.c, 0, ControlRegisters.CR0_ET);
    Segments.load(f.c, Cpu.GS, 0x40);

    assertThat(outcome(() -> f.c.load(Cpu.GS, 0xFFFE, 2))).isEqualTo("ok");
    assertThat(f.c.base[Cpu.GS]).isEqualTo(0x400);
  }

  @Test
  void virtual8086ModeHas64KiBSegments() {
    SystemFixture f = SystemFixture.v86(CpuModel.PENTIUM3, 3);
    Segments.load(f.c, Cpu.DS, 0x2345);

    assertThat(f.c.base[Cpu.DS]).isEqualTo(0x23450);
    assertThat(f.c.access[Cpu.DS]).isEqualTo(0xF3);
    assertThat(outcome(() -> f.c.load(Cpu.DS, 0xFFFF, 1))).isEqualTo("ok");
    assertThat(outcome(() -> f.c.load(Cpu.DS, 0xFFFF, 2))).isEqualTo("13:0");
  }

  @Test
  void descriptorTableIsReadWithSupervisorRights() {
    SystemFixture f = SystemFixture.protectedMode(3);
    f.paging(3);

    assertThat(outcome(() -> Segments.load(f.c, Cpu.DS, SystemFixture.DATA3))).isEqualTo("ok");
    assertThat(outcome(() -> f.c.load(Cpu.DS, SystemFixture.GDT, 4))).isEqualTo("14:5@1000");
    f.page(SystemFixture.GDT, 0);
    assertThat(outcome(() -> Segments.load(f.c, Cpu.DS, SystemFixture.DATA3)))
        .isEqualTo("14:0@1040");
  }
}
