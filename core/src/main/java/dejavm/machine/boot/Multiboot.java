package dejavm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Boots a kernel that follows the first Multiboot specification. What is loaded where stands either
 * in its multiboot header (flag 16) or in the program headers of a 32-bit ELF file; the header can
 * hide anywhere in the first 8 KiB. Modules follow the kernel, on page boundaries.
 *
 * <p>Source: Multiboot Specification 0.6.96.
 */
public final class Multiboot {
  /** A file for the kernel, and the text that goes with it. */
  public record Module(byte[] content, String text) {}

  private static final int HEADER_MAGIC = 0x1BADB002;
  private static final int LOADER_MAGIC = 0x2BADB002;
  private static final int SEARCHED = 8192;
  private static final int ADDRESSES = 1 << 16;

  /** Page-aligned modules, memory information, video mode: the demands that there are. */
  private static final int KNOWN_DEMANDS = 7;

  private static final int INFO = 0x90000;
  private static final int INFO_END = MemoryMap.EBDA;
  private static final int INFO_LENGTH = 120;
  private static final int STACK = 0x7C00;
  private static final int PAGE = 4096;
  private static final int ELF = 0x464C457F;
  private static final int PROGRAM_HEADER = 32;

  private final byte[] file;
  private final ByteBuffer kernel;
  private final MemoryMap memory;
  private final List<BootImage.Blob> blobs = new ArrayList<>(BiosArea.blobs());
  private long end;

  private Multiboot(byte[] file, MemoryMap memory) {
    this.file = file;
    this.kernel = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    this.memory = memory;
  }

