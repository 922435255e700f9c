package dejavm.device.disk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Puts the 256 words together in which an ATA device says what it is. Texts have their bytes
 * swapped within each word. Source: ATA/ATAPI-6 (T13/1410D), section 8.15.
 */
final class AtaIdentity {
  private final byte[] bytes = new byte[512];

  AtaIdentity word(int number, int value) {
    bytes[2 * number] = (byte) value;
    bytes[2 * number + 1] = (byte) (value >> 8);
    return this;
  }

  /** A number of 32 bits: the lower word first. */
  AtaIdentity number(int first, long value) {
    return word(first, (int) value & 0xFFFF).word(first + 1, (int) (value >> 16) & 0xFFFF);
  }

  /** A text, filled up with blanks. */
  AtaIdentity text(int first, int words, String text) {
    byte[] characters = new byte[2 * words];
    Arrays.fill(characters, (byte) ' ');
    byte[] given = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(given, 0, characters, 0, Math.min(given.length, characters.length));
    for (int i = 0; i < characters.length; i++) {
      bytes[2 * first + (i ^ 1)] = characters[i];
    }
    return this;
  }

  /** Transfer modes: DMA of several words 0 to 2 and Ultra DMA 0 to 5, and the one that is set. */
  AtaIdentity modes(int mode) {
    int selected = 1 << (mode & 7);
    int kind = mode >> 3;
    word(53, 0x0006)
        .word(63, 0x0007 | (kind == 4 ? selected << 8 : 0))
        .word(64, 0x0003)
        .word(88, 0x003F | (kind == 8 ? selected << 8 : 0));
    for (int cycle = 65; cycle <= 68; cycle++) {
      word(cycle, 120);
    }
    return this;
  }

  /** The 512 bytes, with their checksum. */
  byte[] finish() {
    bytes[510] = (byte) 0xA5;
    int sum = 0;
    for (byte one : bytes) {
      sum += one;
    }
    bytes[511] = (byte) -sum;
    return bytes;
  }
}
