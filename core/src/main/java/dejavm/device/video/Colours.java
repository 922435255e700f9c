package dejavm.device.video;

/**
 * The way of a colour to the screen: sixteen go through the palette of the attribute controller,
 * which makes six bits of four, and all go through that of the converter behind it.
 *
 * <p>Source: IBM VGA technical reference, attribute controller registers 0 to 0x14, and video
 * digital-to-analog converter.
 */
final class Colours {
  private final byte[] attribute;
  private final byte[] palette;
  private final int mask;
  private final boolean eightBits;

  Colours(Vga.State registers) {
    attribute = registers.attribute();
    palette = registers.palette();
    mask = registers.paletteMask();
    eightBits = Dispi.eightBits(registers.dispi());
  }

  /** One of sixteen, as 0xRRGGBB. */
  int four(int index) {
    int entry = attribute[index & attribute[0x12] & 0xF] & 0x3F;
    int select = attribute[0x14];
    if ((attribute[0x10] & 0x80) != 0) {
      entry = entry & 0x0F | (select & 0x03) << 4;
    }
    return converted(entry | (select & 0x0C) << 4);
  }

  /** One of 256, as 0xRRGGBB. */
  int eight(int index) {
    return converted(index & (attribute[0x12] & 0xF) * 0x11);
  }

  /** One of 256 that goes through the converter's palette alone. */
  int direct(int index) {
    return converted(index);
  }

  private int converted(int index) {
    int at = 3 * (index & mask & 0xFF);
    return wide(palette[at]) << 16 | wide(palette[at + 1]) << 8 | wide(palette[at + 2]);
  }

  /** Eight bits of six, so that the brightest stays the brightest. */
  private int wide(byte component) {
    if (eightBits) {
      return component & 0xFF;
    }
    int six = component & 0x3F;
    return six << 2 | six >> 4;
  }
}
