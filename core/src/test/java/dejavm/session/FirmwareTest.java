package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.CpuModel;
import dejavm.machine.InitialMemory;
import dejavm.machine.MachineConfig;
import dejavm.machine.boot.BootImage;
import dejavm.machine.boot.RomImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SeaBIOS, where it is installed, recorded at both boundaries in one run. */
class FirmwareTest {
  private static final Path BIOS = Path.of("/usr/share/seabios/bios-256k.bin");
  private static final Path VIDEO_BIOS = Path.of("/usr/share/seabios/vgabios-stdvga.bin");
  private static final long FREQUENCY = 100_000_000;
  private static final long MOST = 3 * FREQUENCY;

  @Test
  void findsNothingToBootAndSaysSo() throws Exception {
    assumeTrue(Files.isReadable(BIOS) && Files.isReadable(VIDEO_BIOS), "seabios is installed");
    BootImage image = RomImage.image(Files.readAllBytes(BIOS), Files.readAllBytes(VIDEO_BIOS));
    MachineConfig config =
        new MachineConfig(
            32 << 20,
            FREQUENCY,
            MachineConfig.costs(FREQUENCY),
            CpuModel.DEFAULT,
            1,
            0,
            true,
            false,
            image.alias().length);
    Setup setup = new Setup(config, InitialMemory.of(image));
    Dice dice = new Dice(1);
    TimedInputs nothing = new TimedInputs(List.of());
    TwoRecordings both = new TwoRecordings(setup, nothing, "SeaBIOS").run(MOST, dice);
    String screen = String.join("\n", both.recording().machine().processor().video().text());
    assertThat(screen).contains("SeaBIOS (version").contains("No bootable device.");
    both.assertSameRun(1);
  }
}
