package dejavm.cli;

import dejavm.cpu.CpuModel;
import dejavm.guest.Guest;
import dejavm.host.HostFailure;
import dejavm.host.Pace;
import dejavm.host.Script;
import dejavm.host.ScriptError;
import dejavm.machine.MachineConfig;
import dejavm.machine.boot.BootImage;
import dejavm.machine.boot.BootRefused;
import dejavm.machine.boot.RomImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What machine is run, and how fast. */
final class MachineOptions {
  /** Ticks, and so instructions at most, in a second of guest time. */
  static final String DEFAULT_RATE = "500M";

  /** The name of {@link CpuModel#DEFAULT}, as an annotation needs it. */
  static final String DEFAULT_CPU = "x86-64-v2";

  private static final long MEBIBYTE = 1 << 20;

  @Option(
      names = "-m",
      paramLabel = "SIZE",
      defaultValue = "256M",
      converter = Quantity.Memory.class,
      description = "RAM: 2M to 2G. Default: ${DEFAULT-VALUE}.")
  private long memory;

  @Option(
      names = "--kernel",
      paramLabel = "F",
      description = "Boot a kernel: a Linux bzImage or a multiboot image.")
  private Path kernel;

  @Option(
      names = "--initrd",
      paramLabel = "F",
      description = "The kernel's initial RAM disk, or its multiboot module.")
  private Path initrd;

  @Option(
      names = "--add",
      paramLabel = "F[=PATH]",
      description = {
        "Put a file or a directory into the initial RAM disk of a Linux kernel or --guest.",
        "Default path: its name, at the root. Can be given several times."
      })
  private List<String> added = List.of();

  @Option(
      names = "--append",
      paramLabel = "S",
      description = "The kernel's command line; replaces that of a --guest.")
  private String append;

  @Option(
      names = "--flat",
      paramLabel = "F[@ADDRESS]",
      description = "Run raw code in real mode. Default address: 0x7C00.")
  private String flat;

  @Option(
      names = "--bios",
      paramLabel = "F",
      description = "Start with this firmware. Default with --boot: SeaBIOS, fetched if missing.")
  private Path bios;

  @Mixin private DriveOptions drives;

  @Option(
      names = "--vgabios",
      paramLabel = "F",
      description = "The video adapter's BIOS. Default with --boot: that of SeaBIOS.")
  private Path videoBios;

  @Option(
      names = "--vga",
      paramLabel = "pci|isa",
      defaultValue = "pci",
      converter = Quantity.VideoConverter.class,
      description = {
        "Where the video adapter is: on PCI, or a card on the ISA bus, with its BIOS at C0000,",
        "as firmware without PCI expects it. Default: ${DEFAULT-VALUE}."
      })
  private MachineConfig.Video video;

  @Option(
      names = "--boot",
      paramLabel = "[order=]DRIVES[,menu=on|off]",
      arity = "0..1",
      fallbackValue = "",
      converter = Quantity.BootConverter.class,
      description = {
        "Start with firmware, which boots from a (floppy), c (disk), d (CD-ROM), n (network);",
        "up to three, in this order. Default: cad."
      })
  private MachineConfig.Boot boot;

  @Option(
      names = "--guest",
      paramLabel = "NAME",
      description = "Boot a known guest, fetched first if it is missing: see dejavm guests.")
  private String guest;

