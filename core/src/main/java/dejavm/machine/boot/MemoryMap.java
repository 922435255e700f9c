package dejavm.machine.boot;

import java.util.ArrayList;
import java.util.List;

/**
 * Which physical addresses are what, in the words of the BIOS call E820. RAM below 4 GiB ends at 2
 * GiB at the latest, above it lies the window of PCI devices; the rest of a bigger RAM continues at
 * 4 GiB. The last 64 KiB of low RAM hold the ACPI tables.
 *
 * <p>Source: ACPI specification 6.5, chapter 15.
 *
 * @param ramSize bytes of RAM in all, a multiple of 4096
 */
public record MemoryMap(long ramSize) {
  /** Where RAM below 4 GiB ends at the latest, and the window of PCI devices starts. */
  public static final long PCI_WINDOW = 0x8000_0000L;

  /** Where the rest of a big RAM starts. */
  public static final long HIGH = 0x1_0000_0000L;

  static final int RAM = 1;
  static final int RESERVED = 2;
  static final int ACPI_DATA = 3;
  static final int ACPI_NVS = 4;

  /** Start of the extended BIOS data area: the end of conventional memory. */
  static final int EBDA = 0x9FC00;

  private static final int PAGE = 4096;
  private static final int ACPI_SIZE = 0x10000;
  private static final long SMALLEST = 2 << 20;

  /** A range of one kind. */
  record Range(long start, long end, int type) {}

  public MemoryMap {
    if (ramSize < SMALLEST || ramSize % PAGE != 0) {
      throw new IllegalArgumentException(
          "RAM of " + ramSize + " bytes: at least 2 MiB, whole pages");
    }
  }

  /** The end of RAM below 4 GiB. */
  public long lowEnd() {
    return Math.min(ramSize, PCI_WINDOW);
  }

  /** Where the ACPI tables lie; what the operating system may take in low RAM ends here. */
  long acpiStart() {
    return lowEnd() - ACPI_SIZE;
  }

  /** Where the FACS lies, which must outlive the operating system's use of the tables. */
  long nvsStart() {
    return lowEnd() - PAGE;
  }

  List<Range> ranges() {
    List<Range> ranges = new ArrayList<>();
    ranges.add(new Range(0, EBDA, RAM));
    ranges.add(new Range(EBDA, 0xA0000, RESERVED));
    ranges.add(new Range(0xF0000, 0x100000, RESERVED));
    ranges.add(new Range(0x100000, acpiStart(), RAM));
    ranges.add(new Range(acpiStart(), nvsStart(), ACPI_DATA));
    ranges.add(new Range(nvsStart(), lowEnd(), ACPI_NVS));
    ranges.add(new Range(HIGH - 0x10000, HIGH, RESERVED));
    if (ramSize > lowEnd()) {
      ranges.add(new Range(HIGH, HIGH + ramSize - lowEnd(), RAM));
    }
    return ranges;
  }
}
