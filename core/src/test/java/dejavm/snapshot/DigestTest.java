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
  void givesTheKnownValuesOfXxh64() {
    assertThat(of("")).isEqualTo(0xEF46DB3751D8E999L);
    assertThat(of("a")).isEqualTo(0xD24EC4F1A98C6E5BL);
    assertThat(of("abc")).isEqualTo(0x44BC2CF5AD770999L);
    assertThat(of("Nobody inspects the spammish repetition")).isEqualTo(0xFBCEA83C8A378BF1L);
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
