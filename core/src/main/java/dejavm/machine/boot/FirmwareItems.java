package dejavm.machine.boot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the firmware configuration holds: how much memory and how many processors there are, whether
 * to show a menu, and as files the map of memory and the ACPI tables with the list of what to do to
 * them where they are put.
 *
 * <p>Numbers of items are little-endian, those in the directory of files big-endian. SMBIOS tables
 * are left to the firmware, which makes its own. Source: QEMU documentation, docs/specs/fw_cfg;
 * SeaBIOS documentation, Runtime config, and the table loader's commands.
 */
public final class FirmwareItems {
  private static final int SIGNATURE = 0x00;
  private static final int REVISION = 0x01;
  private static final int MEMORY = 0x03;
  private static final int PROCESSORS = 0x05;
  private static final int MENU = 0x0E;
  private static final int MOST_PROCESSORS = 0x0F;
  private static final int DIRECTORY = 0x19;
  private static final int FILES = 0x20;
  private static final int INTERRUPT_0_MOVED = 0x8002;

  /** The port interface and that by DMA. */
  private static final int INTERFACES = 3;

  private static final int NAME = 56;
  private static final String TABLES = "etc/acpi/tables";
  private static final String ROOT_POINTER = "etc/acpi/rsdp";

  private static final int LOADER_ENTRY = 128;
  private static final int ALLOCATE = 1;
  private static final int ADD_POINTER = 2;
  private static final int ADD_CHECKSUM = 3;
  private static final int ANYWHERE = 1;
  private static final int BELOW_1M = 2;

  private final SortedMap<Integer, byte[]> items = new TreeMap<>();
  private final List<String> names = new ArrayList<>();

  private FirmwareItems() {}

  /**
   * All items by their numbers.
   *
   * @param memory bytes of RAM
   * @param menu whether the firmware offers a menu of what to boot
   * @param videoRom that of a video adapter on no bus on which the firmware could look for it;
   *     empty for none
   */
  public static SortedMap<Integer, byte[]> of(long memory, boolean menu, byte[] videoRom) {
    FirmwareItems all = new FirmwareItems();
    all.items.put(SIGNATURE, "QEMU".getBytes(StandardCharsets.US_ASCII));
    all.items.put(REVISION, number(4, INTERFACES));
    all.items.put(MEMORY, number(8, memory));
    all.items.put(PROCESSORS, number(2, 1));
    all.items.put(MOST_PROCESSORS, number(2, 1));
    all.items.put(MENU, number(2, menu ? 1 : 0));
    all.items.put(INTERRUPT_0_MOVED, number(1, 1));
    AcpiTables tables = AcpiTables.relocatable();
    all.file(ROOT_POINTER, tables.rootPointer());
    all.file(TABLES, tables.bytes());
    all.file("etc/table-loader", loader(tables));
    all.file("etc/e820", AcpiTables.little(20).putLong(0).putLong(memory).putInt(1).array());
    all.file("etc/boot-fail-wait", number(4, -1)); // no device to boot from: it stops there
    if (videoRom.length > 0) {
      all.file("vgaroms/vgabios.bin", videoRom);
    }
    all.items.put(DIRECTORY, all.directory());
    return all.items;
  }

  private static byte[] number(int size, long value) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (value >>> 8 * i);
    }
    return bytes;
  }

  private void file(String name, byte[] content) {
    items.put(FILES + names.size(), content);
    names.add(name);
  }

  private byte[] directory() {
    ByteBuffer directory = ByteBuffer.allocate(4 + names.size() * (8 + NAME));
    directory.putInt(names.size());
    for (int i = 0; i < names.size(); i++) {
      directory
          .putInt(items.get(FILES + i).length)
          .putShort((short) (FILES + i))
          .putShort((short) 0);
      directory.put(name(names.get(i)));
    }
    return directory.array();
  }

  private static byte[] name(String name) {
    byte[] field = new byte[NAME];
    byte[] letters = name.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(letters, 0, field, 0, letters.length);
    return field;
  }

  /** Where to put the tables, which numbers in them are addresses, what to sum up after that. */
  private static byte[] loader(AcpiTables tables) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    list.writeBytes(allocate(ROOT_POINTER, 16, BELOW_1M));
    list.writeBytes(allocate(TABLES, 64, ANYWHERE));
    for (AcpiTables.Pointer pointer : tables.pointers()) {
      list.writeBytes(pointer(TABLES, pointer.offset(), pointer.size()));
    }
    for (AcpiTables.Extent table : tables.summed()) {
      list.writeBytes(checksum(TABLES, table.offset() + 9, table.offset(), table.length()));
    }
    list.writeBytes(pointer(ROOT_POINTER, 16, 4));
    list.writeBytes(pointer(ROOT_POINTER, 24, 8));
    list.writeBytes(checksum(ROOT_POINTER, 8, 0, 20));
    list.writeBytes(checksum(ROOT_POINTER, 32, 0, 36));
    return list.toByteArray();
  }

  private static ByteBuffer entry(int command, String file) {
    return AcpiTables.little(LOADER_ENTRY).putInt(command).put(name(file));
  }

  private static byte[] allocate(String file, int alignment, int zone) {
    return entry(ALLOCATE, file).putInt(alignment).put((byte) zone).array();
  }

  private static byte[] pointer(String file, int offset, int size) {
    return entry(ADD_POINTER, file).put(name(TABLES)).putInt(offset).put((byte) size).array();
  }

  private static byte[] checksum(String file, int at, int start, int length) {
    return entry(ADD_CHECKSUM, file).putInt(at).putInt(start).putInt(length).array();
  }
}
