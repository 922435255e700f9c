package dejavm.machine.boot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The ACPI tables of the board: root pointer, RSDT and XSDT, FADT, FACS, MADT, HPET and DSDT, for a
 * machine without firmware at their places, or for firmware that places them itself.
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

  /** Where the local APIC and the IOAPIC are, and the high precision timers. */
  public static final long LOCAL_APIC = 0xFEE0_0000L;

  public static final long IO_APIC = 0xFEC0_0000L;
  public static final long HPET = 0xFED0_0000L;

  /** What the timers say of themselves: three of 64 bits that can replace PIT and RTC. */
  public static final int HPET_ID = 0x8086A201;

  /** The port whose value 6 resets the machine. */
  public static final int RESET_PORT = 0xCF9;

  /** Where the root pointer lies: at the start of the ROM's alias. */
  static final long ROOT_POINTER = 0xF0000;

  private static final int HEADER = 36;
  private static final int FADT_LENGTH = 244;
  private static final int FACS_LENGTH = 64;
  private static final int ALIGNMENT = 64;

  /** A number in the tables that is the address of another one. */
  record Pointer(int offset, int size) {}

  /** A table: its first byte and its length, checksum included. */
  record Extent(int offset, int length) {}

  private final long start;
  private final long facs;
  private final ByteArrayOutputStream all = new ByteArrayOutputStream();
  private final List<Pointer> pointers = new ArrayList<>();
  private final List<Extent> summed = new ArrayList<>();
  private final byte[] rootPointer;

  /**
   * The tables.
   *
   * @param start where they are
   * @param facs where the FACS is
   */
  private AcpiTables(long start, long facs) {
    this.start = start;
    this.facs = facs;
    long dsdt = add(table("DSDT", 2, Dsdt.terms()));
    long fadt = add(fadt(facs, dsdt));
    point(fadt, HEADER, 4); // the FACS
    point(fadt, HEADER + 4, 4); // the DSDT
    point(fadt, 140, 8); // the same in 64 bits
    long madt = add(table("APIC", 3, madt()));
    long hpet = add(table("HPET", 1, hpet()));
    long[] tables = {fadt, madt, hpet};
    ByteBuffer narrow = little(4 * tables.length);
    ByteBuffer wide = little(8 * tables.length);
    for (long table : tables) {
      narrow.putInt((int) table);
      wide.putLong(table);
    }
    long rsdt = add(table("RSDT", 1, narrow.array()));
    long xsdt = add(table("XSDT", 1, wide.array()));
    for (int i = 0; i < tables.length; i++) {
      point(rsdt, HEADER + 4 * i, 4);
      point(xsdt, HEADER + 8 * i, 8);
    }
    rootPointer = rootPointer(rsdt, xsdt);
  }

  /** The tables, placed where this memory map says. */
  AcpiTables(MemoryMap memory) {
    this(memory.acpiStart(), memory.nvsStart());
  }

  /** Tables that firmware places: all addresses count from their start, and the FACS ends them. */
  static AcpiTables relocatable() {
    int length = new AcpiTables(0, 0).all.size();
    AcpiTables tables = new AcpiTables(0, aligned(length));
    tables.align();
    tables.all.writeBytes(facs());
    return tables;
  }

  private long add(byte[] table) {
    align();
    int at = all.size();
    summed.add(new Extent(at, table.length));
    all.writeBytes(table);
    return start + at;
  }

  private void align() {
    all.writeBytes(new byte[(int) aligned(all.size()) - all.size()]);
  }

  private void point(long table, int offset, int size) {
    pointers.add(new Pointer((int) (table - start) + offset, size));
  }

  /** What goes into RAM of a machine without firmware. */
  List<BootImage.Blob> blobs() {
    return List.of(new BootImage.Blob(start, bytes()), new BootImage.Blob(facs, facs()));
  }

  /** All tables one behind the other. */
  byte[] bytes() {
    return all.toByteArray();
  }

  List<Pointer> pointers() {
    return pointers;
  }

  List<Extent> summed() {
    return summed;
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

  /**
   * One local APIC and one IOAPIC, to whose pin 2 the timer goes, as to the PIC's input 0. The ISA
   * interrupts that PCI shares are level-triggered and, unlike on other boards, active high.
   */
  private static byte[] madt() {
    ByteBuffer madt = little(8 + 8 + 12 + 10 + 4 * 10 + 6);
    madt.putInt((int) LOCAL_APIC).putInt(1); // there are 8259s too
    madt.put((byte) 0).put((byte) 8).put((byte) 0).put((byte) 0).putInt(1);
    madt.put((byte) 1).put((byte) 12).put((byte) 0).put((byte) 0);
    madt.putInt((int) IO_APIC).putInt(0);
    override(madt, 0, 2, 0);
    for (int irq : new int[] {5, SCI_IRQ, 10, 11}) {
      override(madt, irq, irq, 0xD);
    }
    madt.put((byte) 4).put((byte) 6).put((byte) 0xFF).putShort((short) 0).put((byte) 1);
    return madt.array();
  }

  private static void override(ByteBuffer madt, int irq, int pin, int flags) {
    madt.put((byte) 2).put((byte) 10).put((byte) 0).put((byte) irq).putInt(pin);
    madt.putShort((short) flags);
  }

  private static byte[] hpet() {
    ByteBuffer hpet = little(20);
    hpet.putInt(HPET_ID).put((byte) 0).put((byte) 64).put((byte) 0).put((byte) 0);
    return hpet.putLong(HPET).put((byte) 0).putShort((short) 0).put((byte) 0).array();
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

  static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
