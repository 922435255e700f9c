package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LAR, LSL, VERR, VERW, ARPL: expectations from SDM volume 2, tables 3-53 and 3-57. */
class SegmentQueriesTest {
  /** Every type of system descriptor, at level 0: which LAR and which LSL knows. */
  @ParameterizedTest
  @CsvSource({
    "0, false, false",
    "1, true, true", // available 16-bit TSS
    "2, true, true", // LDT
    "3, true, true",
    "4, true, false", // 16-bit call gate
    "5, true, false", // task gate
    "6, false, false",
    "7, false, false",
    "8, false, false",
    "9, true, true",
    "10, false, false",
    "11, true, true",
    "12, true, false",
    "13, false, false",
    "14, false, false",
    "15, false, false"
  })
  void systemTypes(int type, boolean lar, boolean lsl) {
    SystemFixture f = SystemFixture.protectedMode(0);
    f.descriptor(SystemFixture.FREE, 0x123456, 0x98765, 0x80 | type);
    f.c.setArithmeticFlags(Flags.CF | Flags.OF);

    long rights = SegmentQueries.lar(f.c, SystemFixture.FREE);
    assertThat(rights).isEqualTo(lar ? 0x8000L | type << 8 : SegmentQueries.NONE);
    assertThat(f.c.zf()).isEqualTo(lar);
    assertThat(f.c.cf()).isTrue();
    assertThat(f.c.of()).isTrue();
    assertThat(f.c.sf()).isFalse();

    long limit = SegmentQueries.lsl(f.c, SystemFixture.FREE);
    assertThat(limit).isEqualTo(lsl ? 0x98765 : SegmentQueries.NONE);
    assertThat(f.c.zf()).isEqualTo(lsl);

    SegmentQueries.verr(f.c, SystemFixture.FREE);
    assertThat(f.c.zf()).isFalse();
    SegmentQueries.verw(f.c, SystemFixture.FREE);
    assertThat(f.c.zf()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    // selector, cpl, LAR and LSL, VERR, VERW
    "0x00, 0, false, false, false",
    "0x03, 3, false, false, false",
    "0x08, 0, true, true, false",
    "0x08, 3, false, false, false", // DPL below CPL
    "0x0B, 0, false, false, false", // DPL below RPL
    "0x10, 0, true, true, true",
    "0x13, 0, false, false, false",
    "0x43, 3, true, true, true",
    "0x43, 0, true, true, true",
    "0x5B, 3, true, true, false", // read-only
    "0x4B, 3, true, true, false", // conforming: any level
    "0x50, 0, true, false, false", // execute-only
    "0x63, 3, true, true, true", // not present does not matter
    "0x0F, 3, true, true, true", // local
    "0x1F, 3, false, false, false",
    "0x180, 0, false, false, false"
  })
  void segments(int selector, int cpl, boolean visible, boolean readable, boolean writable) {
    SystemFixture f = SystemFixture.protectedMode(cpl);
    assertThat(SegmentQueries.lar(f.c, selector) != SegmentQueries.NONE).isEqualTo(visible);
    assertThat(f.c.zf()).isEqualTo(visible);
    assertThat(SegmentQueries.lsl(f.c, selector))
        .isEqualTo(visible ? 0xFFFFFFFFL : SegmentQueries.NONE);
    SegmentQueries.verr(f.c, selector);
    assertThat(f.c.zf()).isEqualTo(readable);
    SegmentQueries.verw(f.c, selector);
    assertThat(f.c.zf()).isEqualTo(writable);
  }

  @Test
  void accessRights() {
    SystemFixture f = SystemFixture.protectedMode(0);
    assertThat(SegmentQueries.lar(f.c, SystemFixture.CODE0)).isEqualTo(0x00C09B00);
    assertThat(SegmentQueries.lar(f.c, SystemFixture.DATA_16)).isEqualTo(0x00009300);
  }

  @ParameterizedTest
  @CsvSource({
    "0x10, 0x03, 0x13, true",
    "0x13, 0x03, 0x13, false",
    "0x12, 0x01, 0x12, false",
    "0xFFFC, 0x02, 0xFFFE, true"
  })
  void arpl(int destination, int source, int result, boolean raised) {
    SystemFixture f = SystemFixture.protectedMode(3);
    f.c.setArithmeticFlags(Flags.SF | Flags.PF);
    assertThat(SegmentQueries.arpl(f.c, destination, source)).isEqualTo(result);
    assertThat(f.c.arithmeticFlags()).isEqualTo(Flags.SF | Flags.PF | (raised ? Flags.ZF : 0));
  }
}
