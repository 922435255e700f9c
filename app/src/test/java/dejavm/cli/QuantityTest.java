package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {
  @ParameterizedTest
  @CsvSource({"256M,268435456", "256,268435456", "1G,1073741824", "2048k,2097152", "3g,3221225472"})
  void sizes(String text, long bytes) {
    assertThat(new Quantity.Memory().convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"5,5", "2k,2000", "100M,100000000", "10G,10000000000"})
  void rates(String text, long rate) {
    assertThat(new Quantity.Rate().convert(text)).isEqualTo(rate);
  }

  @ParameterizedTest
  @CsvSource({
    "2.5,250000000",
    "1s,100000000",
    "300ms,30000000",
    "10us,1000",
    "77ticks,77",
    "99999999999999,9223372036854775807"
  })
  void moments(String text, long ticks) {
    assertThat(new Quantity.MomentConverter().convert(text).ticks(100_000_000)).isEqualTo(ticks);
  }

  @ParameterizedTest
  @CsvSource({"now,-1", "2026-01-01T00:00:00,1767225600", "1980-01-01T00:00,315532800"})
  void clockStarts(String text, long seconds) {
    assertThat(new Quantity.ClockStart().convert(text)).isEqualTo(seconds);
  }
}
