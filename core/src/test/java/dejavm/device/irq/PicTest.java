package dejavm.device.irq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.device.Probe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PicTest {
  private final Probe intr = new Probe();
  private final PicPair pics = new PicPair(intr);

  @BeforeEach
  void initialize() {
    initialize(pics.master(), 0x30, 0x04, 0x01);
    initialize(pics.slave(), 0x38, 0x02, 0x01);
  }

  private static void initialize(Pic pic, int base, int icw3, int icw4) {
    pic.writeByte(0, 0x11);
    pic.writeByte(1, base);
    pic.writeByte(1, icw3);
    pic.writeByte(1, icw4);
  }

  private void endMaster() {
    pics.master().writeByte(0, 0x20);
  }

  private void endSlave() {
    pics.slave().writeByte(0, 0x20);
  }

  private void pulse(int irq) {
    pics.irq(irq).set(true);
    pics.irq(irq).set(false);
  }

  @Test
  void deliversByPriorityAndNests() {
    pics.irq(4).set(true);
    assertThat(intr.level()).isTrue();
    assertThat(pics.acknowledge()).isEqualTo(0x34);
    assertThat(intr.level()).isFalse();
    pics.irq(5).set(true);
    assertThat(intr.level()).as("less urgent waits").isFalse();
    pics.irq(1).set(true);
    assertThat(pics.acknowledge()).as("more urgent interrupts").isEqualTo(0x31);
    assertThat(pics.master().inService()).isEqualTo(0x12);
    endMaster();
    assertThat(pics.master().inService()).isEqualTo(0x10);
    assertThat(intr.level()).isFalse();
    endMaster();
    assertThat(pics.acknowledge()).isEqualTo(0x35);
  }

  @Test
  void theSlaveComesThroughTheCascade() {
    pics.irq(12).set(true);
    assertThat(pics.acknowledge()).isEqualTo(0x3C);
    assertThat(pics.master().inService()).isEqualTo(0x04);
    assertThat(pics.slave().inService()).isEqualTo(0x10);
    pics.irq(3).set(true);
    assertThat(intr.level()).as("IRQ 3 is less urgent than all of the slave's").isFalse();
    endSlave();
    endMaster();
    assertThat(pics.acknowledge()).isEqualTo(0x33);
  }

  @Test
  void anEdgeCountsOnlyWhileTheLineStaysHigh() {
    pulse(4);
    assertThat(intr.level()).isFalse();
    assertThat(pics.master().requests()).isZero();
  }

  @Test
  void anAcknowledgeThatFindsNothingIsSpurious() {
    assertThat(pics.acknowledge()).isEqualTo(0x37);
    assertThat(pics.master().inService()).as("nothing is in service").isZero();
    pics.master().input(2).set(true);
    assertThat(pics.acknowledge()).isEqualTo(0x3F);
    assertThat(pics.slave().inService()).isZero();
    assertThat(pics.master().inService()).as("but the cascade is").isEqualTo(0x04);
  }

  @Test
  void anEdgeIsServedOnceALevelAgainAndAgain() {
    pics.irq(5).set(true);
    pics.acknowledge();
    endMaster();
    assertThat(intr.level()).isFalse();
    pics.irq(5).set(false);
    pics.elcr().write(0, 1, 0x20);
    pics.irq(5).set(true);
    pics.acknowledge();
    assertThat(intr.level()).isFalse();
    endMaster();
    assertThat(intr.level()).isTrue();
    pics.irq(5).set(false);
    assertThat(intr.level()).isFalse();
  }

  @Test
  void theElcrKeepsTheMainboardsInputsOnEdges() {
    pics.elcr().write(0, 2, 0xFFFF);
    assertThat(pics.elcr().read(0, 2)).isEqualTo(0xDEF8);
  }

  @Test
  void masksHoldRequestsBack() {
    pics.master().writeByte(1, 0x10);
    pics.irq(4).set(true);
    assertThat(intr.level()).isFalse();
    assertThat(pics.master().readByte(0)).as("IRR shows it").isEqualTo(0x10);
    pics.master().writeByte(1, 0x00);
    assertThat(intr.level()).isTrue();
    assertThat(pics.master().readByte(1)).isZero();
  }

  @Test
  void readsIsrOrIrrAsAskedFor() {
    pics.irq(4).set(true);
    pics.acknowledge();
    pics.irq(6).set(true);
    pics.master().writeByte(0, 0x0B);
    assertThat(pics.master().readByte(0)).isEqualTo(0x10);
    pics.master().writeByte(0, 0x0A);
    assertThat(pics.master().readByte(0)).isEqualTo(0x40);
  }

  @Test
  void initializingForgetsEdgesAndMasks() {
    pics.master().writeByte(1, 0xFF);
    pics.irq(4).set(true);
    initialize(pics.master(), 0x20, 0x04, 0x01);
    assertThat(pics.master().mask()).isZero();
    assertThat(intr.level()).as("needs a new edge").isFalse();
    pics.irq(4).set(false);
    pics.irq(4).set(true);
    assertThat(pics.acknowledge()).isEqualTo(0x24);
  }

  @Test
  void specificEndAndRotation() {
    pics.irq(3).set(true);
    pics.acknowledge();
    pics.irq(1).set(true);
    pics.acknowledge();
    pics.master().writeByte(0, 0x63);
    assertThat(pics.master().inService()).isEqualTo(0x02);
    pics.master().writeByte(0, 0xA0);
    assertThat(pics.master().inService()).as("rotate on non-specific end").isZero();
    pics.irq(1).set(false);
    pics.irq(1).set(true);
    pics.irq(6).set(true);
    assertThat(pics.acknowledge()).as("1 is now the least urgent").isEqualTo(0x36);
  }

  @Test
  void setPriorityAndRotateOnSpecificEnd() {
    pics.master().writeByte(0, 0xC4);
    pics.irq(4).set(true);
    pics.irq(5).set(true);
    assertThat(pics.acknowledge()).isEqualTo(0x35);
    pics.master().writeByte(0, 0xE5);
    assertThat(pics.master().inService()).isZero();
    assertThat(pics.acknowledge()).isEqualTo(0x34);
  }

  @Test
  void automaticEndLeavesNothingInService() {
    initialize(pics.master(), 0x30, 0x04, 0x03);
    pics.irq(3).set(true);
    assertThat(pics.acknowledge()).isEqualTo(0x33);
    assertThat(pics.master().inService()).isZero();
    pics.master().writeByte(0, 0x80);
    pics.irq(0).set(true);
    pics.acknowledge();
    pics.irq(0).set(false);
    pics.irq(0).set(true);
    pics.irq(7).set(true);
    assertThat(pics.acknowledge()).as("0 has become the least urgent").isEqualTo(0x37);
  }

  @Test
  void specialMaskModeLetsLessUrgentOnesIn() {
    pics.irq(1).set(true);
    pics.acknowledge();
    pics.irq(6).set(true);
    assertThat(intr.level()).isFalse();
    pics.master().writeByte(1, 0x02);
    pics.master().writeByte(0, 0x68);
    assertThat(pics.acknowledge()).isEqualTo(0x36);
    endMaster();
    assertThat(pics.master().inService()).as("the masked one stays").isEqualTo(0x02);
    pics.master().writeByte(0, 0x48);
    endMaster();
    assertThat(pics.master().inService()).isZero();
  }

  @Test
  void specialFullyNestedModeLetsTheSlaveNest() {
    pics.irq(12).set(true);
    pics.acknowledge();
    pics.irq(9).set(true);
    assertThat(intr.level()).isFalse();
    pics.irq(9).set(false);
    endSlave();
    endMaster();
    pics.irq(12).set(false);
    initialize(pics.master(), 0x30, 0x04, 0x11);
    pics.irq(12).set(true);
    pics.acknowledge();
    pics.irq(9).set(true);
    assertThat(pics.acknowledge()).isEqualTo(0x39);
  }

  @Test
  void pollingAcknowledges() {
    pics.master().writeByte(0, 0x0C);
    assertThat(pics.master().readByte(0)).isZero();
    pics.irq(5).set(true);
    pics.master().writeByte(0, 0x0C);
    assertThat(pics.master().readByte(0)).isEqualTo(0x85);
    assertThat(pics.master().inService()).isEqualTo(0x20);
    assertThat(pics.master().readByte(0)).as("only once").isZero();
  }

  @Test
  void aSingleOneWithoutIcw4() {
    Pic pic = new Pic(intr);
    pic.writeByte(0, 0x12);
    pic.writeByte(1, 0x40);
    pic.writeByte(1, 0xFE);
    assertThat(pic.mask()).isEqualTo(0xFE);
    pic.input(0).set(true);
    assertThat(pic.acknowledge()).isZero();
    assertThat(pic.vector(0)).isEqualTo(0x40);
  }

  @Test
  void theCascadeIsNoInput() {
    assertThatThrownBy(() -> pics.irq(2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resetForgetsAllButTheLevels() {
    pics.elcr().write(0, 2, 0xFFFF);
    pics.irq(5).set(true);
    pics.reset();
    assertThat(intr.level()).isFalse();
    assertThat(pics.master().requests()).isZero();
    assertThat(pics.elcr().read(0, 2)).isZero();
  }
}
