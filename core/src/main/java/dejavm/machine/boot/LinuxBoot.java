package dejavm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Boots a Linux bzImage without firmware, through its 32-bit entry point. The kernel never runs its
 * real-mode part, so what that part would have asked the BIOS stands in the "zero page" that ESI
 * points to: memory map, screen, RAM disk, command line. A 64-bit kernel starts here too, and goes
 * to long mode itself.
 *
 * <p>Source: Linux, Documentation/arch/x86/boot.rst (boot protocol 2.04 to 2.15) and zero-page.rst.
 */
public final class LinuxBoot {
  private static final int ZERO_PAGE = 0x90000;
  private static final int COMMAND_LINE = 0x91000;
  private static final int COMMAND_LINE_ROOM = 0x8000;
  private static final int KERNEL = 0x100000;
  private static final int SECTOR = 512;
  private static final int PAGE = 4096;

  private static final int HDRS = 0x53726448;
  private static final int ELF = 0x464C457F;

  private final ByteBuffer header;
  private final int version;
  private final int protectedStart;
  private final byte[] kernel;
  private final MemoryMap memory;

  private LinuxBoot(byte[] kernel, MemoryMap memory) throws BootRefused {
    this.kernel = kernel;
    this.memory = memory;
    this.header = ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN);
    check();
    this.version = word(0x206);
    int sectors = kernel[0x1F1] & 0xFF;
    this.protectedStart = ((sectors == 0 ? 4 : sectors) + 1) * SECTOR;
    long wanted = protectedStart + (header.getInt(0x1F4) & 0xFFFF_FFFFL) * 16;
    if (kernel.length + 15 < wanted || kernel.length <= protectedStart) {
      throw new BootRefused(
          "the kernel is cut off: %d bytes where its header says %d"
              .formatted(kernel.length, wanted));
    }
  }

  /**
   * Prepares a machine that boots this kernel.
   *
   * @param kernel the content of a bzImage
   * @param initrd the initial RAM disk, or null
   * @param ramSize bytes of RAM, at least 2 MiB, whole pages
   * @throws BootRefused where the kernel is none, or does not fit
   */
  public static BootImage bzImage(byte[] kernel, byte[] initrd, String commandLine, long ramSize)
      throws BootRefused {
    return new LinuxBoot(kernel, new MemoryMap(ramSize)).image(initrd, commandLine);
  }

  /** Whether a bzImage holds a kernel for 64-bit processors: xloadflags, from protocol 2.12 on. */
  public static boolean is64(byte[] kernel) {
    if (kernel.length < 0x238) {
      return false;
    }
    ByteBuffer header = ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN);
    return (header.getShort(0x206) & 0xFFFF) >= 0x20C && (header.getShort(0x236) & 1) != 0;
  }

  private void check() throws BootRefused {
    if (kernel.length >= 4 && header.getInt(0) == ELF) {
      throw new BootRefused("the kernel is an ELF file; a bzImage or a multiboot kernel is wanted");
    }
    if (kernel.length < 0x268 || word(0x1FE) != 0xAA55) {
      throw new BootRefused("the kernel is not a bzImage: it has no boot sector signature");
    }
    if (header.getInt(0x202) != HDRS) {
      throw new BootRefused("the kernel is not a bzImage: its setup header has no HdrS signature");
    }
    if (word(0x206) < 0x204) {
      throw new BootRefused(
          "the kernel's boot protocol is %d.%02d; 2.04 or later is wanted"
              .formatted(word(0x206) >> 8, word(0x206) & 0xFF));
    }
    if ((kernel[0x211] & 1) == 0) {
      throw new BootRefused("the kernel is a zImage, which loads low; a bzImage is wanted");
    }
  }

  private BootImage image(byte[] initrd, String commandLine) throws BootRefused {
    byte[] text = commandLine.getBytes(StandardCharsets.UTF_8);
    long limit = version >= 0x206 ? Math.min(dword(0x238), COMMAND_LINE_ROOM - 1) : 255;
    if (text.length > limit) {
      throw new BootRefused(
          "the command line has %d bytes; this kernel takes %d".formatted(text.length, limit));
    }
    byte[] body = Arrays.copyOfRange(kernel, protectedStart, kernel.length);
    long end = kernelEnd(body.length);
    if (end > memory.acpiStart()) {
      throw new BootRefused(
          "the kernel needs %d MiB of RAM".formatted((end + 0x10000 + 0xFFFFF) >> 20));
    }
    long disk = initrd == null ? 0 : initrdAddress(initrd.length, end);

    AcpiTables acpi = new AcpiTables(memory);
    List<BootImage.Blob> blobs = new ArrayList<>(BiosArea.blobs());
    blobs.add(new BootImage.Blob(ZERO_PAGE, zeroPage(initrd == null ? 0 : initrd.length, disk)));
    blobs.add(new BootImage.Blob(COMMAND_LINE, Arrays.copyOf(text, text.length + 1)));
    blobs.add(new BootImage.Blob(KERNEL, body));
    if (initrd != null) {
      blobs.add(new BootImage.Blob(disk, initrd.clone()));
    }
    blobs.addAll(acpi.blobs());
    ResetRom.Registers registers = new ResetRom.Registers(0, 0, 0, ZERO_PAGE, ZERO_PAGE);
    byte[] rom = ResetRom.flat(acpi.rootPointer(), KERNEL, registers);
    return new BootImage(blobs, rom, ResetRom.SIZE);
  }

  /** The end of what the kernel overwrites before it looks at its memory map. */
  private long kernelEnd(int bodyLength) {
    long end = KERNEL + (long) bodyLength;
    if (version >= 0x20A) {
      long alignment = Math.max(dword(0x230), 1);
      long start = Math.max((KERNEL + alignment - 1) / alignment * alignment, dword(0x258));
      end = Math.max(end, start + dword(0x260));
    }
    return end;
  }

  private long initrdAddress(int length, long kernelEnd) throws BootRefused {
    long top = Math.min(memory.acpiStart(), dword(0x22C) + 1);
    long address = top - length & -PAGE;
    if (address < kernelEnd) {
      throw new BootRefused(
          "the initial RAM disk is too big: %d bytes, and %d are free above the kernel"
              .formatted(length, Math.max(0, top - kernelEnd)));
    }
    return address;
  }

  private byte[] zeroPage(int initrdLength, long initrdAddress) {
    byte[] page = new byte[PAGE];
    int headerEnd = Math.min(0x202 + (kernel[0x201] & 0xFF), 0x290);
    System.arraycopy(kernel, 0x1F1, page, 0x1F1, Math.min(headerEnd, kernel.length) - 0x1F1);
    ByteBuffer zero = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    screen(zero);
    zero.put(0x210, (byte) 0xFF); // a loader without a number
    zero.putInt(0x214, KERNEL);
    zero.putInt(0x218, (int) initrdAddress);
    zero.putInt(0x21C, initrdLength);
    zero.putInt(0x228, COMMAND_LINE);
    if (version >= 0x20E) {
      zero.putLong(0x070, AcpiTables.ROOT_POINTER);
    }
    long extended = (memory.acpiStart() >> 10) - 1024;
    zero.putShort(0x002, (short) Math.min(extended, 0xFFFF));
    zero.putInt(0x1E0, (int) extended);
    List<MemoryMap.Range> ranges = memory.ranges();
    zero.put(0x1E8, (byte) ranges.size());
    zero.position(0x2D0);
    for (MemoryMap.Range range : ranges) {
      zero.putLong(range.start()).putLong(range.end() - range.start()).putInt(range.type());
    }
    return page;
  }

  /** Tells the kernel of the text screen that the reset code sets up. */
  private static void screen(ByteBuffer zero) {
    zero.put(0x006, (byte) 3); // video mode
    zero.put(0x007, (byte) 80);
    zero.put(0x00E, (byte) 25);
    zero.put(0x00F, (byte) 1); // a VGA
    zero.putShort(0x010, (short) 16); // lines of a character
  }

  private int word(int offset) {
    return header.getShort(offset) & 0xFFFF;
  }

  private long dword(int offset) {
    return header.getInt(offset) & 0xFFFF_FFFFL;
  }
}
