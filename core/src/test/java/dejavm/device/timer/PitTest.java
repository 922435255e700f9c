package dejavm.device.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PitTest {
  private final Workbench bench = new Workbench();
  private final Probe irq = new Probe();
  private final Speaker speaker = new Speaker(bench);
  private final Pit pit = new Pit(bench.time, irq, speaker);
  private final SystemPortB portB = new SystemPortB(bench.time, pit, speaker);

  /** Lets time reach the moment when the timer's clock has made so many periods. */
  private void cycle(long cycle) {
    bench.until(bench.time.ticks(cycle, Pit.HERTZ));
  }

  private long cycle() {
    return bench.time.cycles(bench.time.now(), Pit.HERTZ);
  }

  private void program(int counter, int mode, int count) {
    pit.writeByte(3, counter << 6 | 0x30 | mode << 1);
    pit.writeByte(counter, count & 0xFF);
    pit.writeByte(counter, count >> 8);
  }

  private int count(int counter) {
    pit.writeByte(3, counter << 6);
    return pit.readByte(counter) | pit.readByte(counter) << 8;
  }

  private int status(int counter) {
    pit.writeByte(3, 0xE0 | 2 << counter);
    return pit.readByte(counter);
  }

  @Test
  void rateGeneratorInterruptsAtTheHundredHertzOfLinux() {
    program(0, 2, 11932);
    irq.rises();
    bench.pass(10 * Workbench.SECOND);
    assertThat(irq.rises()).isEqualTo(10 * Pit.HERTZ / 11932);
  }

  @Test
  void periodsDoNotDrift() {
    cycle(1000);
    program(0, 2, 1193);
    List<Long> rises = new ArrayList<>();
    irq.rises();
    while (rises.size() < 5000) {
      long due = bench.time.nextDue();
      // a lazy machine that comes late
      bench.time.advance(due + rises.size() % 7 * 1000);
      if (irq.rises() > 0) {
        rises.add(bench.time.cycles(due, Pit.HERTZ));
      }
    }
    for (int i = 0; i < rises.size(); i++) {
      assertThat(rises.get(i)).isEqualTo(1001 + 1193L * (i + 1));
    }
  }

  @Test
  void rateGeneratorCountsDownAndReloads() {
    program(2, 2, 5);
    pit.gate2(true);
    List<Integer> counts = new ArrayList<>();
    List<Boolean> outs = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      cycle(i);
      counts.add(count(2));
      outs.add(pit.out(2));
    }
    assertThat(counts).containsExactly(5, 4, 3, 2, 1, 5, 4, 3, 2, 1);
    assertThat(outs).containsExactly(true, true, true, true, false, true, true, true, true, false);
  }

  @Test
  void squareWaveCountsByTwosAndIsLongerHighWhereOdd() {
    program(2, 3, 5);
    pit.gate2(true);
    List<Integer> counts = new ArrayList<>();
    List<Boolean> outs = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      cycle(i);
      counts.add(count(2));
      outs.add(pit.out(2));
    }
    assertThat(counts).containsExactly(4, 2, 0, 4, 2, 4, 2, 0, 4, 2);
    assertThat(outs)
        .containsExactly(true, true, true, false, false, true, true, true, false, false);
  }

  @Test
  void squareWaveOnCounter0ShowsBothEdges() {
    program(0, 3, 1000);
    irq.rises();
    cycle(1 + 499);
    assertThat(irq.level()).isTrue();
    cycle(1 + 500);
    assertThat(irq.level()).isFalse();
    cycle(1 + 1000);
    assertThat(irq.level()).isTrue();
    assertThat(irq.rises()).isEqualTo(1);
  }

  @Test
  void terminalCountRisesOnceAndCountsOn() {
    program(0, 0, 1000);
    assertThat(irq.level()).isFalse();
    cycle(1000);
    assertThat(irq.level()).isFalse();
    cycle(1001);
    assertThat(irq.level()).isTrue();
    cycle(1002);
    assertThat(count(0)).isEqualTo(0xFFFF);
    cycle(500_000);
    assertThat(irq.rises()).isEqualTo(1);
    assertThat(bench.time.nextDue()).as("no timer is left").isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void terminalCountStopsBetweenTheBytesOfANewCount() {
    program(0, 0, 1000);
    cycle(101);
    pit.writeByte(0, 0x10);
    int stopped = count(0);
    cycle(5000);
    assertThat(count(0)).isEqualTo(stopped).isEqualTo(900);
    assertThat(irq.level()).isFalse();
    pit.writeByte(0, 0x00);
    cycle(5000 + 16);
    assertThat(irq.level()).isFalse();
    cycle(5000 + 17);
    assertThat(irq.level()).isTrue();
  }

  @Test
  void terminalCountOnCounter2HoldsWhileItsGateIsLow() {
    pit.gate2(true);
    program(2, 0, 100);
    cycle(31);
    pit.gate2(false);
    cycle(1000);
    assertThat(count(2)).isEqualTo(70);
    pit.gate2(true);
    cycle(1069);
    assertThat(pit.out(2)).isFalse();
    cycle(1070);
    assertThat(pit.out(2)).isTrue();
  }

  @Test
  void oneShotStartsWithTheGateAndRestarts() {
    program(2, 1, 10);
    assertThat(pit.out(2)).isTrue();
    assertThat(status(2) & 0x40).as("not loaded before the trigger").isNotZero();
    cycle(100);
    pit.gate2(true);
    cycle(101);
    assertThat(pit.out(2)).isFalse();
    pit.gate2(false);
    cycle(105);
    pit.gate2(true);
    cycle(115);
    assertThat(pit.out(2)).as("started again").isFalse();
    cycle(116);
    assertThat(pit.out(2)).isTrue();
  }

  @Test
  void strobesAreLowForOneClock() {
    program(0, 4, 50);
    irq.rises();
    assertThat(irq.level()).isTrue();
    cycle(51);
    assertThat(irq.rises()).isZero();
    cycle(52);
    assertThat(irq.rises()).isEqualTo(1);
    cycle(200_000);
    assertThat(irq.rises()).as("only once").isZero();
    program(2, 5, 50);
    long start = cycle();
    pit.gate2(true);
    cycle(start + 50);
    assertThat(pit.out(2)).isTrue();
    cycle(start + 51);
    assertThat(pit.out(2)).isFalse();
    cycle(start + 52);
    assertThat(pit.out(2)).isTrue();
  }

  @Test
  void aNewCountWaitsForTheEndOfThePeriod() {
    program(0, 2, 100);
    irq.rises();
    cycle(31);
    pit.writeByte(0, 40);
    pit.writeByte(0, 0);
    assertThat(status(0) & 0x40).as("null count").isNotZero();
    cycle(100);
    assertThat(irq.rises()).isZero();
    cycle(101);
    assertThat(irq.rises()).isEqualTo(1);
    assertThat(status(0) & 0x40).isZero();
    cycle(141);
    assertThat(irq.rises()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4})
  void zeroIsTheLargestCount(int mode) {
    program(0, mode, 0);
    cycle(2);
    assertThat(count(0)).isEqualTo(mode == 3 ? 0xFFFE : 0xFFFF);
  }

  @Test
  void decimalCounts() {
    pit.writeByte(3, 0x31 | 2 << 1);
    pit.writeByte(0, 0x34);
    pit.writeByte(0, 0x12);
    cycle(1);
    assertThat(count(0)).isEqualTo(0x1234);
    cycle(36);
    assertThat(count(0)).isEqualTo(0x1199);
    pit.writeByte(3, 0x31);
    pit.writeByte(0, 0);
    pit.writeByte(0, 0);
    cycle(36 + 2);
    assertThat(count(0)).isEqualTo(0x9999);
  }

  @Test
  void aLatchedCountWaitsToBeRead() {
    program(0, 2, 1000);
    cycle(11);
    pit.writeByte(3, 0x00);
    cycle(500);
    pit.writeByte(3, 0x00);
    assertThat(pit.readByte(0) | pit.readByte(0) << 8).as("the first latch").isEqualTo(990);
    assertThat(pit.readByte(0) | pit.readByte(0) << 8).as("then the count").isEqualTo(501);
  }

  @Test
  void readBackGivesTheStatusFirst() {
    program(0, 3, 1000);
    cycle(11);
    pit.writeByte(3, 0xC2);
    assertThat(pit.readByte(0)).isEqualTo(0x80 | 0x36);
    assertThat(pit.readByte(0) | pit.readByte(0) << 8).isEqualTo(980);
  }

  @ParameterizedTest
  @CsvSource({"1, 0x34, 0x34", "2, 0x12, 0x1200"})
  void oneByteAccess(int access, int written, int count) {
    pit.writeByte(3, access << 4);
    pit.writeByte(0, written);
    cycle(1);
    assertThat(pit.readByte(0)).isEqualTo(access == 1 ? count : count >> 8);
    cycle(1 + count);
    assertThat(irq.level()).isTrue();
  }

  @Test
  void theControlPortCannotBeRead() {
    assertThat(pit.read(3, 1)).isEqualTo(0xFF);
  }

  @Test
  void aWriteJustBeforeALateEdgeDoesNotLoseIt() {
    program(0, 2, 100);
    irq.rises();
    // no timer has fired, as within a long instruction
    long late = bench.time.ticks(150, Pit.HERTZ);
    bench.time.restore(new dejavm.machine.EventQueue.State(late, bench.time.state().timers()));
    pit.writeByte(0, 0);
    assertThat(irq.rises()).isEqualTo(1);
  }

  @Test
  void theSpeakerSoundsWhenGateAndDataAreOn() {
    pit.writeByte(3, 0xB6);
    pit.writeByte(2, 1193 & 0xFF);
    pit.writeByte(2, 1193 >> 8);
    assertThat(bench.taken()).isEmpty();
    portB.writeByte(0, 0x03);
    assertThat(bench.taken()).containsExactly("speaker 1000");
    portB.writeByte(0, 0x01);
    assertThat(bench.taken()).containsExactly("speaker 0");
    portB.writeByte(0, 0x03);
    program(2, 3, 2386);
    assertThat(bench.taken()).containsExactly("speaker 1000", "speaker 0", "speaker 500");
  }

  @Test
  void portBShowsRefreshAndOutput2() {
    portB.writeByte(0, 0xFF);
    assertThat(portB.readByte(0) & 0xCF).isEqualTo(0x0F);
    int before = portB.readByte(0) & 0x10;
    bench.pass(15_100);
    assertThat(portB.readByte(0) & 0x10).isNotEqualTo(before);
    program(2, 0, 10);
    assertThat(portB.readByte(0) & 0x20).isZero();
    bench.pass(20_000);
    assertThat(portB.readByte(0) & 0x20).isNotZero();
  }

  @Test
  void linuxCanCalibrateAgainstCounter2() {
    // gate on, speaker off, mode 0, then wait for the output as pit_calibrate_tsc does
    portB.writeByte(0, 0x01);
    pit.writeByte(3, 0xB0);
    int latch = Pit.HERTZ / 100;
    pit.writeByte(2, latch & 0xFF);
    pit.writeByte(2, latch >> 8);
    long start = bench.time.now();
    int polls = 0;
    while ((portB.readByte(0) & 0x20) == 0) {
      bench.pass(700);
      polls++;
    }
    assertThat(bench.time.now() - start).isBetween(9_990_000L, 10_010_000L);
    assertThat(polls).isGreaterThan(1000);
  }

  @Test
  void resetStopsCounting() {
    program(0, 2, 100);
    pit.reset();
    irq.rises();
    bench.pass(Workbench.SECOND);
    assertThat(irq.rises()).isZero();
  }
}
