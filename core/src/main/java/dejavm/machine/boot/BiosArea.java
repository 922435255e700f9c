package dejavm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What a BIOS leaves behind in low memory: the interrupt vectors, its data area and the extended
 * one. Where no BIOS runs, some systems still look there, Linux for the extended area and the
 * serial ports among them. All vectors lead to an IRET: nobody serves BIOS calls.
 *
 * <p>Source: IBM PC/AT Technical Reference, ROM BIOS data area.
 */
final class BiosArea {
  private static final int DATA = 0x400;

  private BiosArea() {}

  static List<BootImage.Blob> blobs() {
    return List.of(
        new BootImage.Blob(0, vectors()),
        new BootImage.Blob(DATA, data()),
        new BootImage.Blob(MemoryMap.EBDA, extended()));
  }

  private static byte[] vectors() {
    ByteBuffer vectors = ByteBuffer.allocate(DATA).order(ByteOrder.LITTLE_ENDIAN);
    while (vectors.hasRemaining()) {
      vectors.putShort((short) ResetRom.IRET).putShort((short) ResetRom.SEGMENT);
    }
    return vectors.array();
  }

  private static byte[] data() {
    ByteBuffer data = ByteBuffer.allocate(0x100).order(ByteOrder.LITTLE_ENDIAN);
    data.putShort(0x00, (short) 0x3F8); // COM1
    data.putShort(0x02, (short) 0x2F8); // COM2
    data.putShort(0x0E, (short) (MemoryMap.EBDA >> 4));
    data.putShort(
        0x10, (short) 0x0426); // equipment: x87, mouse, 80 columns in colour, 2 serial ports
    data.putShort(0x13, (short) (MemoryMap.EBDA >> 10)); // KiB of conventional memory
    data.putShort(0x1A, (short) 0x1E); // keyboard buffer: empty
    data.putShort(0x1C, (short) 0x1E);
    data.put(0x49, (byte) 3); // video mode
    data.putShort(0x4A, (short) 80);
    data.putShort(0x4C, (short) 0x1000); // bytes of a screen page
    data.putShort(0x60, (short) 0x0D0E); // cursor shape
    data.putShort(0x63, (short) 0x3D4); // CRTC
    data.put(0x65, (byte) 0x29); // mode register of the CGA, as mode 3 would have it
    data.put(0x66, (byte) 0x30);
    data.putShort(0x80, (short) 0x1E); // keyboard buffer: its ends
    data.putShort(0x82, (short) 0x3E);
    data.put(0x84, (byte) 24); // rows, less one
    data.putShort(0x85, (short) 16); // lines of a character
    data.put(0x87, (byte) 0x60);
    data.put(0x88, (byte) 0xF9);
    data.put(0x89, (byte) 0x51);
    data.put(0x96, (byte) 0x10); // a keyboard with 101 keys
    return data.array();
  }

  private static byte[] extended() {
    byte[] extended = new byte[1024];
    extended[0] = 1; // its size in KiB
    return extended;
  }
}
