package dejavm.session;

import dejavm.cpu.CpuModel;
import dejavm.machine.InitialMemory;
import dejavm.machine.MachineConfig;
import dejavm.machine.boot.BootImage;
import dejavm.machine.boot.BootRefused;
import dejavm.machine.boot.Embedded;
import dejavm.machine.boot.Multiboot;
import java.util.List;

/** The embedded guest on the real board, with all that could differ between two computers fixed. */
final class TinyGuest {
  static final long FREQUENCY = 100_000_000;
  private static final long MEMORY = 4 << 20;

  /** The clock at power-on: 2026-01-01T00:00:00. */
  private static final long RTC = 1_767_225_600;

  private TinyGuest() {}

  /** The guest with a command line; a reset starts it again. */
  static Setup setup(String commandLine) {
    return setup(commandLine, true);
  }

  /**
   * The guest with a command line.
   *
   * @param reboot whether a reset starts it again; else it ends the run
   */
  static Setup setup(String commandLine, boolean reboot) {
    try {
      return setup(Multiboot.image(Embedded.tiny(), List.of(), commandLine, MEMORY), reboot, false);
    } catch (BootRefused e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same machine with something else in it. */
  static Setup setup(BootImage image, boolean reboot, boolean debugExit) {
    MachineConfig config =
        new MachineConfig(
            MEMORY,
            FREQUENCY,
            MachineConfig.costs(FREQUENCY),
            CpuModel.PENTIUM3,
            MachineConfig.RANDOM_SEED,
            RTC,
            reboot,
            debugExit,
            image.alias().length);
    return new Setup(config, InitialMemory.of(image));
  }
}
