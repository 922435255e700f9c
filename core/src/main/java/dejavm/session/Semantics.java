package dejavm.session;

import java.util.List;

/**
 * The version of what a guest can observe of the machine. It is raised with every change of it: a
 * recording made before the change may then replay differently, and is replayed with a warning that
 * names what has changed since.
 */
public final class Semantics {
  /** What each version changed, from the second on. */
  private static final List<String> CHANGES =
      List.of(
          "the processor became complete: 64-bit mode, SSE to SSE4.2, SMM, debug registers,"
              + " exact x87; CPUID says so",
          "every access wraps at the end of a segment of 4 GiB, where some faulted",
          "the ISA bridge has an IDE function, with two channels for disks",
          "firmware boots: ROM over RAM, SMM on the board, a PCI video adapter with a frame buffer,"
              + " the firmware's configuration; local APIC, IOAPIC, HPET; DMA by the 8237",
          "there is a floppy controller, which ACPI tells of; port B2 raises an SMI by its own bit",
          "a reset of the floppy controller has one interrupt, and leaves it with 500 kbit/s and"
              + " implied seeks; an IDE device says that another one is selected which is not there;"
              + " READ DISC INFORMATION says that discs may be used freely",
          "the processor has registers for memory types and machine checks, and CPUID says so",
          "digests are CRCs, so those of older recordings match nothing");

  /** The version of this machine; the first is 1. */
  public static final int VERSION = CHANGES.size() + 1;

  private Semantics() {}

  /** What changed since a version, oldest first; empty for this one. */
  public static List<String> changesSince(int version) {
    return CHANGES.subList(Math.clamp(version - 1, 0, CHANGES.size()), CHANGES.size());
  }
}
