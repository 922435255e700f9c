package dejavm.cli;

import dejavm.cpu.CpuFeature;
import dejavm.cpu.CpuModel;
import dejavm.guest.AddedFiles;
import dejavm.host.HostFailure;
import dejavm.image.DriveImages;
import dejavm.machine.Drives;
import dejavm.machine.Execution;
import dejavm.machine.InitialMemory;
import dejavm.machine.MachineConfig;
import dejavm.machine.boot.BootImage;
import dejavm.machine.boot.BootRefused;
import dejavm.machine.boot.FlatBinary;
import dejavm.machine.boot.LinuxBoot;
import dejavm.machine.boot.Multiboot;
import dejavm.record.Image;
import dejavm.session.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** Puts a machine's memory together from files, and keeps account of them. */
final class PlanBuilder {
  private static final int HEADER_MAGIC = 0x202;
  private static final int SEGMENT = 0x10000;

  private final long memory;
  private final CpuModel cpu;
  private final long randomSeed;
  private final Execution execution;
  private final List<Image> images = new ArrayList<>();
  private final StringJoiner note = new StringJoiner(", ");
  private final AddedFiles added = new AddedFiles();
  private final DriveImages driveImages = new DriveImages();
  private Drives drives = Drives.NONE;
  private Path more;
  private Path last;

  /** A machine that is run the fastest way. */
  PlanBuilder(long memory, CpuModel cpu, long randomSeed) {
    this(memory, cpu, randomSeed, Execution.fastest());
  }

  /**
   * @param randomSeed what the numbers of RDRAND follow from
   * @param execution how the machine is run
   */
  PlanBuilder(long memory, CpuModel cpu, long randomSeed, Execution execution) {
    this.memory = memory;
    this.cpu = cpu;
    this.randomSeed = randomSeed;
    this.execution = execution;
  }

  /** The file that is to blame if the machine cannot be put together. */
  Path lastFile() {
    return last;
  }

  void note(String text) {
    note.add(text);
  }

  /**
   * The machine that starts with this in its memory.
   *
   * @param rate ticks in a second of guest time
   * @param rtcStart the real-time clock at power-on, in seconds since 1970
   * @param boot what firmware is told of how to boot
   * @param video where the video adapter is plugged in
   */
  Plan plan(
      BootImage image,
      long rate,
      long rtcStart,
      boolean reboot,
      boolean debugExit,
      MachineConfig.Boot boot,
      MachineConfig.Video video) {
    MachineConfig config =
        new MachineConfig(
            memory,
            rate,
            MachineConfig.costs(rate),
            cpu,
            randomSeed,
            rtcStart,
            reboot,
            debugExit,
            image.alias().length,
            boot,
            video);
    return new Plan(
        new Setup(config, InitialMemory.of(image), drives, execution),
        images,
        note.toString(),
        driveImages);
  }

  /**
   * Puts in drives.
   *
   * @param referred whether a recording is to refer to their images, rather than to hold what was
   *     read
   */
  void drives(DriveOptions options, boolean referred) {
    drives = options.open(this, driveImages, referred);
  }

  /** Lists the image of a drive. */
  void image(String name, DriveImages.Content content) {
    images.add(new Image(name, content.length(), content.sha256()));
  }

  /** Reads a file and lists it among the images. */
  byte[] file(String role, Path path) {
    byte[] content = MachineOptions.bytes(path);
    images.add(new Image(role + " " + path.getFileName(), content.length, sha256(content)));
    last = path;
    return content;
  }

