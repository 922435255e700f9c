package dejavm.machine.boot;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What memory holds at power-on, and again after every reset: bytes copied into RAM, and a ROM that
 * ends at 4 GiB, where the CPU fetches its first instruction. The end of the ROM is seen below 1
 * MiB as well, as on every PC.
 */
public final class BootImage {
  /** The end of the ROM's address range. */
  public static final long TOP = 0x1_0000_0000L;

  /** The end of the range in which the ROM's alias lies. */
  public static final long ALIAS_TOP = 0x10_0000;

  /** Bytes for RAM. */
  public record Blob(long address, byte[] bytes) {
    /** The first address after it. */
    public long end() {
      return address + bytes.length;
    }
  }

  private final List<Blob> blobs;
  private final byte[] rom;
  private final int aliasLength;
  private final byte[] videoRom;

  /** An image without a ROM of the video adapter's. */
  public BootImage(List<Blob> blobs, byte[] rom, int aliasLength) {
    this(blobs, rom, aliasLength, new byte[0]);
  }

  /**
   * An image.
   *
   * @param blobs copied in this order
   * @param rom a multiple of 4096 bytes, at most 16 MiB
   * @param aliasLength how many bytes of its end appear below 1 MiB; a multiple of 4096
   * @param videoRom the video adapter's, a multiple of 4096 bytes; empty for none
   */
  public BootImage(List<Blob> blobs, byte[] rom, int aliasLength, byte[] videoRom) {
    if (videoRom.length % 4096 != 0
        || rom.length == 0
        || rom.length % 4096 != 0
        || aliasLength % 4096 != 0) {
      throw new IllegalArgumentException("a ROM consists of whole pages");
    }
    Objects.checkFromIndexSize(0, aliasLength, rom.length);
    this.blobs = List.copyOf(blobs);
    this.rom = rom.clone();
    this.aliasLength = aliasLength;
    this.videoRom = videoRom.clone();
  }

  /** What to copy into RAM, in order. The arrays are shared: not to be changed. */
  public List<Blob> blobs() {
    return blobs;
  }

  /** The whole ROM. */
  public byte[] rom() {
    return rom.clone();
  }

  /** The ROM of the video adapter, empty for none. */
  public byte[] videoRom() {
    return videoRom.clone();
  }

  /** Where the ROM starts. */
  public long romAddress() {
    return TOP - rom.length;
  }

  /** The end of the ROM that is also seen below 1 MiB. */
  public byte[] alias() {
    return Arrays.copyOfRange(rom, rom.length - aliasLength, rom.length);
  }

  /** Where the alias starts. */
  public long aliasAddress() {
    return ALIAS_TOP - aliasLength;
  }
}
