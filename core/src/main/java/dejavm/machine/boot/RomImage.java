package dejavm.machine.boot;

import java.util.List;

/**
 * A firmware image, such as a BIOS: the ROM that ends at 4 GiB. Its last 128 KiB, or all of a
 * smaller one, appear below 1 MiB too. RAM holds nothing; everything is up to the firmware.
 */
public final class RomImage {
  private static final int PAGE = 4096;
  private static final int LARGEST = 8 << 20;
  private static final int ALIAS = 128 << 10;

  private RomImage() {}

  /**
   * Prepares a machine that runs this firmware.
   *
   * @throws BootRefused where its size is not that of a ROM
   */
  public static BootImage image(byte[] firmware) throws BootRefused {
    if (firmware.length == 0 || firmware.length % PAGE != 0 || firmware.length > LARGEST) {
      throw new BootRefused(
          "the firmware has %d bytes; up to 8 MiB in whole pages of 4096 are wanted"
              .formatted(firmware.length));
    }
    return new BootImage(List.of(), firmware, Math.min(firmware.length, ALIAS));
  }
}