  /** Whether a file has a multiboot header. */
  public static boolean recognises(byte[] file) {
    return headerOf(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN)) >= 0;
  }

  /**
   * Prepares a machine that boots this kernel.
   *
   * @param kernel the content of the file
   * @param ramSize bytes of RAM, at least 2 MiB, whole pages
   * @throws BootRefused where the kernel is none, or does not fit
   */
  public static BootImage image(
      byte[] kernel, List<Module> modules, String commandLine, long ramSize) throws BootRefused {
    return new Multiboot(kernel, new MemoryMap(ramSize)).image(modules, commandLine);
  }

  private BootImage image(List<Module> modules, String commandLine) throws BootRefused {
    int header = headerOf(kernel);
    if (header < 0) {
      throw new BootRefused("the kernel has no multiboot header in its first 8 KiB");
    }
    int flags = kernel.getInt(header + 4);
    if ((flags & 0xFFFF & ~KNOWN_DEMANDS) != 0) {
      throw new BootRefused(
          "the kernel demands unknown multiboot features: flags 0x%x".formatted(flags));
    }
    int entry = (flags & ADDRESSES) != 0 ? loadByHeader(header) : loadElf();
    byte[] info = info(modules, commandLine);
    blobs.add(new BootImage.Blob(INFO, info));
    AcpiTables acpi = new AcpiTables(memory);
    blobs.addAll(acpi.blobs());
    ResetRom.Registers registers = new ResetRom.Registers(LOADER_MAGIC, INFO, 0, 0, STACK);
    byte[] rom = ResetRom.flat(acpi.rootPointer(), entry, registers);
    return new BootImage(blobs, rom, ResetRom.SIZE);
  }

  private static int headerOf(ByteBuffer file) {
    for (int at = 0; at + 12 <= Math.min(file.capacity(), SEARCHED); at += 4) {
      if (file.getInt(at) == HEADER_MAGIC
          && HEADER_MAGIC + file.getInt(at + 4) + file.getInt(at + 8) == 0) {
        return at;
      }
    }
    return -1;
  }

  private int loadByHeader(int header) throws BootRefused {
    if (header + 32 > file.length) {
      throw new BootRefused("the kernel's multiboot header is cut off");
    }
    long headerAddress = dword(header + 12);
    long load = dword(header + 16);
    long loadEnd = dword(header + 20);
    long bssEnd = dword(header + 24);
    long from = load > headerAddress ? -1 : header - (headerAddress - load);
    long length = loadEnd == 0 ? file.length - from : loadEnd - load;
    long whole = bssEnd == 0 ? length : bssEnd - load;
    load(from, length, load, Math.max(whole, length));
    return kernel.getInt(header + 28);
  }

  private int loadElf() throws BootRefused {
    if (file.length < 52 || kernel.getInt(0) != ELF || file[4] != 1 || file[5] != 1) {
      throw new BootRefused(
          "the kernel is neither a 32-bit ELF file nor gives multiboot addresses");
    }
    long table = dword(0x1C);
    int size = kernel.getShort(0x2A) & 0xFFFF;
    int count = kernel.getShort(0x2C) & 0xFFFF;
    long entry = dword(0x18);
    boolean inside = false;
    long moved = entry;
    for (int i = 0; i < count; i++) {
      long at = table + (long) i * size;
      if (size < PROGRAM_HEADER || at + PROGRAM_HEADER > file.length) {
        throw new BootRefused("the kernel's ELF program headers are cut off");
      }
      int header = (int) at;
      long virtual = dword(header + 8);
      long physical = dword(header + 12);
      long length = dword(header + 20);
      if (kernel.getInt(header) == 1 && length > 0) {
        load(dword(header + 4), dword(header + 16), physical, length);
        inside |= entry >= physical && entry < physical + length;
        moved = entry >= virtual && entry < virtual + length ? entry - virtual + physical : moved;
      }
    }
    if (end == 0) {
      throw new BootRefused("the kernel is an ELF file with nothing to load");
    }
    return (int) (inside ? entry : moved);
  }

  private void load(long from, long length, long address, long whole) throws BootRefused {
    if (from < 0 || length < 0 || length > whole || from + length > file.length) {
      throw new BootRefused("the kernel is cut off, or its addresses contradict each other");
    }
    boolean low = address >= 0x500 && address + whole <= INFO;
    boolean high = address >= 0x100000 && address + whole <= memory.acpiStart();
    if (!low && !high) {
      throw new BootRefused(
          "the kernel wants 0x%x to 0x%x, where there is no free RAM"
              .formatted(address, address + whole));
    }
    byte[] bytes =
        Arrays.copyOf(Arrays.copyOfRange(file, (int) from, (int) (from + length)), (int) whole);
    blobs.add(new BootImage.Blob(address, bytes));
    end = Math.max(end, address + whole);
  }

  private byte[] info(List<Module> modules, String commandLine) throws BootRefused {
    ByteBuffer info = ByteBuffer.allocate(INFO_END - INFO).order(ByteOrder.LITTLE_ENDIAN);
    List<MemoryMap.Range> ranges = memory.ranges();
    int moduleTable = INFO_LENGTH;
    int map = moduleTable + 16 * modules.size();
    int texts = map + 24 * ranges.size();
    int room = texts + bytes(commandLine).length + 2 + bytes("DejaVM").length;
    for (Module module : modules) {
      room += bytes(module.text).length + 1;
    }
    if (room > info.capacity()) {
      throw new BootRefused("the command line and the modules' texts are too long");
    }
    info.position(texts);
    info.putInt(
        0, 1 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9); // memory, command line, modules, map, name
    info.putInt(4, MemoryMap.EBDA >> 10);
    info.putInt(8, (int) ((memory.acpiStart() >> 10) - 1024));
    info.putInt(16, text(info, commandLine));
    info.putInt(20, modules.size());
    info.putInt(24, INFO + moduleTable);
    info.putInt(44, 24 * ranges.size());
    info.putInt(48, INFO + map);
    info.putInt(64, text(info, "DejaVM"));
    for (Module module : modules) {
      long address = Math.max(end, 0x100000) + PAGE - 1 & -PAGE;
      end = address + module.content.length;
      if (end > memory.acpiStart()) {
        throw new BootRefused("the modules do not fit into RAM");
      }
      blobs.add(new BootImage.Blob(address, module.content.clone()));
      info.putInt(moduleTable, (int) address).putInt(moduleTable + 4, (int) end);
      info.putInt(moduleTable + 8, text(info, module.text));
      moduleTable += 16;
    }
    for (MemoryMap.Range range : ranges) {
      info.putInt(map, 20).putLong(map + 4, range.start());
      info.putLong(map + 12, range.end() - range.start()).putInt(map + 20, range.type());
      map += 24;
    }
    return Arrays.copyOf(info.array(), info.position());
  }

  private static int text(ByteBuffer info, String text) {
    int at = INFO + info.position();
    info.put(bytes(text)).put((byte) 0);
    return at;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private long dword(int offset) {
    return kernel.getInt(offset) & 0xFFFF_FFFFL;
  }
}
