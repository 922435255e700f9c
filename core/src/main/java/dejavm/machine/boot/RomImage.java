package dejavm.machine.boot;

import java.util.Arrays;
import java.util.List;

/**
 * A firmware image, such as a BIOS: the ROM that ends at 4 GiB. Its last 128 KiB, or all of a
 * smaller one, appear below 1 MiB too. RAM holds nothing; everything is up to the firmware, and to
 * the video adapter's BIOS, which it finds as an expansion ROM.
 */
public final class RomImage {
  private static final int PAGE = 4096;
  private static final int LARGEST = 8 << 20;
  private static final int ALIAS = 128 << 10;
  private static final int LARGEST_VIDEO = 64 << 10;

  private RomImage() {}

  /** Prepares a machine that runs this firmware, and whose video adapter has no BIOS. */
  public static BootImage image(byte[] firmware) throws BootRefused {
    return image(firmware, new byte[0]);
  }

  /**
   * Prepares a machine that runs this firmware.
   *
   * @param videoBios that of the video adapter, empty for none
   * @throws BootRefused where a size is not that of a ROM
   */
  public static BootImage image(byte[] firmware, byte[] videoBios) throws BootRefused {
    if (firmware.length == 0 || firmware.length % PAGE != 0 || firmware.length > LARGEST) {
      throw new BootRefused(
          "the firmware has %d bytes; up to 8 MiB in whole pages of 4096 are wanted"
              .formatted(firmware.length));
    }
    if (videoBios.length > LARGEST_VIDEO) {
      throw new BootRefused(
          "the video BIOS has %d bytes, more than 64 KiB".formatted(videoBios.length));
    }
    byte[] videoRom = Arrays.copyOf(videoBios, pages(videoBios) * PAGE);
    return new BootImage(List.of(), firmware, Math.min(firmware.length, ALIAS), videoRom);
  }

  /** Pages up to the last that is not zero: a recording does not tell how many follow it. */
  private static int pages(byte[] bytes) {
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == 0) {
      length--;
    }
    return (length + PAGE - 1) / PAGE;
  }
}
