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

  /** The bay of the first floppy drive. */
  static final int FLOPPY_BAY = Drives.FIRST_FLOPPY;

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

  @Option(
      names = "--floppy",
      paramLabel = "F",
      description = {
        "A floppy drive, A:, with this disk, or with none: --floppy none. Given again, further",
        "disks, to be put in by a script."
      })
  private List<String> floppies = new ArrayList<>();

  @Option(
      names = "--floppy2",
      paramLabel = "F",
      description = "The same for the second floppy drive, B:.")
  private List<String> secondFloppies = new ArrayList<>();

  @ArgGroup(exclusive = true)
  private final Writes writes = new Writes();

  /**
   * Opens the images and lists them.
   *
   * @param referred whether a recording is to refer to them, rather than to hold what was read
   */
  Drives open(PlanBuilder plan, DriveImages images, boolean referred) {
    if (referred && writes.through) {
      throw Refusal.usage(
          "--image-refs: images that --write-through changes cannot be referred to");
    }
    Opening opening = new Opening(plan, images, referred, writes.through, new ArrayList<>());
    int bay = 0;
    for (String name : disks) {
      bay += bay == CDROM_BAY && !discs.isEmpty() ? 1 : 0;
      if (bay == Drives.FIRST_SATA) {
        throw Refusal.usage("--disk: there is no room for so many drives");
      }
      opening.disk("--disk", name, bay++);
    }
    bay = Drives.FIRST_SATA;
    for (String name : sata) {
      if (bay == Drives.FIRST_FLOPPY) {
        throw Refusal.usage("--sata: there is no room for so many drives");
      }
      opening.disk("--sata", name, bay++);
    }
    opening.changer(CDROM_BAY, Drives.Kind.CDROM, "--cdrom", discs, "cd");
    opening.changer(FLOPPY_BAY, Drives.Kind.FLOPPY, "--floppy", floppies, "fda");
    opening.changer(FLOPPY_BAY + 1, Drives.Kind.FLOPPY, "--floppy2", secondFloppies, "fdb");
    return new Drives(opening.drives);
  }

  /**
   * Drives that are put together.
   *
   * @param through whether what a guest writes goes into the files
   */
  private record Opening(
      PlanBuilder plan,
      DriveImages images,
      boolean referred,
      boolean through,
      List<Drives.Drive> drives) {

    /** A drive whose medium stays. */
    void disk(String option, String name, int bay) {
      add(bay, Drives.Kind.DISK, List.of(medium("disk" + bay, bay, option, name, through)));
    }

    /** A drive with media that can be changed, if any were named. */
    void changer(int bay, Drives.Kind kind, String option, List<String> names, String prefix) {
      List<Medium> media = new ArrayList<>();
      for (String name : names) {
        if (!name.equals("none")) {
          boolean written = through && kind == Drives.Kind.FLOPPY;
          media.add(medium(prefix + media.size(), bay, option, name, written));
        }
      }
      if (!names.isEmpty()) {
        add(bay, kind, media);
      }
    }

    private void add(int bay, Drives.Kind kind, List<Medium> media) {
      try {
        drives.add(new Drives.Drive(bay, kind, media));
      } catch (IllegalArgumentException e) {
        throw Refusal.usage(e.getMessage());
      }
    }

    private Medium medium(String name, int bay, String option, String text, boolean written) {
      ImageSource source = source(option, text);
      try {
        Medium medium = images.open(name, bay, source, referred);
        plan.image(name + " " + source.path().getFileName(), DriveImages.content(medium));
        if (written) {
          images.writeThrough(name, bay, source);
        }
        return medium;
      } catch (IOException e) {
        throw HostFailure.reading(source.path(), e);
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
  }
}
