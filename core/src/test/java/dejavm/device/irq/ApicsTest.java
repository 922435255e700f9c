package dejavm.device.irq;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApicsTest {
  private static final int PRIORITY = 0x80;
  private static final int END = 0xB0;
  private static final int SPURIOUS = 0xF0;
  private static final int SERVED = 0x100;
  private static final int REQUESTED = 0x200;
  private static final int ERRORS = 0x280;
  private static final int COMMAND = 0x300;
  private static final int TIMER = 0x320;
  private static final int LINT0 = 0x350;
  private static final int INITIAL = 0x380;
  private static final int CURRENT = 0x390;
  private static final int DIVIDE = 0x3E0;
  private static final int PERIODIC = 1 << 17;
  private static final int MASKED = 1 << 16;

  private final Workbench bench = new Workbench();
  private final Probe intr = new Probe();
  private final List<String> events = new ArrayList<>();
  private final LocalApic apic =
      new LocalApic(
          bench.time,
          intr,
          new LocalApic.Outside() {
            @Override
            public void nmi() {
              events.add("nmi");
            }

            @Override
            public void smi() {
              events.add("smi");
            }

            @Override
            public void init() {
              events.add("init");
            }
          },
          priority -> events.add("cr8 " + priority),
          () -> 0x77,
          vector -> ended(vector));
  private final IoApic ioApic = new IoApic(apic::message);

  private void ended(int vector) {
    events.add("end %x".formatted(vector));
    ioApic.ended(vector);
  }

  private void enable() {
    write(SPURIOUS, 0x1FF);
  }

  private void write(int register, long value) {
    apic.write(register, 4, value);
  }

  private long read(int register) {
    return apic.read(register, 4);
  }

  private void entry(int pin, long value) {
    ioApic.write(0, 4, 0x11 + 2L * pin);
    ioApic.write(0x10, 4, value >>> 32);
    ioApic.write(0, 4, 0x10 + 2L * pin);
    ioApic.write(0x10, 4, value & 0xFFFFFFFFL);
  }

  private long entry(int pin) {
    ioApic.write(0, 4, 0x10 + 2L * pin);
    return ioApic.read(0x10, 4);
  }

  @Test
  void afterAResetThe8259sGetThroughAsIfThereWereNone() {
    apic.pin(0).set(true);
    assertThat(intr.level()).isTrue();
    assertThat(apic.acknowledge()).isEqualTo(0x77);
    apic.pin(0).set(false);
    assertThat(intr.level()).isFalse();
    assertThat(apic.acknowledge()).as("withdrawn").isEqualTo(0xFF);
    write(SPURIOUS, 0xFF);
    apic.pin(0).set(true);
    assertThat(intr.level()).as("disabled by software").isFalse();
    write(LINT0, 0x700);
    assertThat(read(LINT0)).as("no entry can be opened").isEqualTo(0x10700);
    enable();
    write(LINT0, 0x700);
    assertThat(intr.level()).isTrue();
    write(LINT0, 0x10700);
    assertThat(intr.level()).isFalse();
    apic.base(0xFEE00100L);
    assertThat(intr.level()).as("no APIC at all").isTrue();
    assertThat(apic.answers(0xFEE00020L)).isFalse();
  }

  @Test
  void theMostUrgentThatThePriorityLetsPass() {
    enable();
    apic.message(0, false, 0, 0x31, false);
    apic.message(0, false, 0, 0x52, false);
    assertThat(apic.acknowledge()).isEqualTo(0x52);
    assertThat(intr.level()).as("less urgent than what is served").isFalse();
    apic.message(0, false, 1, 0x5F, false);
    assertThat(intr.level()).as("of the same class").isFalse();
    assertThat(read(REQUESTED + 0x10)).isEqualTo(1L << 0x11);
    assertThat(read(SERVED + 0x20)).isEqualTo(1L << 0x12);
    write(END, 0);
    assertThat(apic.acknowledge()).isEqualTo(0x5F);
    write(END, 0);
    write(PRIORITY, 0x30);
    assertThat(events).containsExactly("cr8 3");
    assertThat(intr.level()).isFalse();
    apic.priority(2);
    assertThat(read(PRIORITY)).isEqualTo(0x20);
    assertThat(intr.level()).isTrue();
    assertThat(apic.acknowledge()).isEqualTo(0x31);
  }

  @Test
  void messagesFindItByItsIdentityOrByAMask() {
    enable();
    assertThat(apic.message(1, false, 0, 0x40, false)).isFalse();
    write(0xD0, 0x0400_0000L);
    assertThat(apic.message(0x0C, true, 0, 0x40, false)).isTrue();
    assertThat(apic.message(0x0B, true, 0, 0x41, false)).isFalse();
    write(0xE0, 0);
    write(0xD0, 0x2100_0000L);
    assertThat(read(0xE0)).isEqualTo(0x0FFFFFFFL);
    assertThat(apic.message(0x23, true, 0, 0x41, false)).as("cluster 2").isTrue();
    assertThat(apic.message(0x13, true, 0, 0x41, false)).isFalse();
    assertThat(apic.message(0xFF, false, 4, 0, false)).isTrue();
    assertThat(events).containsExactly("nmi");
  }

  @Test
  void itSendsToItselfOnly() {
    enable();
    write(COMMAND, 0x0004_0061);
    assertThat(apic.acknowledge()).isEqualTo(0x61);
    write(COMMAND, 0x000C_0062);
    write(0x310, 0x0100_0000);
    write(COMMAND, 0x0000_0062);
    assertThat(intr.level()).as("others, of whom there are none").isFalse();
    write(COMMAND, 0x0008_8500);
    assertThat(events).as("the end of an INIT").isEmpty();
    write(COMMAND, 0x0008_4200);
    write(COMMAND, 0x0008_C500);
    assertThat(events).containsExactly("smi", "init");
    assertThat(read(SPURIOUS)).isEqualTo(0xFF);
  }

  @Test
  void errorsAreSeenOnceTheyAreAskedFor() {
    enable();
    write(0x370, 0xFE);
    write(COMMAND, 0x0004_000F);
    assertThat(read(ERRORS)).isZero();
    assertThat(apic.acknowledge()).isEqualTo(0xFE);
    write(ERRORS, 0);
    assertThat(read(ERRORS)).as("an illegal vector was sent").isEqualTo(0x20);
    read(0x3F0);
    write(ERRORS, 0);
    assertThat(read(ERRORS)).as("no such register").isEqualTo(0x80);
    write(ERRORS, 0);
    assertThat(read(ERRORS)).isZero();
  }

  @Test
  void theTimerCountsOnceOrAgainAndAgain() {
    enable();
    write(DIVIDE, 0x3); // by 16
    write(TIMER, 0x50);
    write(INITIAL, 1000);
    bench.pass(16 * 400);
    assertThat(read(CURRENT)).isEqualTo(600);
    bench.pass(16 * 600 - 1);
    assertThat(intr.level()).isFalse();
    bench.pass(1);
    assertThat(apic.acknowledge()).isEqualTo(0x50);
    write(END, 0);
    bench.pass(100_000);
    assertThat(read(CURRENT)).isZero();
    write(DIVIDE, 0xB); // by 1
    write(TIMER, PERIODIC | 0x51);
    write(INITIAL, 1000);
    for (int i = 0; i < 3; i++) {
      bench.pass(999);
      assertThat(intr.level()).isFalse();
      bench.pass(1);
      assertThat(apic.acknowledge()).isEqualTo(0x51);
      write(END, 0);
    }
    write(TIMER, PERIODIC | MASKED | 0x51);
    bench.pass(1500);
    assertThat(intr.level()).isFalse();
    assertThat(read(CURRENT)).as("it counts on").isEqualTo(500);
    write(INITIAL, 0);
    assertThat(bench.time.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anEdgeAtAMaskedPinIsLost() {
    enable();
    ioApic.pin(4).set(true);
    entry(4, 0x34);
    assertThat(intr.level()).isFalse();
    ioApic.pin(4).set(false);
    ioApic.pin(4).set(true);
    assertThat(apic.acknowledge()).isEqualTo(0x34);
    write(END, 0);
    assertThat(events).as("nobody is told of its end").isEmpty();
  }

  @Test
  void aLevelIsSentAgainAfterItsEnd() {
    enable();
    entry(9, 0x8039);
    ioApic.pin(9).set(true);
    assertThat(apic.acknowledge()).isEqualTo(0x39);
    assertThat(entry(9)).as("its end is due").isEqualTo(0xC039);
    assertThat(intr.level()).isFalse();
    write(END, 0);
    assertThat(events).containsExactly("end 39");
    assertThat(apic.acknowledge()).isEqualTo(0x39);
    ioApic.pin(9).set(false);
    write(END, 0);
    assertThat(intr.level()).isFalse();
    assertThat(entry(9)).isEqualTo(0x8039);
  }

  @Test
  void makingAPinEdgeTriggeredForgetsTheEnd() {
    enable();
    entry(9, 0x8039);
    ioApic.pin(9).set(true);
    apic.acknowledge();
    entry(9, 0x10039);
    entry(9, 0x18039);
    assertThat(entry(9)).isEqualTo(0x18039);
    entry(9, 0x8039);
    assertThat(entry(9)).as("sent at once").isEqualTo(0xC039);
  }

  @Test
  void theRegistersThatTellWhatTheyAre() {
    assertThat(read(0x30)).isEqualTo(0x50014);
    ioApic.write(0, 4, 1);
    assertThat(ioApic.read(0x10, 4)).isEqualTo(0x170011);
    ioApic.write(0, 4, 0);
    ioApic.write(0x10, 4, 0xFFFFFFFFL);
    assertThat(ioApic.read(0x10, 4)).isEqualTo(0x0F000000);
    assertThat(entry(23)).isEqualTo(0x10000);
    assertThat(entry(24)).isZero();
  }
}
