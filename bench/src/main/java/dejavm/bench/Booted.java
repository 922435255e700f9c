package dejavm.bench;

import dejavm.bus.Inputs;
import dejavm.bus.Outputs;
import dejavm.cpu.CpuModel;
import dejavm.machine.Execution;
import dejavm.machine.InitialMemory;
import dejavm.machine.Machine;
import dejavm.machine.MachineConfig;
import dejavm.machine.boot.BootImage;
import dejavm.machine.boot.BootRefused;
import dejavm.machine.boot.Multiboot;
import dejavm.measure.Kernel;
import dejavm.session.Live;
import dejavm.session.Setup;
import java.util.List;

/** A machine in the midst of a kernel that has more to do than anybody waits for. */
final class Booted {
  static final long MEMORY = 64L << 20;

  private static final long FREQUENCY = 100_000_000;
  private static final long RTC_START = 1_767_225_600;
  private static final String SIZE = "size=4000000000";

  /** More than it takes to fill page tables, and what a kernel works on. */
  private static final long START = 5_000_000;

  private Booted() {}

  static Setup setup(Kernel kernel) {
    List<Multiboot.Module> modules =
        kernel.module().stream().map(content -> new Multiboot.Module(content, "")).toList();
    try {
      BootImage image = Multiboot.image(kernel.image(), modules, SIZE, MEMORY);
      MachineConfig config =
          new MachineConfig(
              MEMORY,
              FREQUENCY,
              MachineConfig.costs(FREQUENCY),
              CpuModel.DEFAULT,
              MachineConfig.RANDOM_SEED,
              RTC_START,
              false,
              true,
              image.alias().length);
      return new Setup(config, InitialMemory.of(image));
    } catch (BootRefused e) {
      throw new IllegalStateException(e);
    }
  }

  static Machine machine(Kernel kernel, Execution.Kind engine) {
    Setup setup = setup(kernel).run(Execution.by(engine));
    Machine machine = new Live(setup, Inputs.NONE, Outputs.NONE).machine();
    machine.run(START);
    return machine;
  }
}
