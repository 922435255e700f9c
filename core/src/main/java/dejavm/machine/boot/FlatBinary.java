package dejavm.machine.boot;

import java.util.ArrayList;
import java.util.List;

/**
 * Boots raw bytes in real mode, as a BIOS boots the first sector of a disk; but they may be longer
 * than a sector. There is no BIOS to call: its interrupts return at once. DL is 0x80, the first
 * hard disk; the stack grows down from 0x7C00; interrupts are off and masked.
 */
public final class FlatBinary {
  private static final int BOOT_SECTOR = 0x7C00;
  private static final int FIRST_FREE = 0x500;
  private static final int HARD_DISK = 0x80;

  private FlatBinary() {}

  /** Prepares a machine that runs this code at 0000:7C00. */
  public static BootImage bootSector(byte[] code, long ramSize) throws BootRefused {
    return at(code, 0, BOOT_SECTOR, ramSize);
  }

  /**
   * Prepares a machine that runs this code from its first byte.
   *
   * @param segment where it lies, and CS
   * @param offset where it lies in the segment, and IP
   * @throws BootRefused where it does not fit into conventional memory
   */
  public static BootImage at(byte[] code, int segment, int offset, long ramSize)
      throws BootRefused {
    int address = (segment << 4) + offset;
    if (address < FIRST_FREE || address + code.length > MemoryMap.EBDA) {
      throw new BootRefused(
          "%d bytes at 0x%x do not fit between 0x%x and 0x%x"
              .formatted(code.length, address, FIRST_FREE, MemoryMap.EBDA));
    }
    AcpiTables acpi = new AcpiTables(new MemoryMap(ramSize));
    List<BootImage.Blob> blobs = new ArrayList<>(BiosArea.blobs());
    blobs.add(new BootImage.Blob(address, code.clone()));
    blobs.addAll(acpi.blobs());
    ResetRom.Registers registers = new ResetRom.Registers(0, 0, HARD_DISK, 0, BOOT_SECTOR);
    byte[] rom = ResetRom.real(acpi.rootPointer(), segment, offset, registers);
    return new BootImage(blobs, rom, ResetRom.SIZE);
  }
}
