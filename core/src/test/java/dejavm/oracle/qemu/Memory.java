package dejavm.oracle.qemu;

/** The first 256 KiB of memory as a program's author fills it. */
final class Memory {
  static final int SIZE = 0x40000;

  /** What a program may use or change, as pairs of address and length. */
  static final int[][] RANGES = {
    {0, 0x400},
    {SystemTables.GDT, 0x400},
    {SystemTables.IDT, 0x400},
    {SystemTables.LDT, 0x40},
    {SystemTables.TSS, 0x80},
    {0x7B00, 0x400},
    {SystemTables.STACK - 0x400, 0x400},
    {SystemTables.STACK + 0xC00, 0x400},
    {SystemTables.STACK + 0x1C00, 0x400},
    {SystemTables.STACK + 0x2C00, 0x400},
    {SystemProgram.CODE, 0x400},
    {SystemTables.POINTERS, 0x80},
    {SystemTables.LANDING, 0x100},
    {SystemTables.HANDLERS, 0x200},
    {SystemTables.TABLES, 0x40},
    {SystemTables.TABLES + 0x1000, 0x800},
    {SystemTables.TABLES + 0x2000, 0x800},
    {SystemTables.TABLES + 0x3000, 0x40},
    {SystemTables.TABLES + 0x4000, 0x40},
    {SystemTables.WINDOW_RAM, 0x40},
    {SystemTables.WINDOW_RAM + 0x1000, 0x40},
    {SystemTables.WINDOW_RAM + 0x2000, 0x40},
    {SystemTables.WINDOW_RAM + 0x3000, 0x40},
    {SystemTables.WINDOW_RAM + 0x4000, 0x40},
    {SystemTables.WINDOW_RAM + 0x5000, 0x40},
    {SystemTables.WINDOW_RAM + 0x6000, 0x40},
    {SystemTables.WINDOW_RAM + 0x7000, 0x40},
    // The ends of the same pages.
    {SystemTables.WINDOW_RAM + 0xFF0, 0x10},
    {SystemTables.WINDOW_RAM + 0x1FF0, 0x10},
    {SystemTables.WINDOW_RAM + 0x2FF0, 0x10},
    {SystemTables.WINDOW_RAM + 0x3FF0, 0x10},
    {SystemTables.WINDOW_RAM + 0x4FF0, 0x10},
    {SystemTables.WINDOW_RAM + 0x5FF0, 0x10},
    {SystemTables.WINDOW_RAM + 0x6FF0, 0x10},
    {SystemTables.WINDOW_RAM + 0x7FF0, 0x10},
  };

  final byte[] bytes = new byte[SIZE];

  void put(int address, long value, int size) {
    for (int i = 0; i < size; i++) {
      bytes[address + i] = (byte) (value >>> 8 * i);
    }
  }

  long get(int address, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bytes[address + i] & 0xFFL) << 8 * i;
    }
    return value;
  }

  void put(int address, byte[] from) {
    System.arraycopy(from, 0, bytes, address, from.length);
  }
}
