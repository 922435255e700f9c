package dejavm.cpu;

import static dejavm.cpu.SystemFixture.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Machine-check registers: expectations from SDM volume 3, section 16.3. */
class MachineChecksTest {
  @ParameterizedTest
  @CsvSource({
    // register, value, outcome of writing, value read back
    "179, 105, 13:0, 105",
    "17A, 4, ok, 4",
    "17A, 8, 13:0, 0",
    "17B, FFFFFFFFFFFFFFFF, ok, FFFFFFFFFFFFFFFF",
    "400, FFFFFFFFFFFFFFFF, ok, FFFFFFFFFFFFFFFF",
    "410, 1, ok, 1",
    "401, 0, ok, 0",
    "401, 1, 13:0, 0",
    "402, 1, 13:0, 0",
    "413, 1, 13:0, 0",
    "413, 0, ok, 0"
  })
  void registers(String register, String value, String written, String read) {
    SystemFixture.writeAndReadMsr(register, value, written, read);
  }

  @Test
  void theModelDecidesWhetherThereAreAny() {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.CORE2.without(CpuFeature.MCA), 0);
    assertThat(outcome(() -> Msrs.read(f.c, 0x179))).isEqualTo("13:0");
    SystemFixture g = SystemFixture.protectedMode(0);
    assertThat(outcome(() -> Msrs.read(g.c, 0x414))).isEqualTo("13:0");
    assertThat(outcome(() -> Msrs.read(g.c, 0x17C))).isEqualTo("13:0");
  }

  @Test
  void anInitKeepsThemAResetClearsThemAndStateHoldsThem() {
    SystemFixture f = SystemFixture.protectedMode(0);
    Msrs.write(f.c, 0x17A, 4);
    Msrs.write(f.c, 0x17B, 3);
    Msrs.write(f.c, 0x404, 7);
    f.c.initialize();
    assertThat(Msrs.read(f.c, 0x404)).isEqualTo(7);
    CpuState state = f.c.state();
    f.c.powerOn();
    assertThat(Msrs.read(f.c, 0x17A)).isZero();
    assertThat(Msrs.read(f.c, 0x17B)).isZero();
    assertThat(Msrs.read(f.c, 0x404)).isZero();
    f.c.restore(state);
    assertThat(Msrs.read(f.c, 0x17A)).isEqualTo(4);
    assertThat(Msrs.read(f.c, 0x17B)).isEqualTo(3);
    assertThat(Msrs.read(f.c, 0x404)).isEqualTo(7);
  }
}
