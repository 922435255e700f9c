package dejavm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The ROM of a machine without firmware: 64 KiB that end with our own reset code (reset.asm), which
 * sets up a text screen, masks the interrupt controllers and enters the boot protocol's CPU state.
 * The start of the ROM, at 0xF0000, holds the ACPI root pointer, where systems look for it.
 */
final class ResetRom {
  static final int SIZE = 0x10000;
  static final int SEGMENT = 0xF000;

  /** Offset of an IRET, for vectors that nobody serves. */
  static final int IRET = 0xF81C;

  private static final int PARAMETERS = 0xF800;

  /** The registers that boot protocols speak of. */
  record Registers(int eax, int ebx, int edx, int esi, int esp) {}

  private ResetRom() {}

  /** A ROM that enters flat 32-bit protected mode: CS is 0x10, all other segments 0x18. */
  static byte[] flat(byte[] rootPointer, int entry, Registers registers) {
    return rom(rootPointer, entry, registers, 1);
  }

  /** A ROM that stays in real mode; all segments but CS are 0. */
  static byte[] real(byte[] rootPointer, int segment, int offset, Registers registers) {
    return rom(rootPointer, segment << 16 | offset, registers, 0);
  }

  private static byte[] rom(byte[] rootPointer, int entry, Registers registers, int mode) {
    byte[] code = Embedded.resetCode();
    byte[] rom = new byte[SIZE];
    System.arraycopy(rootPointer, 0, rom, 0, rootPointer.length);
    System.arraycopy(code, 0, rom, SIZE - code.length, code.length);
    ByteBuffer parameters = ByteBuffer.wrap(rom).order(ByteOrder.LITTLE_ENDIAN);
    parameters.position(PARAMETERS);
    parameters.putInt(entry).putInt(registers.eax).putInt(registers.ebx).putInt(registers.edx);
    parameters.putInt(registers.esi).putInt(registers.esp).putInt(mode);
    return rom;
  }
}
