package dejavm.device.timer;

import static dejavm.device.Workbench.MICROSECOND;
import static dejavm.device.Workbench.MILLISECOND;
import static dejavm.device.Workbench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CmosRtcTest {
  private final Workbench bench = new Workbench();
  private final Probe irq = new Probe();
  private final CmosRtc rtc = at("2026-01-31T23:59:58");

  private CmosRtc at(String time) {
    long start = LocalDateTime.parse(time).toEpochSecond(ZoneOffset.UTC);
    return new CmosRtc(bench.time, irq, start, 256L << 20, 0x45);
  }

  private int read(int register) {
    rtc.writeByte(0, register);
    return rtc.readByte(1);
  }

  private void write(int register, int value) {
    rtc.writeByte(0, register);
    rtc.writeByte(1, value);
  }

  private String time() {
    return "%02x%02x-%02x-%02x %02x:%02x:%02x %x"
        .formatted(read(0x32), read(9), read(8), read(7), read(4), read(2), read(0), read(6));
  }

  @Test
  void tellsTheTimeInBcd() {
    assertThat(time()).isEqualTo("2026-01-31 23:59:58 7");
    bench.pass(SECOND - 1);
    assertThat(read(0)).isEqualTo(0x58);
    bench.pass(1);
    assertThat(read(0)).isEqualTo(0x59);
    bench.pass(SECOND);
    assertThat(time()).isEqualTo("2026-02-01 00:00:00 1");
    assertThat(bench.time.nextDue()).as("nothing ticks").isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void isBusyBeforeAndWhileItUpdates() {
    bench.pass(SECOND - 2230 * MICROSECOND);
    assertThat(read(0x0A)).isEqualTo(0x26);
    bench.pass(10 * MICROSECOND);
    assertThat(read(0x0A)).isEqualTo(0xA6);
    assertThat(read(0)).isEqualTo(0x58);
    bench.until(SECOND - 1);
    assertThat(read(0x0A)).isEqualTo(0xA6);
    bench.pass(1);
    assertThat(read(0x0A)).isEqualTo(0x26);
    assertThat(read(0)).isEqualTo(0x59);
  }

  @Test
  void binaryAndTwelveHours() {
    write(0x0B, 0x80);
    write(0x0B, 0x84);
    write(0, 30);
    write(2, 59);
    write(4, 0x80 | 11);
    write(7, 28);
    write(8, 2);
    write(9, 27);
    write(0x32, 20);
    write(6, 4);
    write(0x0B, 0x04);
    assertThat(read(4)).isEqualTo(0x8B);
    bench.pass(30 * SECOND);
    assertThat(read(4)).as("midnight").isEqualTo(12);
    assertThat(read(7)).isEqualTo(1);
    assertThat(read(8)).isEqualTo(3);
    assertThat(read(6)).as("the day of the week goes on from what was set").isEqualTo(5);
    bench.pass(12 * 3600 * SECOND);
    assertThat(read(4)).as("noon").isEqualTo(0x80 | 12);
  }

  @Test
  void changingTheFormatLeavesTheBytes() {
    write(0x0B, 0x06);
    assertThat(read(0)).as("0x58 is 88 seconds, carried over").isEqualTo(28);
  }

  @Test
  void stopsWhileSetAndKeepsItsPhase() {
    bench.pass(300 * MILLISECOND);
    write(0x0B, 0x82);
    bench.pass(5 * SECOND);
    assertThat(read(0)).isEqualTo(0x58);
    assertThat(read(0x0A) & 0x80).isZero();
    write(0, 0x10);
    write(0x0B, 0x02);
    bench.until(6 * SECOND - 1);
    assertThat(read(0)).isEqualTo(0x10);
    bench.until(6 * SECOND);
    assertThat(read(0)).isEqualTo(0x11);
  }

  @Test
  void startingTheDividerTakesHalfASecond() {
    bench.pass(300 * MILLISECOND);
    write(0x0A, 0x76);
    bench.pass(10 * SECOND);
    assertThat(read(0)).isEqualTo(0x58);
    write(0x0A, 0x26);
    bench.pass(500 * MILLISECOND - 1);
    assertThat(read(0)).isEqualTo(0x58);
    bench.pass(1);
    assertThat(read(0)).isEqualTo(0x59);
    bench.pass(SECOND);
    assertThat(time()).isEqualTo("2026-02-01 00:00:00 1");
  }

  @Test
  void settingARegisterWhileRunning() {
    bench.pass(400 * MILLISECOND);
    write(9, 0x99);
    write(0x32, 0x19);
    assertThat(time()).startsWith("1999-01-31 23:59:58");
    bench.pass(600 * MILLISECOND);
    assertThat(read(0)).isEqualTo(0x59);
  }

  @ParameterizedTest
  @CsvSource({"6, 1024", "15, 2", "3, 8192", "1, 256", "2, 128", "13, 8"})
  void periodicInterrupts(int rate, int hertz) {
    write(0x0A, 0x20 | rate);
    write(0x0B, 0x42);
    int count = 0;
    while (bench.time.nextDue() <= 2 * SECOND) {
      bench.until(bench.time.nextDue());
      count += irq.rises();
      assertThat(read(0x0C) & 0xC0).isEqualTo(0xC0);
      assertThat(irq.level()).isFalse();
    }
    assertThat(count).isEqualTo(2 * hertz);
  }

  @Test
  void anUnservedInterruptIsNotRepeated() {
    write(0x0B, 0x42);
    bench.pass(SECOND);
    assertThat(irq.rises()).isEqualTo(1);
    assertThat(bench.time.nextDue()).isEqualTo(Long.MAX_VALUE);
    read(0x0C);
    assertThat(bench.time.nextDue()).isBetween(SECOND, SECOND + MILLISECOND);
  }

  @Test
  void flagsAreSetWithoutInterrupts() {
    assertThat(read(0x0C)).isZero();
    bench.pass(SECOND);
    assertThat(read(0x0C)).isEqualTo(0x50);
    assertThat(read(0x0C)).as("reading clears").isZero();
    write(0x0A, 0x20);
    bench.pass(999 * MILLISECOND);
    assertThat(read(0x0C)).isZero();
    assertThat(irq.rises()).isZero();
  }

  @Test
  void updateInterrupts() {
    write(0x0B, 0x12);
    bench.pass(SECOND - 1);
    assertThat(irq.level()).isFalse();
    bench.pass(1);
    assertThat(irq.level()).isTrue();
    assertThat(read(0x0C)).isEqualTo(0xD0);
    write(0x0B, 0x92);
    assertThat(read(0x0B)).as("setting the time switches them off").isEqualTo(0x82);
  }

  @Test
  void alarms() {
    write(1, 0x05);
    write(3, 0x00);
    write(5, 0x00);
    write(0x0B, 0x22);
    bench.until(7 * SECOND - 1);
    assertThat(irq.level()).isFalse();
    bench.until(7 * SECOND);
    assertThat(irq.level()).isTrue();
    assertThat(read(0x0C) & 0xA0).isEqualTo(0xA0);
    bench.until(7 * SECOND + 86399 * SECOND);
    assertThat(irq.level()).isFalse();
    bench.pass(SECOND);
    assertThat(irq.level()).isTrue();
  }

  @Test
  void alarmsThatMatchAnything() {
    write(1, 0x30);
    write(3, 0xFF);
    write(5, 0xC0);
    write(0x0B, 0x22);
    int count = 0;
    for (int minute = 0; minute < 10; minute++) {
      bench.pass(60 * SECOND);
      count += irq.rises();
      read(0x0C);
    }
    assertThat(count).isEqualTo(10);
    write(1, 0x77);
    bench.pass(3 * 86400 * SECOND);
    assertThat(irq.rises()).as("a second that never comes").isZero();
  }

  @Test
  void alarmsAgreeWithGoingThroughEverySecond() {
    Random random = new Random(8);
    for (int i = 0; i < 300; i++) {
      CalendarBytes format = new CalendarBytes(random.nextBoolean(), random.nextBoolean());
      long start = random.nextInt();
      byte[] registers = new byte[128];
      for (int at = 1; at <= 5; at += 2) {
        registers[at] =
            random.nextInt(3) == 0
                ? (byte) 0xFF
                : (byte) format.encode(random.nextInt(), 0, at - 1);
      }
      long expected = 0;
      for (long ahead = 1; ahead <= 86400 && expected == 0; ahead++) {
        boolean match = true;
        for (int at = 1; at <= 5; at += 2) {
          int alarm = registers[at] & 0xFF;
          match &= alarm >= 0xC0 || alarm == format.encode(start + ahead, 0, at - 1);
        }
        expected = match ? ahead : 0;
      }
      assertThat(format.secondsToAlarm(start, registers)).isEqualTo(expected);
    }
  }

  @Test
  void everyFormatReadsBack() {
    Random random = new Random(9);
    for (int i = 0; i < 1000; i++) {
      CalendarBytes format = new CalendarBytes(random.nextBoolean(), random.nextBoolean());
      long time = random.nextInt();
      byte[] registers = new byte[128];
      for (int at : new int[] {0, 2, 4, 6, 7, 8, 9, 0x32}) {
        registers[at] = (byte) format.encode(time, i % 7, at);
      }
      assertThat(format.decode(registers)).isEqualTo(time);
      assertThat(format.weekdayShift(registers, time)).isEqualTo(i % 7);
    }
  }

  @Test
  void theMemoryHoldsWhatFirmwareLeaves() {
    assertThat(read(0x14)).isEqualTo(0x47);
    assertThat(read(0x10)).as("a drive of 1.44M and one of 2.88M").isEqualTo(0x45);
    assertThat(read(0x15) | read(0x16) << 8).isEqualTo(640);
    assertThat(read(0x17) | read(0x18) << 8).isEqualTo(65535);
    assertThat(read(0x34) | read(0x35) << 8).isEqualTo(240 * 16);
    assertThat(read(0x0D)).isEqualTo(0x80);
    write(0x40, 0x5A);
    assertThat(read(0x40)).isEqualTo(0x5A);
    assertThat(read(0xC0)).as("bit 7 of the index masks NMI").isEqualTo(0x5A);
    assertThat(rtc.nmiMasked()).isTrue();
    rtc.preset(0x38, 0x20);
    assertThat(read(0x38)).isEqualTo(0x20);
    assertThat(rtc.nmiMasked()).isFalse();
    assertThatThrownBy(() -> rtc.preset(0, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lookingHasNoEffect() {
    write(0x0B, 0x12);
    bench.pass(SECOND);
    assertThat(rtc.peek(0x0C)).isEqualTo(0xD0);
    assertThat(rtc.peek(0x0C)).isEqualTo(0xD0);
    assertThat(irq.level()).isTrue();
    assertThat(rtc.peek(0)).isEqualTo(0x59);
  }

  @Test
  void resetKeepsTheTime() {
    write(0x0B, 0x72);
    bench.pass(SECOND);
    rtc.reset();
    assertThat(irq.level()).isFalse();
    assertThat(read(0x0B)).isEqualTo(0x02);
    assertThat(read(0)).isEqualTo(0x59);
  }
}
