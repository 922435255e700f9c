package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory type range registers: expectations from SDM volume 3, section 12.11. */
class MtrrsTest {
  @ParameterizedTest
  @CsvSource({
    // register, value, outcome of writing, value read back
    "FE, 508, 13:0, 508",
    "250, 0605040100010406, ok, 0605040100010406",
    "250, 0605040100010706, 13:0, 0", // UC- is of PAT only
    "258, 0000000000000002, 13:0, 0",
    "259, 0300000000000000, 13:0, 0",
    "268, 0505050505050505, ok, 0505050505050505",
    "26F, 1600000000000000, 13:0, 0",
    "200, 0000000F80000006, ok, 0000000F80000006",
    "200, 0000001000000006, 13:0, 0", // above the physical addresses
    "200, 0000000080000106, 13:0, 0",
    "20E, 0000000080000002, 13:0, 0",
    "201, 0000000F80000800, ok, 0000000F80000800",
    "201, 0000001F80000800, 13:0, 0",
    "20F, 0000000F80000C00, 13:0, 0",
    "20F, 0000000F80000001, 13:0, 0",
    "2FF, 0000000000000C06, ok, 0000000000000C06",
    "2FF, 0000000000000C02, 13:0, 0",
    "2FF, 0000000000001C06, 13:0, 0",
    "2FF, 0000000000000D06, 13:0, 0",
    "2FF, 8000000000000C06, 13:0, 0"
  })
  void registers(String register, String value, String written, String read) {
    SystemFixture.writeAndReadMsr(register, value, written, read);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1FF, 0x210, 0x24F, 0x251, 0x257, 0x25A, 0x267, 0x270, 0x2FE, 0x300})
  void thereAreNoOthers(int index) {
    SystemFixture f = SystemFixture.longMode(0);
    assertThat(outcome(() -> Msrs.read(f.c, index))).isEqualTo("13:0");
    assertThat(outcome(() -> Msrs.write(f.c, index, 0))).isEqualTo("13:0");
  }

  @Test
  void aModelWithoutThemHasNone() {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.CORE2.without(CpuFeature.MTRR), 0);
    assertThat(outcome(() -> Msrs.read(f.c, 0xFE))).isEqualTo("13:0");
    assertThat(outcome(() -> Msrs.write(f.c, 0x2FF, 0))).isEqualTo("13:0");
  }

  @Test
  void anInitKeepsThemAndAResetClearsThem() {
    SystemFixture f = SystemFixture.protectedMode(0);
    Msrs.write(f.c, 0x26F, 0x0505050505050505L);
    Msrs.write(f.c, 0x20F, 0xF80000800L);
    Msrs.write(f.c, 0x2FF, 0xC06);
    f.c.initialize();
    assertThat(Msrs.read(f.c, 0x26F)).isEqualTo(0x0505050505050505L);
    assertThat(Msrs.read(f.c, 0x20F)).isEqualTo(0xF80000800L);
    assertThat(Msrs.read(f.c, 0x2FF)).isEqualTo(0xC06);
    f.c.powerOn();
    assertThat(Msrs.read(f.c, 0x26F)).isZero();
    assertThat(Msrs.read(f.c, 0x20F)).isZero();
    assertThat(Msrs.read(f.c, 0x2FF)).isZero();
  }

  @Test
  void stateHoldsThem() {
    SystemFixture f = SystemFixture.protectedMode(0);
    Msrs.write(f.c, 0x250, 0x0606060606060606L);
    Msrs.write(f.c, 0x201, 0xF80000800L);
    Msrs.write(f.c, 0x2FF, 0xC06);
    CpuState state = f.c.state();
    f.c.powerOn();
    f.c.restore(state);
    assertThat(Msrs.read(f.c, 0x250)).isEqualTo(0x0606060606060606L);
    assertThat(Msrs.read(f.c, 0x201)).isEqualTo(0xF80000800L);
    assertThat(Msrs.read(f.c, 0x2FF)).isEqualTo(0xC06);
  }
}
