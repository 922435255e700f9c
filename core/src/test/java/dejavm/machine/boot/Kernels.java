package dejavm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes small kernel files for tests. */
final class Kernels {
  static final int SETUP_SECTORS = 2;
  static final int BODY = 8192;

  private Kernels() {}

  /** A bzImage of boot protocol 2.15 without any code. */
  static ByteBuffer bzImage() {
    ByteBuffer image = little((SETUP_SECTORS + 1) * 512 + BODY);
    image.put(0x1F1, (byte) SETUP_SECTORS).putInt(0x1F4, BODY / 16).putShort(0x1FE, (short) 0xAA55);
    image.put(0x201, (byte) 0x6A).putInt(0x202, 0x53726448).putShort(0x206, (short) 0x20F);
    image.put(0x211, (byte) 1).putInt(0x22C, 0x7FFFFFFF).putInt(0x230, 0x200000);
    image.put(0x234, (byte) 1).putInt(0x238, 255).putLong(0x258, 0x100000).putInt(0x260, BODY);
    for (int i = 0; i < BODY; i++) {
      image.put((SETUP_SECTORS + 1) * 512 + i, (byte) i);
    }
    return image;
  }

  /** A multiboot image that says itself where it goes, its header 16 bytes into the file. */
  static ByteBuffer multiboot(int load) {
    ByteBuffer image = little(256);
    int flags = 0x10000;
    image.putInt(16, 0x1BADB002).putInt(20, flags).putInt(24, -(0x1BADB002 + flags));
    image.putInt(28, load + 16).putInt(32, load).putInt(36, load + 256);
    image.putInt(40, load + 1000).putInt(44, load + 64);
    image.put(255, (byte) 0x5A);
    return image;
  }

  /** A 32-bit ELF file with a multiboot header and one segment at 1 MiB, linked at 3 GiB. */
  static ByteBuffer elf() {
    ByteBuffer image = little(512);
    image.putInt(0, 0x464C457F).put(4, (byte) 1).put(5, (byte) 1);
    image.putInt(0x18, 0xC0100020).putInt(0x1C, 52);
    image.putShort(0x2A, (short) 32).putShort(0x2C, (short) 1);
    image.putInt(52, 1).putInt(56, 0x100).putInt(60, 0xC0100000).putInt(64, 0x100000);
    image.putInt(68, 0x100).putInt(72, 0x2000);
    image.putInt(0x80, 0x1BADB002).putInt(0x84, 3).putInt(0x88, -(0x1BADB002 + 3));
    return image;
  }

  static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What a builder put at an address. */
  static ByteBuffer at(BootImage image, long address) {
    return image.blobs().stream()
        .filter(blob -> blob.address() == address)
        .map(blob -> ByteBuffer.wrap(blob.bytes()).order(ByteOrder.LITTLE_ENDIAN))
        .findFirst()
        .orElseThrow();
  }

  /** The parameters of the reset code: entry, EAX, EBX, EDX, ESI, ESP, mode. */
  static int[] registers(BootImage image) {
    ByteBuffer rom = ByteBuffer.wrap(image.rom()).order(ByteOrder.LITTLE_ENDIAN);
    int[] registers = new int[7];
    for (int i = 0; i < registers.length; i++) {
      registers[i] = rom.getInt(0xF800 + 4 * i);
    }
    return registers;
  }
}
