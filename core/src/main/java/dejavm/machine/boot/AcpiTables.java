package dejavm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The ACPI tables of the board, for a machine without firmware: root pointer, RSDT and XSDT, FADT,
 * FACS and DSDT. There is no MADT: the machine has the two 8259s and nothing else to interrupt
 * with, and without that table systems use them.
 *
 * <p>Source: ACPI specification 6.5, section 5.2; register blocks as in the Intel 82371AB (PIIX4).
 */
public final class AcpiTables {
  /** The first port of the power management block. */
  public static final int PM_PORTS = 0x600;

  /** PM1a event block, 4 bytes: status, enable. */
  public static final int PM1_EVENT = PM_PORTS;

  /** PM1a control, 2 bytes: bit 0 SCI_EN, bits 10-12 SLP_TYP, bit 13 SLP_EN. */
  public static final int PM1_CONTROL = PM_PORTS + 4;

  /** The power management timer, 24 bits at 3.579545 MHz in 4 bytes. */
  public static final int PM_TIMER = PM_PORTS + 8;

  /** General-purpose event block 0, 4 bytes: status, enable. */
  public static final int GPE0 = PM_PORTS + 0xC;

  /** The port through which a system takes ACPI over, and the values it writes. */
  public static final int SMI_COMMAND = 0xB2;

  public static final int ACPI_ENABLE = 0xF1;
  public static final int ACPI_DISABLE = 0xF0;

  /** The interrupt of all this. */
  public static final int SCI_IRQ = 9;

  /** SLP_TYP of soft-off. */
  public static final int S5 = 0;

  /** The port whose value 6 resets the machine. */
  public static final int RESET_PORT = 0xCF9;

  /** Where the root pointer lies: at the start of the ROM's alias. */
  static final long ROOT_POINTER = 0xF0000;

  private static final int HEADER = 36;
  private static final int FADT_LENGTH = 244;
  private static final int FACS_LENGTH = 64;
  private static final int ALIGNMENT = 64;

  private final BootImage.Blob tables;
  private final BootImage.Blob facs;
  private final byte[] rootPointer;

  /** The tables, placed where this memory map says. */
  public AcpiTables(MemoryMap memory) {
    facs = new BootImage.Blob(memory.nvsStart(), facs());
    long at = memory.acpiStart();
    byte[] dsdt = table("DSDT", 2, Dsdt.terms());
    long fadtAt = aligned(at + dsdt.length);
    byte[] fadt = fadt(facs.address(), at);
    long rsdtAt = aligned(fadtAt + fadt.length);
    byte[] rsdt = table("RSDT", 1, little(4).putInt((int) fadtAt).array());
    long xsdtAt = aligned(rsdtAt + rsdt.length);
    byte[] xsdt = table("XSDT", 1, little(8).putLong(fadtAt).array());
    ByteBuffer all = little((int) (xsdtAt - at) + xsdt.length);
    all.put(0, dsdt);
    all.put((int) (fadtAt - at), fadt);
    all.put((int) (rsdtAt - at), rsdt);
    all.put((int) (xsdtAt - at), xsdt);
    tables = new BootImage.Blob(at, all.array());
    rootPointer = rootPointer(rsdtAt, xsdtAt);
  }

  /** What goes into RAM. */
  List<BootImage.Blob> blobs() {
    return List.of(tables, facs);
  }

  /** What goes to {@link #ROOT_POINTER}. */
  byte[] rootPointer() {
    return rootPointer.clone();
  }

  private static byte[] rootPointer(long rsdt, long xsdt) {
    ByteBuffer pointer = little(36);
    pointer.put(ascii("RSD PTR ")).put((byte) 0).put(ascii("DEJAVM")).put((byte) 2);
    pointer.putInt((int) rsdt).putInt(36).putLong(xsdt);
    byte[] bytes = pointer.array();
    bytes[8] = checksum(bytes, 20); // the part that revision 0 had
    bytes[32] = checksum(bytes, 36);
    return bytes;
  }

  private static byte[] facs() {
    ByteBuffer facs = little(FACS_LENGTH);
    facs.put(ascii("FACS")).putInt(FACS_LENGTH);
    return facs.array();
  }

  private static byte[] fadt(long facs, long dsdt) {
    ByteBuffer f = little(FADT_LENGTH - HEADER);
    f.putInt((int) facs).putInt((int) dsdt);
    f.put((byte) 0).put((byte) 1); // reserved; a desktop machine
    f.putShort((short) SCI_IRQ).putInt(SMI_COMMAND);
    f.put((byte) ACPI_ENABLE).put((byte) ACPI_DISABLE).put((byte) 0).put((byte) 0);
    f.putInt(PM1_EVENT).putInt(0).putInt(PM1_CONTROL).putInt(0).putInt(0);
    f.putInt(PM_TIMER).putInt(GPE0).putInt(0);
    f.put((byte) 4)
        .put((byte) 2)
        .put((byte) 0)
        .put((byte) 4); // lengths: PM1 event, control, PM2, timer
    f.put((byte) 4).put((byte) 0).put((byte) 0).put((byte) 0); // GPE0, GPE1, its base, no C states
    f.putShort((short) 0xFFF).putShort((short) 0xFFF); // C2 and C3 do not exist
    f.putShort((short) 0).putShort((short) 0).put((byte) 0).put((byte) 0);
    f.put((byte) 0).put((byte) 0).put((byte) 0x32); // alarms in CMOS: no; its century: 0x32
    f.putShort((short) 0x0B).put((byte) 0); // legacy devices, an 8042, no message interrupts
    f.putInt(flags());
    address(f, RESET_PORT, 1).put((byte) 6);
    f.put((byte) 0).put((byte) 0).put((byte) 0);
    f.putLong(0).putLong(dsdt); // the FACS stands above, and may stand once only
    address(f, PM1_EVENT, 4);
    address(f, 0, 0);
    address(f, PM1_CONTROL, 2);
    address(f, 0, 0);
    address(f, 0, 0);
    address(f, PM_TIMER, 4);
    address(f, GPE0, 4);
    address(f, 0, 0);
    return table("FACP", 3, f.array());
  }

  /** WBINVD works, C1 exists, no sleep button, no wake by RTC, a reset register. */
  private static int flags() {
    return 1 | 1 << 2 | 1 << 5 | 1 << 6 | 1 << 10;
  }

  /** A register as a generic address: a port, or nothing where it has no length. */
  private static ByteBuffer address(ByteBuffer out, int port, int length) {
    int portSpace = length == 0 ? 0 : 1;
    return out.put((byte) portSpace)
        .put((byte) (length * 8))
        .put((byte) 0)
        .put((byte) (length == 4 ? 3 : length))
        .putLong(port);
  }

  private static byte[] table(String signature, int revision, byte[] content) {
    ByteBuffer table = little(HEADER + content.length);
    table.put(ascii(signature)).putInt(HEADER + content.length);
    table.put((byte) revision).put((byte) 0);
    table.put(ascii("DEJAVM")).put(ascii("DEJAVMPC")).putInt(1).put(ascii("DEJA")).putInt(1);
    table.put(content);
    byte[] bytes = table.array();
    bytes[9] = checksum(bytes, bytes.length);
    return bytes;
  }

  /**
   * The byte that makes the sum of the first {@code length} bytes zero; its place holds zero yet.
   */
  private static byte checksum(byte[] bytes, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += bytes[i];
    }
    return (byte) -sum;
  }

  private static long aligned(long address) {
    return (address + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