  /**
   * Puts a file, or all of a directory, into the initial RAM disk.
   *
   * @param name of the file, and after a = its path in the guest, which begins with a slash
   */
  void add(String name) {
    int equals = name.lastIndexOf("=/");
    Path file = path(equals < 0 ? name : name.substring(0, equals));
    String target = equals < 0 ? "/" : name.substring(equals + 1);
    if (target.endsWith("/") && !Files.isDirectory(file)) {
      target += file.getFileName();
    }
    try {
      addAll(file, target.replaceFirst("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw Refusal.usage("--add: " + e.getMessage());
    }
  }

  private void addAll(Path file, String target) {
    if (Files.isDirectory(file)) {
      try (Stream<Path> entries = Files.list(file)) {
        entries.sorted().forEach(entry -> addAll(entry, target + "/" + entry.getFileName()));
      } catch (IOException e) {
        throw HostFailure.reading(file, e);
      }
    } else {
      added.add(target, Files.isExecutable(file), file("added", file));
      note("add " + target);
    }
  }

  /** Whether there is a drive. */
  boolean hasDrives() {
    return !drives.all().isEmpty();
  }

  /** Has an archive follow that of the initial RAM disk; null for none. */
  void appendToDisk(Path archive) {
    more = archive;
  }

  /** An archive that is not compressed must begin at a multiple of four bytes; others may. */
  private byte[] withMore(byte[] disk) {
    if (more == null) {
      return disk;
    }
    byte[] archive = file("drivers", more);
    int begin = (disk.length + 3) & ~3;
    byte[] both = Arrays.copyOf(disk, begin + archive.length);
    System.arraycopy(archive, 0, both, begin, archive.length);
    return both;
  }

  private byte[] withAdded(byte[] disk) {
    try {
      return added.empty() ? disk : added.appendedTo(disk);
    } catch (IllegalArgumentException e) {
      throw Refusal.usage("--add: " + e.getMessage());
    }
  }

  BootImage kernel(Path kernel, Path initrd, String commandLine) throws BootRefused {
    byte[] disk = initrd == null ? null : withMore(file("initrd", initrd));
    byte[] content = file("kernel", kernel);
    if (!commandLine.isEmpty()) {
      note("append " + commandLine);
    }
    if (isBzImage(content)) {
      if (LinuxBoot.is64(content) && !cpu.has(CpuFeature.LM)) {
        // it would halt at once, and could not say why
        throw new BootRefused("a 64-bit kernel, and --cpu %s has 32 bits".formatted(cpu.name()));
      }
      return LinuxBoot.bzImage(content, withAdded(disk), commandLine, memory);
    } else if (!added.empty()) {
      throw new BootRefused("--add needs a Linux kernel");
    } else if (Multiboot.recognises(content)) {
      List<Multiboot.Module> modules =
          disk == null
              ? List.of()
              : List.of(new Multiboot.Module(disk, initrd.getFileName().toString()));
      return Multiboot.image(content, modules, commandLine, memory);
    }
    throw new BootRefused("neither a bzImage nor a multiboot kernel");
  }

  private static boolean isBzImage(byte[] content) {
    return content.length > HEADER_MAGIC + 4
        && content[HEADER_MAGIC] == 'H'
        && content[HEADER_MAGIC + 1] == 'd'
        && content[HEADER_MAGIC + 2] == 'r'
        && content[HEADER_MAGIC + 3] == 'S';
  }

  /** A file of raw code, with its address after an @. */
  BootImage flat(String name) throws BootRefused {
    int at = name.lastIndexOf('@');
    if (at < 0 || exists(name)) {
      return FlatBinary.bootSector(file("flat", path(name)), memory);
    }
    int address;
    try {
      address = Integer.decode(name.substring(at + 1));
    } catch (NumberFormatException e) {
      throw Refusal.usage("--flat: '%s' is no address".formatted(name.substring(at + 1)));
    }
    if (address < 0 || address >= 1 << 20) {
      throw Refusal.usage("--flat: the address is below 0x100000");
    }
    byte[] code = file("flat", path(name.substring(0, at)));
    return address < SEGMENT
        ? FlatBinary.at(code, 0, address, memory)
        : FlatBinary.at(code, address >> 4, address & 0xF, memory);
  }

  private static boolean exists(String name) {
    return Files.exists(path(name));
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw Refusal.usage("'" + name + "' is no file name");
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
