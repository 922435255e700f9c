package dejavm.device.serial;

import static dejavm.device.Workbench.MICROSECOND;
import static dejavm.device.Workbench.MILLISECOND;
import static dejavm.device.Workbench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Uart16550Test {
  private final Workbench bench = new Workbench();
  private final Probe irq = new Probe();
  private final Uart16550 uart = new Uart16550(bench.time, irq, bench, 0);

  @BeforeEach
  void open() {
    uart.reset();
    line(uart, 1);
    uart.writeByte(4, 0x0B);
    assertThat(bench.taken()).containsExactly("ready 0 16");
  }

  /** Eight bits, no parity, one stop bit. */
  private static void line(Uart16550 uart, int divisor) {
    uart.writeByte(3, 0x83);
    uart.writeByte(0, divisor & 0xFF);
    uart.writeByte(1, divisor >> 8);
    uart.writeByte(3, 0x03);
  }

  private void receive(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    uart.receive(bytes);
  }

  private int lineStatus() {
    return uart.readByte(5);
  }

  @Test
  void divisorAndScratch() {
    line(uart, 0x1234);
    uart.writeByte(3, 0x83);
    assertThat(uart.readByte(0)).isEqualTo(0x34);
    assertThat(uart.readByte(1)).isEqualTo(0x12);
    uart.writeByte(3, 0x03);
    uart.writeByte(1, 0xFF);
    assertThat(uart.readByte(1)).as("four bits").isEqualTo(0x0F);
    uart.writeByte(7, 0xA5);
    assertThat(uart.readByte(7)).isEqualTo(0xA5);
  }

  @Test
  void aByteTakesTenBitTimes() {
    assertThat(lineStatus()).isEqualTo(0x60);
    uart.writeByte(0, 'A');
    assertThat(bench.taken()).containsExactly("serial 0 41");
    assertThat(lineStatus()).as("holding register free, not idle").isEqualTo(0x20);
    uart.writeByte(0, 'B');
    assertThat(lineStatus()).isZero();
    bench.pass(86 * MICROSECOND);
    assertThat(bench.taken()).isEmpty();
    bench.pass(MICROSECOND);
    assertThat(bench.taken()).containsExactly("serial 0 42");
    assertThat(lineStatus()).isEqualTo(0x20);
    bench.pass(87 * MICROSECOND);
    assertThat(lineStatus()).isEqualTo(0x60);
  }

  @Test
  void longerCharactersTakeLonger() {
    // five bits, parity, one and a half stop bits at 50 baud: 8.5 bits of 20 ms
    line(uart, 2304);
    uart.writeByte(3, 0x0C);
    uart.writeByte(0, 0xFF);
    assertThat(bench.taken()).as("only five bits").containsExactly("serial 0 1f");
    bench.pass(170 * MILLISECOND - 1);
    assertThat(lineStatus()).isEqualTo(0x20);
    bench.pass(1);
    assertThat(lineStatus()).isEqualTo(0x60);
  }

  @Test
  void aFasterPort() {
    Workbench other = new Workbench();
    Uart16550 fast = new Uart16550(other.time, irq, other, 1, 10);
    line(fast, 1);
    fast.writeByte(0, 'x');
    other.pass(8700);
    assertThat(fast.readByte(5)).isEqualTo(0x60);
    assertThat(other.taken()).containsExactly("serial 1 78");
  }

  @Test
  void theTransmitFifoHolds16AndInterruptsWhenEmpty() {
    uart.writeByte(2, 0x07);
    uart.writeByte(1, 0x02);
    assertThat(irq.level()).as("enabling asks at once").isTrue();
    assertThat(uart.readByte(2)).isEqualTo(0xC2);
    assertThat(irq.level()).as("reading withdraws it").isFalse();
    assertThat(uart.readByte(2)).isEqualTo(0xC1);
    for (int i = 0; i < 20; i++) {
      uart.writeByte(0, i);
    }
    irq.rises();
    bench.pass(15 * 87 * MICROSECOND);
    assertThat(irq.rises()).isZero();
    bench.pass(87 * MICROSECOND);
    assertThat(irq.rises()).as("empty while the last one is shifted").isOne();
    assertThat(lineStatus()).isEqualTo(0x20);
    bench.pass(SECOND);
    assertThat(bench.taken()).as("one shifting and 16 waiting, the rest lost").hasSize(17);
  }

  @Test
  void enablingTheTransmittersInterruptAgainAsksAgain() {
    uart.writeByte(1, 0x02);
    uart.readByte(2);
    uart.writeByte(1, 0x02);
    assertThat(irq.level()).isFalse();
    uart.writeByte(1, 0x00);
    uart.writeByte(1, 0x02);
    assertThat(irq.level()).isTrue();
    uart.writeByte(0, 'a');
    bench.pass(SECOND);
    uart.readByte(2);
    assertThat(irq.level()).isFalse();
  }

  @Test
  void out2GatesTheInterrupt() {
    uart.writeByte(4, 0x03);
    uart.writeByte(1, 0x02);
    assertThat(irq.level()).isFalse();
    uart.writeByte(4, 0x0B);
    assertThat(irq.level()).isTrue();
    uart.writeByte(4, 0x1B);
    assertThat(irq.level()).as("loopback switches the outputs off").isFalse();
  }

  @Test
  void bytesArriveAtTheSpeedOfTheLine() {
    uart.writeByte(1, 0x01);
    receive('a', 'b');
    bench.pass(86 * MICROSECOND);
    assertThat(lineStatus()).isEqualTo(0x60);
    bench.pass(MICROSECOND);
    assertThat(lineStatus()).isEqualTo(0x61);
    assertThat(irq.level()).isTrue();
    assertThat(uart.readByte(2)).isEqualTo(0x04);
    bench.pass(SECOND);
    assertThat(uart.readByte(0)).as("not overrun").isEqualTo('a');
    assertThat(irq.level()).isFalse();
    bench.pass(87 * MICROSECOND);
    assertThat(uart.readByte(0)).isEqualTo('b');
    assertThat(bench.taken()).containsExactly("ready 0 1", "ready 0 1");
  }

  @Test
  void triggerLevelsAndTimeOut() {
    uart.writeByte(2, 0x81);
    uart.writeByte(1, 0x01);
    receive(1, 2, 3);
    bench.pass(3 * 87 * MICROSECOND);
    assertThat(irq.level()).as("below the level").isFalse();
    bench.pass(345 * MICROSECOND);
    assertThat(irq.level()).isFalse();
    bench.pass(3 * MICROSECOND);
    assertThat(irq.level()).as("four characters of silence").isTrue();
    assertThat(uart.readByte(2)).isEqualTo(0xCC);
    uart.readByte(0);
    assertThat(irq.level()).isFalse();
    bench.pass(350 * MICROSECOND);
    assertThat(irq.level()).as("and again").isTrue();
    uart.readByte(0);
    uart.readByte(0);
    receive(1, 2, 3, 4, 5, 6, 7, 8);
    bench.pass(8 * 87 * MICROSECOND);
    assertThat(uart.readByte(2)).isEqualTo(0xC4);
  }

  @Test
  void aTimeOutCountsFromTheLastByteHoweverLateItIsEnabled() {
    uart.writeByte(2, 0xC1);
    receive(1);
    bench.pass(SECOND);
    uart.writeByte(1, 0x01);
    bench.pass(0);
    assertThat(irq.level()).isTrue();
  }

  @Test
  void creditsNeverAllowAnOverrun() {
    Random random = new Random(12);
    uart.writeByte(2, 0x01);
    long allowed = 16;
    int sent = 0;
    List<Integer> got = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      int count = (int) Math.min(allowed, random.nextInt(20));
      byte[] bytes = new byte[count];
      for (int j = 0; j < count; j++) {
        bytes[j] = (byte) sent++;
      }
      uart.receive(bytes);
      allowed -= count;
      bench.pass(random.nextInt(600_000));
      int status = lineStatus();
      assertThat(status & 0x02).isZero();
      if ((status & 1) != 0 && random.nextBoolean()) {
        got.add(uart.readByte(0));
      }
      if (random.nextInt(100) == 0) {
        uart.writeByte(4, random.nextBoolean() ? 0x1B : 0x0B);
      }
      for (String line : bench.taken()) {
        allowed += Integer.parseInt(line.substring("ready 0 ".length()));
      }
      assertThat(uart.credits()).isEqualTo((int) allowed).isBetween(0, Uart16550.WINDOW);
    }
    assertThat(got).hasSizeGreaterThan(1000);
    for (int i = 0; i < got.size(); i++) {
      assertThat(got.get(i)).isEqualTo(i & 0xFF);
    }
  }

  @Test
  void bytesWithoutCreditAreLost() {
    receive(new int[20]);
    assertThat(uart.credits()).isZero();
    assertThat(lineStatus() & 0x02).isNotZero();
    assertThat(lineStatus() & 0x02).as("reading clears it").isZero();
  }

  @Test
  void clearingTheFifoMakesRoom() {
    uart.writeByte(2, 0x01);
    receive(1, 2, 3);
    bench.pass(SECOND);
    bench.taken();
    uart.writeByte(2, 0x03);
    assertThat(lineStatus() & 1).isZero();
    assertThat(bench.taken()).containsExactly("ready 0 3");
  }

  @Test
  void loopbackTakesTheByteTimeAndStaysInside() {
    uart.writeByte(4, 0x10);
    uart.writeByte(0, 'z');
    bench.pass(88 * MICROSECOND);
    assertThat(lineStatus()).isEqualTo(0x61);
    assertThat(uart.readByte(0)).isEqualTo('z');
    assertThat(bench.taken()).isEmpty();
    uart.writeByte(0, 'a');
    bench.pass(MILLISECOND);
    uart.writeByte(0, 'b');
    bench.pass(MILLISECOND);
    assertThat(lineStatus()).as("overrun").isEqualTo(0x63);
    assertThat(uart.readByte(0)).isEqualTo('b');
  }

  @Test
  void loopbackReturnsTheModemLines() {
    assertThat(uart.readByte(6)).isEqualTo(0xB0);
    uart.writeByte(4, 0x1A);
    assertThat(uart.readByte(6) & 0xF0).as("what Linux looks for").isEqualTo(0x90);
    assertThat(uart.readByte(6)).as("the changes were read").isEqualTo(0x90);
    uart.writeByte(4, 0x15);
    assertThat(uart.readByte(6)).isEqualTo(0x60 | 0x0B);
    uart.writeByte(4, 0x11);
    assertThat(uart.readByte(6)).as("ring ended").isEqualTo(0x20 | 0x04);
  }

  @Test
  void modemStatusInterrupts() {
    uart.writeByte(4, 0x18);
    uart.readByte(6);
    uart.writeByte(1, 0x08);
    uart.writeByte(4, 0x1A);
    assertThat(uart.readByte(2)).isZero();
    uart.readByte(6);
    assertThat(uart.readByte(2)).isOne();
  }

  @Test
  void lineStatusIsTheMostUrgentInterrupt() {
    uart.writeByte(1, 0x07);
    receive(new int[17]);
    bench.pass(SECOND);
    assertThat(uart.readByte(2)).isEqualTo(0x06);
    lineStatus();
    assertThat(uart.readByte(2)).isEqualTo(0x04);
    uart.readByte(0);
    assertThat(uart.readByte(2)).isEqualTo(0x02);
    assertThat(uart.readByte(2)).isEqualTo(0x01);
  }

  @Test
  void linuxSeesA16550A() {
    uart.writeByte(2, 0x01);
    assertThat(uart.readByte(2) >> 6).isEqualTo(3);
    uart.writeByte(2, 0xE1);
    assertThat(uart.readByte(2) >> 5 & 1).as("no 64 byte FIFO").isZero();
    uart.writeByte(2, 0xC0);
    assertThat(uart.readByte(2) >> 6).isZero();
  }

  @Test
  void aResetAsksOnlyForWhatWasNotAskedForYet() {
    receive(1, 2, 3);
    uart.reset();
    assertThat(bench.taken()).containsExactly("ready 0 3");
    assertThat(uart.credits()).isEqualTo(16);
    bench.pass(SECOND);
    assertThat(lineStatus()).isEqualTo(0x60);
  }
}
