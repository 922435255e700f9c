package dejavm.device.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Line;
import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A tick of the bench is a nanosecond, so a count of the timers is ten. */
class HpetTest {
  private static final int CONFIG = 0x10;
  private static final int STATUS = 0x20;
  private static final int COUNTER = 0xF0;
  private static final int TIMER0 = 0x100;
  private static final int TIMER1 = 0x120;
  private static final int TIMER2 = 0x140;

  private final Workbench bench = new Workbench();
  private final List<String> edges = new ArrayList<>();
  private final Line irq0 = new Edges("irq0");
  private final Probe irq8 = new Probe();
  private final Hpet hpet =
      new Hpet(
          bench.time,
          irq0,
          irq8,
          IntStream.range(0, 24).mapToObj(i -> new Edges("pin" + i)).toArray(Line[]::new));

  /** Notes each change of a line, and when it was. */
  private final class Edges implements Line {
    private final String name;
    private boolean high;

    private Edges(String name) {
      this.name = name;
    }

    @Override
    public void set(boolean level) {
      if (level != high) {
        high = level;
        edges.add("%s %d at %d".formatted(name, level ? 1 : 0, bench.time.now()));
      }
    }
  }

  @Test
  void tellsItsPeriodAndCountsWhileEnabled() {
    assertThat(hpet.read(4, 4)).as("femtoseconds").isEqualTo(10_000_000);
    assertThat(hpet.read(0, 4)).isEqualTo(0x8086A201L);
    bench.pass(1000);
    assertThat(hpet.read(COUNTER, 8)).isZero();
    hpet.write(COUNTER, 8, 0xFFFF_FFF0L);
    hpet.write(CONFIG, 8, 1);
    bench.pass(1000);
    assertThat(hpet.read(COUNTER, 8)).isEqualTo(0x1_0000_0054L);
    assertThat(hpet.read(COUNTER, 4)).isEqualTo(0x54);
    assertThat(hpet.read(COUNTER + 4, 4)).isEqualTo(1);
    hpet.write(COUNTER, 8, 5);
    assertThat(hpet.read(COUNTER, 8)).as("not while it counts").isEqualTo(0x1_0000_0054L);
    hpet.write(CONFIG, 4, 0);
    bench.pass(1000);
    assertThat(hpet.read(COUNTER, 8)).isEqualTo(0x1_0000_0054L);
  }

  @Test
  void legacyReplacementCutsOffTimerAndClock() {
    hpet.pit().set(true);
    hpet.clock().set(true);
    assertThat(edges).containsExactly("irq0 1 at 0");
    assertThat(irq8.level()).isTrue();
    hpet.write(CONFIG, 4, 3);
    assertThat(irq8.level()).isFalse();
    edges.clear();
    hpet.pit().set(false);
    hpet.pit().set(true);
    hpet.write(TIMER0, 4, 4);
    hpet.write(TIMER0 + 8, 8, 100);
    bench.pass(5000);
    assertThat(edges).containsExactly("irq0 1 at 1000", "irq0 0 at 1000");
    hpet.write(CONFIG, 4, 1);
    assertThat(edges).as("the timer's level is seen again").endsWith("irq0 1 at 5000");
  }

  @Test
  void aPeriodIsTheSecondOfTwoWrites() {
    hpet.write(CONFIG, 4, 3);
    hpet.write(TIMER0, 4, 0x4C); // enabled, periodic, value to be set
    hpet.write(TIMER0 + 8, 8, 50);
    hpet.write(TIMER0 + 8, 8, 200);
    bench.pass(5000);
    assertThat(edges)
        .containsExactly(
            "irq0 1 at 500",
            "irq0 0 at 500",
            "irq0 1 at 2500",
            "irq0 0 at 2500",
            "irq0 1 at 4500",
            "irq0 0 at 4500");
    assertThat(hpet.read(TIMER0 + 8, 8)).as("the next").isEqualTo(650);
  }

  @Test
  void aLevelStaysUntilItsStatusIsCleared() {
    hpet.write(CONFIG, 4, 1);
    hpet.write(TIMER2, 4, 20 << 9 | 6);
    hpet.write(TIMER2 + 8, 8, 10);
    bench.pass(1000);
    assertThat(edges).containsExactly("pin20 1 at 100");
    assertThat(hpet.read(STATUS, 4)).isEqualTo(4);
    hpet.write(STATUS, 4, 4);
    assertThat(edges).endsWith("pin20 0 at 1000");
    assertThat(hpet.read(STATUS, 4)).isZero();
  }

  @Test
  void with32BitsTheCounterComesByAgain() {
    hpet.write(COUNTER, 8, 0xFFFF_FF00L);
    hpet.write(CONFIG, 4, 1);
    hpet.write(TIMER1, 4, 0x104 | 16 << 9);
    hpet.write(TIMER1 + 8, 4, 0x10);
    bench.pass(0x1100);
    assertThat(edges).containsExactly("pin16 1 at 2720", "pin16 0 at 2720");
    edges.clear();
    bench.pass(10L << 32);
    assertThat(edges).hasSize(2);
  }

  @Test
  void aValueThatHasPassedComesLate() {
    hpet.write(CONFIG, 4, 1);
    bench.pass(1000);
    hpet.write(TIMER0, 4, 4);
    hpet.write(TIMER0 + 8, 8, 99);
    bench.pass(1_000_000);
    assertThat(edges).as("after 5000 years").isEmpty();
    assertThat(hpet.read(TIMER0 + 4, 4)).as("pins 16 to 23").isEqualTo(0xFF0000);
  }
}
