package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SseApproximationsTest {
  private static final double BOUND = 0x1p-12;

  @Test
  void reciprocalsAreNearest() {
    for (int exponent = 1; exponent < 253; exponent += 9) {
      for (int fraction = 0; fraction < 1 << 23; fraction += 997) {
        int value = exponent << 23 | fraction;
        double exact = 1 / (double) Float.intBitsToFloat(value);
        assertNear(SseApproximations.reciprocal(value), exact);
        assertNear(SseApproximations.reciprocal(value | 1 << 31), -exact);
      }
    }
  }

  @Test
  void reciprocalRootsAreNearest() {
    for (int exponent = 1; exponent < 255; exponent += 5) {
      for (int fraction = 0; fraction < 1 << 23; fraction += 1997) {
        int value = exponent << 23 | fraction;
        double exact = 1 / Math.sqrt(Float.intBitsToFloat(value));
        assertNear(SseApproximations.reciprocalRoot(value), exact);
      }
    }
  }

  private static void assertNear(int approximation, double exact) {
    double error = Math.abs(Float.intBitsToFloat(approximation) - exact) / Math.abs(exact);
    if (error > BOUND || (approximation & 0xFFF) != 0) {
      assertThat(Float.intBitsToFloat(approximation)).isEqualTo((float) exact);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "00000000, 7f800000",
    "80000000, ff800000",
    "007fffff, 7f800000",
    "80000001, ff800000",
    "7f800000, 00000000",
    "ff800000, 80000000",
    "7f800001, 7fc00001",
    "ffd23456, ffd23456",
    "3f800000, 3f800000",
    "40400000, 3eaab000",
    "c0000000, bf000000",
    "00800000, 7e800000",
    "7e7fd000, 00802000",
    "7e7ff800, 00800000",
    "7e800000, 00800000",
    "7e800c01, 00000000",
    "ff7fffff, 80000000"
  })
  void reciprocals(String value, String expected) {
    assertThat(hex(SseApproximations.reciprocal(bits(value)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "00000000, 7f800000",
    "80000000, ff800000",
    "007fffff, 7f800000",
    "80000001, ff800000",
    "7f800000, 00000000",
    "ff800000, ffc00000",
    "bf800000, ffc00000",
    "ff812345, ffc12345",
    "7fd23456, 7fd23456",
    "3f800000, 3f800000",
    "40000000, 3f350000",
    "40800000, 3f000000",
    "00800000, 5f000000"
  })
  void reciprocalRoots(String value, String expected) {
    assertThat(hex(SseApproximations.reciprocalRoot(bits(value)))).isEqualTo(expected);
  }

  private static int bits(String digits) {
    return Integer.parseUnsignedInt(digits, 16);
  }

  private static String hex(int bits) {
    return "%08x".formatted(bits);
  }
}
