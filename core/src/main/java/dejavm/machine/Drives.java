package dejavm.machine;

import dejavm.bus.Medium;
import dejavm.device.disk.FloppyFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/**
 * The drives of a machine, and what can be in them. What they are stands in a recording's header;
 * what is on the media is part of the initial state, of which a recording holds what was read.
 *
 * @param all at most one in a bay
 */
public record Drives(List<Drive> all) {
  /** What there is. */
  public enum Kind {
    /** A hard disk: one medium, for good. */
    DISK,
    /** A CD-ROM drive: any number of discs, of which the first is in at power-on. */
    CDROM,
    /** A floppy drive: any number of disks, of which the first is in at power-on. */
    FLOPPY
  }

  /**
   * A drive.
   *
   * @param bay 0 and 1 on the first IDE channel, 2 and 3 on the second; from 4 on the ports of an
   *     AHCI controller, for disks only; 10 and 11 on the floppy controller, for floppy drives only
   */
  public record Drive(int bay, Kind kind, List<Medium> media) {
    public Drive {
      media = List.copyOf(media);
      boolean disk = kind == Kind.DISK;
      boolean floppy = kind == Kind.FLOPPY;
      boolean place = bay >= 0 && bay < BAYS && floppy == bay >= FIRST_FLOPPY;
      if (!place || disk && media.size() != 1 || bay >= FIRST_SATA && !disk && !floppy) {
        throw new IllegalArgumentException("no drive can be like that: bay " + bay);
      }
      for (Medium medium : media) {
        if (medium.sectors() < 1 || medium.sectors() > MOST_SECTORS) {
          throw new IllegalArgumentException(medium.name() + " is empty, or larger than 4 TiB");
        }
      }
      if (floppy) {
        FloppyFormat.drive(media.stream().map(Medium::sectors).toList());
      }
    }
  }

  /** Who finds a medium by its name, its size, and where its image is, if that is referred to. */
  @FunctionalInterface
  public interface Library {
    Medium medium(String name, long sectors, String reference);
  }

  /** Drives that there can be. */
  public static final int BAYS = 12;

  /** The first of those that hang on the AHCI controller, which is there if one of them is. */
  public static final int FIRST_SATA = 4;

  /** The first of the two on the floppy controller. */
  public static final int FIRST_FLOPPY = 10;

  /** In the description, before a medium's name: where the image is that is referred to. */
  private static final String REFERENCE = "image.";

  /** None. */
  public static final Drives NONE = new Drives(List.of());

  private static final long MOST_SECTORS = 1L << 33;

  public Drives {
    all = List.copyOf(all);
    if (all.stream().map(Drive::bay).distinct().count() != all.size()) {
      throw new IllegalArgumentException("there are two drives in one bay");
    }
  }

  /** The same drives with other media in the places of these. */
  public Drives map(UnaryOperator<Medium> change) {
    return new Drives(
        all.stream()
            .map(d -> new Drive(d.bay, d.kind, d.media.stream().map(change).toList()))
            .toList());
  }

  /** Whether one hangs on the AHCI controller. */
  public boolean sata() {
    return all.stream().anyMatch(d -> d.bay >= FIRST_SATA && d.bay < FIRST_FLOPPY);
  }

  /** What CMOS says of the floppy drives: a nibble for each, the first in the high one. */
  int floppyTypes() {
    int types = 0;
    for (Drive drive : all) {
      if (drive.kind == Kind.FLOPPY) {
        int type = FloppyFormat.drive(drive.media.stream().map(Medium::sectors).toList());
        types |= drive.bay == FIRST_FLOPPY ? type << 4 : type;
      }
    }
    return types;
  }

  /** As text, for a recording's header; {@link #parse} is the inverse. */
  public SequencedMap<String, String> pairs() {
    SequencedMap<String, String> pairs = new LinkedHashMap<>();
    for (Drive drive : all) {
      StringBuilder text = new StringBuilder(drive.kind.name().toLowerCase(Locale.ROOT));
      for (Medium medium : drive.media) {
        text.append(' ').append(medium.name()).append(' ').append(medium.sectors());
      }
      pairs.put("drive." + drive.bay, text.toString());
      for (Medium medium : drive.media) {
        if (!medium.reference().isEmpty()) {
          pairs.put(REFERENCE + medium.name(), medium.reference());
        }
      }
    }
    return pairs;
  }

  /**
   * Reads what {@link #pairs} wrote.
   *
   * @throws IllegalArgumentException where a drive is described that cannot be
   */
  public static Drives parse(Map<String, String> pairs, Library library) {
    List<Drive> drives = new ArrayList<>();
    for (int bay = 0; bay < BAYS; bay++) {
      String text = pairs.get("drive." + bay);
      if (text != null) {
        drives.add(parse(bay, text.split(" "), pairs, library));
      }
    }
    return drives.isEmpty() ? NONE : new Drives(drives);
  }

  private static Drive parse(int bay, String[] words, Map<String, String> pairs, Library library) {
    Kind kind =
        switch (words[0]) {
          case "disk" -> Kind.DISK;
          case "cdrom" -> Kind.CDROM;
          case "floppy" -> Kind.FLOPPY;
          default -> throw new IllegalArgumentException("no drive is called " + words[0]);
        };
    List<Medium> media = new ArrayList<>();
    for (int i = 1; i + 1 < words.length; i += 2) {
      String reference = pairs.getOrDefault(REFERENCE + words[i], "");
      media.add(library.medium(words[i], Long.parseLong(words[i + 1]), reference));
    }
    return new Drive(bay, kind, media);
  }
}
