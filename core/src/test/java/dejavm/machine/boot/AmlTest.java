package dejavm.machine.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AmlTest {
  @Test
  void integersTakeTheSmallestEncoding() {
    assertThat(Aml.integer(0)).containsExactly(0x00);
    assertThat(Aml.integer(1)).containsExactly(0x01);
    assertThat(Aml.integer(0x80)).containsExactly(0x0A, 0x80);
    assertThat(Aml.integer(0x1234)).containsExactly(0x0B, 0x34, 0x12);
    assertThat(Aml.integer(0x89ABCDEFL)).containsExactly(0x0C, 0xEF, 0xCD, 0xAB, 0x89);
  }

  @Test
  void pathsAreMadeOfSegmentsOfFour() {
    assertThat(Aml.path("\\")).containsExactly('\\', 0);
    assertThat(Aml.path("ISA")).isEqualTo("ISA_".getBytes(US_ASCII));
    assertThat(Aml.path("\\_SB.PCI0")).isEqualTo("\\._SB_PCI0".getBytes(US_ASCII));
    assertThat(Aml.path("\\_SB.PCI0.ISA.PRQA"))
        .isEqualTo("\\/\u0004_SB_PCI0ISA_PRQA".getBytes(US_ASCII));
  }

  @Test
  void identifiersAreCompressed() {
    assertThat(Aml.eisaId("PNP0A03")).containsExactly(0x0C, 0x41, 0xD0, 0x0A, 0x03);
  }

  @Test
  void lengthsCountTheirOwnField() {
    // a scope of the root: operation, length, two bytes of path, content
    assertThat(Aml.scope("\\", new byte[60])).startsWith(0x10, 63).hasSize(64);
    assertThat(Aml.scope("\\", new byte[61])).startsWith(0x10, 0x41, 0x04).hasSize(66);
    assertThat(Aml.scope("\\", new byte[4091])).startsWith(0x10, 0x4F, 0xFF).hasSize(4096);
    assertThat(Aml.scope("\\", new byte[4092])).startsWith(0x10, 0x81, 0x00, 0x01).hasSize(4098);
  }
}