  @Option(
      names = "--cpu",
      paramLabel = "MODEL",
      defaultValue = DEFAULT_CPU,
      converter = Quantity.Processor.class,
      completionCandidates = Quantity.Processors.class,
      description = "The processor: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private CpuModel cpu;

  @Option(
      names = "--random-seed",
      paramLabel = "N",
      defaultValue = "" + MachineConfig.RANDOM_SEED,
      description = "What the numbers of RDRAND follow from. Default: ${DEFAULT-VALUE}.")
  private long randomSeed;

  @Option(
      names = "--rtc",
      paramLabel = "TIME",
      defaultValue = "now",
      converter = Quantity.ClockStart.class,
      description = "The real-time clock at power-on: now, or as 2026-01-01T00:00:00 (UTC).")
  private long rtc;

  @Option(
      names = "--ips",
      paramLabel = "N",
      defaultValue = DEFAULT_RATE,
      converter = Quantity.Rate.class,
      description = "Instructions in a second of guest time: 1M to 10G. Default: ${DEFAULT-VALUE}.")
  private long rate;

  @Option(
      names = "--pace",
      paramLabel = "real|max",
      defaultValue = "real",
      description = {
        "real: guest time never runs ahead of the wall.",
        "max: as fast as it goes, for scripted input. Default: ${DEFAULT-VALUE}."
      })
  private Pace pace;

  @Option(
      names = "--script",
      paramLabel = "FILE",
      description = "Drive the guest by a script; standard input is not read then.")
  private Path script;

  @Option(names = "--no-reboot", description = "A reset ends the run.")
  private boolean noReboot;

  @Option(
      names = "--debug-exit",
      description = "A device at port 0xF4: a guest's write of N ends the run, exit code 2N+1.")
  private boolean debugExit;

  @Mixin private EngineOptions engine;

  Pace pace() {
    return pace;
  }

  boolean scripted() {
    return script != null;
  }

  long frequency() {
    return rate;
  }

  /** What drives the guest. */
  Script script() {
    if (script == null) {
      return Script.NONE;
    }
    try {
      return Script.parse(new String(bytes(script), StandardCharsets.UTF_8));
    } catch (ScriptError e) {
      throw Refusal.usage(script + ": " + e.getMessage());
    }
  }

  /**
   * Reads all files and puts the machine together.
   *
   * @param referred whether a recording is to refer to images, rather than to hold what was read
   */
  Plan plan(Guests guests, boolean referred) {
    Object firmware = bios != null ? bios : boot;
    long ways = Stream.of(kernel, flat, firmware, guest).filter(way -> way != null).count();
    if (ways != 1) {
      throw Refusal.usage(
          ways == 0
              ? "nothing to run: one of --guest, --kernel, --flat, --boot, --bios is needed"
              : "only one of --guest, --kernel, --flat, --boot or --bios can be given");
    }
    if (firmware == null && videoBios != null) {
      throw Refusal.usage("--vgabios goes with --boot or --bios");
    }
    if (kernel == null && initrd != null) {
      throw Refusal.usage("--initrd goes with --kernel");
    }
    if (kernel == null && guest == null && append != null) {
      throw Refusal.usage("--append goes with --kernel or --guest");
    }
    if (kernel == null && guest == null && !added.isEmpty()) {
      throw Refusal.usage("--add goes with --kernel or --guest");
    }
    if (memory < 2 * MEBIBYTE || memory > 2048 * MEBIBYTE || memory % MEBIBYTE != 0) {
      throw Refusal.usage("-m: 2M to 2G are possible, in whole MiB");
    }
    if (rate < 1_000_000 || rate > 10_000_000_000L) {
      throw Refusal.usage("--ips: 1M to 10G are possible");
    }
    PlanBuilder plan = new PlanBuilder(memory, cpu, randomSeed, engine.execution());
    added.forEach(plan::add);
    plan.drives(drives, referred);
    try {
      BootImage image = image(plan, guests);
      long start = rtc >= 0 ? rtc : Instant.now().getEpochSecond();
      MachineConfig.Boot order = boot == null ? MachineConfig.Boot.DEFAULT : boot;
      return plan.plan(image, rate, start, !noReboot, debugExit, order, video);
    } catch (BootRefused e) {
      throw Refusal.usage(plan.lastFile() + ": " + e.getMessage());
    }
  }

  private BootImage image(PlanBuilder plan, Guests guests) throws BootRefused {
    if (guest != null) {
      Guest found = guests.guest(guest);
      plan.note("guest " + guest);
      if (plan.hasDrives()) {
        plan.appendToDisk(guests.drivers(guest));
      }
      String line = append == null ? found.commandLine() : append;
      return plan.kernel(found.kernel(), found.initrd(), line);
    } else if (kernel != null) {
      return plan.kernel(kernel, initrd, append == null ? "" : append);
    } else if (flat != null) {
      return plan.flat(flat);
    }
    byte[] videoRom = new byte[0];
    if (videoBios != null || boot != null) {
      Path file = videoBios == null ? guests.videoBios(video) : videoBios;
      videoRom = plan.file("vgabios", file);
    }
    return RomImage.image(plan.file("bios", bios == null ? guests.bios() : bios), videoRom);
  }

  static byte[] bytes(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new IOException("is a directory");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw HostFailure.reading(file, e);
    }
  }
}
