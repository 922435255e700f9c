package dejavm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DigestTest {
  private static long of(String text) {
    return Digest.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void givesTheKnownValuesOfBothChecks() {
    assertThat(of("")).isZero();
    assertThat(of("123456789")).isEqualTo(0xE3069283_CBF43926L);
  }

  @Test
  void everyBitOfEveryLengthCounts() {
    Random random = new Random(1);
    for (int length = 1; length < 80; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      long before = Digest.of(bytes);
      for (int bit = 0; bit < 8 * length; bit++) {
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(Digest.of(bytes)).isNotEqualTo(before);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
      }
    }
  }

  @Test
  void aPartOfAnArrayHashesLikeACopyOfIt() {
    byte[] bytes = new byte[200];
    new Random(2).nextBytes(bytes);
    for (int from = 0; from < 40; from++) {
      for (int to = from; to < 200; to += 7) {
        assertThat(Digest.of(bytes, from, to - from))
            .isEqualTo(Digest.of(Arrays.copyOfRange(bytes, from, to)));
      }
    }
  }
}
