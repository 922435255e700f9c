package dejavm.device.system;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SystemTest {
  private final Workbench bench = new Workbench();
  private final List<String> events = new ArrayList<>();

  @Test
  void port92OpensA20AndResetsOnAnEdge() {
    Probe a20 = new Probe();
    Port92 port = new Port92(a20, () -> events.add("reset"));
    port.writeByte(0, 0x02);
    assertThat(a20.level()).isTrue();
    assertThat(port.readByte(0)).isEqualTo(0x02);
    port.writeByte(0, 0x03);
    port.writeByte(0, 0x01);
    assertThat(a20.level()).isFalse();
    assertThat(events).containsExactly("reset");
    port.writeByte(0, 0x02);
    port.reset();
    assertThat(a20.level()).isFalse();
  }

  @Test
  void debugPorts() {
    DebugConsole console = new DebugConsole(bench);
    assertThat(console.read(0, 1)).isEqualTo(0xE9);
    console.write(0, 1, 'x');
    DebugExit exit = new DebugExit(bench, () -> events.add("off"));
    exit.write(0, 4, 0x10);
    exit.write(0, 1, 0);
    assertThat(bench.taken()).containsExactly("debug 78", "exit 33", "exit 1");
    assertThat(events).containsExactly("off", "off");
    assertThat(exit.read(0, 4)).isZero();
  }

  @Test
  void thePostPortReadsBack() {
    PostPort port = new PostPort();
    port.writeByte(0, 0x42);
    assertThat(port.readByte(0)).isEqualTo(0x42);
    assertThat(port.code()).isEqualTo(0x42);
  }

  @Test
  void dmaAddressesGoThroughTheFlipFlop() {
    Dma8237 dma = new Dma8237(1);
    dma.writeByte(0x04, 0x34);
    dma.writeByte(0x04, 0x12);
    dma.writeByte(0x05, 0xFF);
    dma.writeByte(0x0C, 0);
    dma.writeByte(0x05, 0x01);
    dma.writeByte(0x05, 0x02);
    assertThat(dma.address(2)).isEqualTo(0x1234);
    assertThat(dma.count(2)).isEqualTo(0x0201);
    assertThat(dma.readByte(0x04)).isEqualTo(0x34);
    assertThat(dma.readByte(0x04)).isEqualTo(0x12);
    dma.writeByte(0x0B, 0x46);
    assertThat(dma.mode(2)).isEqualTo(0x46);
  }

  @Test
  void dmaMasksRequestsAndMasterClear() {
    Dma8237 dma = new Dma8237(2);
    assertThat(dma.readByte(0x1E)).isEqualTo(0xFF);
    dma.writeByte(0x14, 0x02);
    assertThat(dma.enabled(2)).isTrue();
    assertThat(dma.readByte(0x1E)).isEqualTo(0xFB);
    dma.writeByte(0x10, 0x04);
    assertThat(dma.enabled(2)).as("the controller is off").isFalse();
    dma.writeByte(0x10, 0x00);
    dma.writeByte(0x12, 0x05);
    assertThat(dma.readByte(0x10)).isEqualTo(0x20);
    dma.writeByte(0x1C, 0);
    assertThat(dma.readByte(0x1E)).isEqualTo(0xF0);
    dma.writeByte(0x1E, 0x03);
    assertThat(dma.enabled(3)).isTrue();
    assertThat(dma.enabled(1)).isFalse();
    dma.writeByte(0x1A, 0);
    assertThat(dma.readByte(0x1E)).isEqualTo(0xFF);
    assertThat(dma.readByte(0x10)).isZero();
    assertThat(dma.readByte(0x1A)).isZero();
  }

  @Test
  void dmaPagesAreInNoOrder() {
    DmaPages pages = new DmaPages();
    int[] ports = {0x87, 0x83, 0x81, 0x82, 0x8F, 0x8B, 0x89, 0x8A};
    for (int channel = 0; channel < 8; channel++) {
      pages.writeByte(ports[channel] - 0x81, 0x10 + channel);
    }
    for (int channel = 0; channel < 8; channel++) {
      assertThat(pages.page(channel)).isEqualTo(0x10 + channel);
    }
    pages.writeByte(0x84 - 0x81, 0x99);
    assertThat(pages.readByte(0x84 - 0x81)).isEqualTo(0x99);
    pages.reset();
    assertThat(pages.page(0)).isZero();
  }
}
