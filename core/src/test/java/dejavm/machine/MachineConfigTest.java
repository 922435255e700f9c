package dejavm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.cpu.CpuModel;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineConfigTest {
  private static MachineConfig config(CpuModel cpu, long seed) {
    return new MachineConfig(
        1 << 20, 1_000_000, MachineConfig.costs(1_000_000), cpu, seed, 5, true, false, 0x10000);
  }

  @Test
  void aDescriptionIsReadBack() {
    for (CpuModel model : CpuModel.ALL) {
      for (long seed : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
        MachineConfig config = config(model.at(123_456_789), seed);
        assertThat(MachineConfig.parse(config.pairs())).isEqualTo(config);
      }
    }
  }

  @Test
  void aDescriptionThatLacksSomethingIsRefusedByName() {
    for (String name : config(CpuModel.DEFAULT, 1).pairs().keySet()) {
      if (name.startsWith("boot.") || name.equals("video")) {
        continue; // recordings of older versions have none
      }
      Map<String, String> pairs = config(CpuModel.DEFAULT, 1).pairs();
      pairs.remove(name);
      assertThatThrownBy(() -> MachineConfig.parse(pairs))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the machine's description lacks " + name);
    }
  }

  @Test
  void howFirmwareBootsIsReadBack() {
    MachineConfig usual = config(CpuModel.DEFAULT, 1);
    assertThat(usual.boot()).isEqualTo(new MachineConfig.Boot("cad", false));
    Map<String, String> pairs = usual.pairs();
    pairs.put("boot.order", "dn");
    pairs.put("boot.menu", "true");
    assertThat(MachineConfig.parse(pairs).boot()).isEqualTo(new MachineConfig.Boot("dn", true));
    pairs.remove("boot.order");
    pairs.remove("boot.menu");
    assertThat(MachineConfig.parse(pairs)).isEqualTo(usual);
    assertThatThrownBy(() -> new MachineConfig.Boot("cx", false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whereTheVideoAdapterIsIsReadBack() {
    MachineConfig usual = config(CpuModel.DEFAULT, 1);
    Map<String, String> pairs = usual.pairs();
    pairs.put("video", "isa");
    MachineConfig isa = MachineConfig.parse(pairs);
    assertThat(isa.video()).isEqualTo(MachineConfig.Video.ISA);
    assertThat(MachineConfig.parse(isa.pairs())).isEqualTo(isa);
    pairs.remove("video");
    assertThat(MachineConfig.parse(pairs)).as("older recordings").isEqualTo(usual);
    pairs.put("video", "vlb");
    assertThatThrownBy(() -> MachineConfig.parse(pairs))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aProcessorThatIsUnknownIsRefusedByName() {
    Map<String, String> pairs = config(CpuModel.DEFAULT, 1).pairs();
    pairs.put("cpu", "p6");
    assertThatThrownBy(() -> MachineConfig.parse(pairs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no such CPU model: p6");
  }
}
