package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.CpuModel;
import dejavm.cpu.Mtrrs;
import dejavm.machine.InitialMemory;
import dejavm.machine.MachineConfig;
import dejavm.machine.boot.BootImage;
import dejavm.machine.boot.RomImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SeaBIOS, where it is installed, recorded at both boundaries in one run. */
class FirmwareTest {
  private static final Path BIOS = Path.of("/usr/share/seabios/bios-256k.bin");
  private static final Path VIDEO_BIOS = Path.of("/usr/share/seabios/vgabios-stdvga.bin");
  private static final long FREQUENCY = 100_000_000;
  private static final long MOST = 3 * FREQUENCY;

  /**
   * RAM below 640 KiB is cached, the video adapter's memory is not, ROM is write-protected, the
   * memory of PCI functions from 2 GiB on is not cached, all else is.
   */
  private static final Mtrrs.State MEMORY_TYPES = memoryTypes();

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
    // what it sets on QEMU 7.2, but for the bits of an address that this processor does not have
    Mtrrs.State types = both.recording().machine().processor().cpu().state().mtrrs();
    assertThat(types).usingRecursiveComparison().isEqualTo(MEMORY_TYPES);
  }

  @Test
  void whereThereIsNoneOurResetCodeSetsTheSameMemoryTypes() {
    TimedInputs nothing = new TimedInputs(List.of());
    TwoRecordings both = new TwoRecordings(TinyGuest.setup("job=demo"), nothing, "reset code");
    both.recording().run(100_000);
    Mtrrs.State types = both.recording().machine().processor().cpu().state().mtrrs();
    assertThat(types).usingRecursiveComparison().isEqualTo(MEMORY_TYPES);
  }

  private static Mtrrs.State memoryTypes() {
    long back = 0x0606060606060606L;
    long[] fixed = new long[11];
    Arrays.fill(fixed, 0x0505050505050505L);
    fixed[0] = back;
    fixed[1] = back;
    fixed[2] = 0;
    long[] variable = new long[16];
    variable[0] = 0x80000000L;
    variable[1] = 0xF80000800L;
    return new Mtrrs.State(fixed, variable, 0xC06);
  }
}
