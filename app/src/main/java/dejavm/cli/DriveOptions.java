package dejavm.cli;

import dejavm.bus.Medium;
import dejavm.host.HostFailure;
import dejavm.image.DriveImages;
import dejavm.image.ImageSource;
import dejavm.machine.Drives;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is in a machine's drives. */
final class DriveOptions {
  /** The bay of the CD-ROM drive, where QEMU has it too. */
  static final int CDROM_BAY = 2;

  /** What becomes of what a guest writes. */
  static final class Writes {
    @Option(
        names = "--snapshot",
        description = "What the guest writes to disks is forgotten at the end: so it is anyhow.")
    @SuppressWarnings("UnusedVariable") // what happens without it, said aloud
    private boolean snapshot;

    @Option(
        names = "--write-through",
        description = "What the guest writes to disks goes into their files, which are raw.")
    private boolean through;
  }

  @Option(
      names = "--disk",
      paramLabel = "F[,format=raw|qcow2|vmdk|vpc]",
      description = {
        "A hard disk. Its format is seen from its content. Can be given up to four times, three",
        "times with --cdrom."
      })
  private List<String> disks = new ArrayList<>();

  @Option(
      names = "--sata",
      paramLabel = "F[,format=...]",
      description = "A hard disk on an AHCI controller. Can be given up to six times.")
  private List<String> sata = new ArrayList<>();

  @Option(
      names = "--cdrom",
      paramLabel = "F",
      description = {
        "A CD-ROM drive with this disc, or with none: --cdrom none. Given again, further discs, to",
        "be put in by a script."
      })
  private List<String> discs = new ArrayList<>();

  @ArgGroup(exclusive = true)
  private final Writes writes = new Writes();

  /**
   * Opens the images and lists them.
   *
   * @param referred whether a recording is to refer to them, rather than to hold what was read
   */
  Drives open(PlanBuilder plan, DriveImages images, boolean referred) {
    List<Drives.Drive> drives = new ArrayList<>();
    if (referred && writes.through) {
      throw Refusal.usage(
          "--image-refs: images that --write-through changes cannot be referred to");
    }
    int bay = 0;
    for (String name : disks) {
      bay += bay == CDROM_BAY && !discs.isEmpty() ? 1 : 0;
      if (bay == Drives.FIRST_SATA) {
        throw Refusal.usage("--disk: there is no room for so many drives");
      }
      drives.add(disk("--disk", name, bay++, plan, images, referred));
    }
    bay = Drives.FIRST_SATA;
    for (String name : sata) {
      if (bay == Drives.BAYS) {
        throw Refusal.usage("--sata: there is no room for so many drives");
      }
      drives.add(disk("--sata", name, bay++, plan, images, referred));
    }
    if (!discs.isEmpty()) {
      List<Medium> media = new ArrayList<>();
      for (String name : discs) {
        if (!name.equals("none")) {
          ImageSource source = source("--cdrom", name);
          media.add(medium("cd" + media.size(), CDROM_BAY, source, plan, images, referred));
        }
      }
      drives.add(drive(CDROM_BAY, Drives.Kind.CDROM, media));
    }
    return new Drives(drives);
  }

  private Drives.Drive disk(
      String option, String name, int bay, PlanBuilder plan, DriveImages images, boolean referred) {
    ImageSource source = source(option, name);
    Medium medium = medium("disk" + bay, bay, source, plan, images, referred);
    if (writes.through) {
      writeThrough(bay, source, images);
    }
    return drive(bay, Drives.Kind.DISK, List.of(medium));
  }

  private static Drives.Drive drive(int bay, Drives.Kind kind, List<Medium> media) {
    try {
      return new Drives.Drive(bay, kind, media);
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(e.getMessage());
    }
  }

  private static ImageSource source(String option, String text) {
    try {
      return ImageSource.parse(text);
    } catch (InvalidPathException e) {
      throw Refusal.usage("'" + text + "' is no file name");
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(option + ": " + e.getMessage());
    }
  }

  private static Medium medium(
      String name,
      int bay,
      ImageSource source,
      PlanBuilder plan,
      DriveImages images,
      boolean referred) {
    try {
      Medium medium = images.open(name, bay, source, referred);
      plan.image(name + " " + source.path().getFileName(), DriveImages.content(medium));
      return medium;
    } catch (IOException e) {
      throw HostFailure.reading(source.path(), e);
    }
  }

  private static void writeThrough(int bay, ImageSource source, DriveImages images) {
    try {
      images.writeThrough(bay, source);
    } catch (IOException e) {
      throw HostFailure.reading(source.path(), e);
    }
  }
}
