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
