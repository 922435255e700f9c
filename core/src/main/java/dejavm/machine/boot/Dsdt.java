package dejavm.machine.boot;

import static dejavm.machine.boot.Aml.SERIALIZED;
import static dejavm.machine.boot.Aml.and;
import static dejavm.machine.boot.Aml.arg0;
import static dejavm.machine.boot.Aml.byteFields;
import static dejavm.machine.boot.Aml.device;
import static dejavm.machine.boot.Aml.eisaId;
import static dejavm.machine.boot.Aml.elements;
import static dejavm.machine.boot.Aml.give;
import static dejavm.machine.boot.Aml.integer;
import static dejavm.machine.boot.Aml.join;
import static dejavm.machine.boot.Aml.local0;
import static dejavm.machine.boot.Aml.lowestBit;
import static dejavm.machine.boot.Aml.method;
import static dejavm.machine.boot.Aml.name;
import static dejavm.machine.boot.Aml.or;
import static dejavm.machine.boot.Aml.otherwise;
import static dejavm.machine.boot.Aml.path;
import static dejavm.machine.boot.Aml.pciRegion;
import static dejavm.machine.boot.Aml.scope;
import static dejavm.machine.boot.Aml.shiftLeft;
import static dejavm.machine.boot.Aml.store;
import static dejavm.machine.boot.Aml.subtract;
import static dejavm.machine.boot.Aml.when;
import static dejavm.machine.boot.Aml.wordField;
import static dejavm.machine.boot.Aml.zero;
import static dejavm.machine.boot.Resources.ports;
import static dejavm.machine.boot.Resources.template;

/**
 * What the board has, told in ACPI machine language: a PCI root with an ISA bridge at slot 1, the
 * bridge's devices, and the four interrupt links behind PCI. The links are registers of the bridge
 * (0x60 to 0x63 of its configuration) that the operating system sets itself: nobody routed PCI
 * interrupts before it. Pin A of slot 1 is link A, and each slot further on begins one link later.
 *
 * <p>Source: ACPI specification 6.5, chapters 5, 6, 9; Intel 82371AB (PIIX4) datasheet, order no.
 * 290562, PIRQRC.
 */
final class Dsdt {
  private static final int SLOTS = 32;
  private static final int PINS = 4;
  private static final int LINK_IRQS = 1 << 5 | 1 << 10 | 1 << 11;
  private static final int NOT_ROUTED = 0x80;

  private Dsdt() {}

  /** The terms of the table, without its header. */
  static byte[] terms() {
    return join(
        scope(
            "\\",
            name("PICM", zero()),
            method("_PIC", 1, store(arg0(), path("PICM"))),
            name("_S5", elements(zero(), zero(), zero(), zero()))),
        scope(
            "\\_SB",
            device("PCI0", root(), isaBridge()),
            link("LNKA", "PRQA", 1),
            link("LNKB", "PRQB", 2),
            link("LNKC", "PRQC", 3),
            link("LNKD", "PRQD", 4)));
  }

  private static byte[] root() {
    return join(
        name("_HID", eisaId("PNP0A03")),
        name("_BBN", zero()),
        name("_UID", zero()),
        name(
            "_CRS",
            template(
                Resources.buses(0, 0xFF),
                ports(0xCF8, 8),
                Resources.portWindow(0, 0xCF7),
                Resources.portWindow(0xD00, 0xFFFF),
                Resources.memoryWindow(0xA0000, 0xBFFFF, true),
                Resources.memoryWindow(MemoryMap.PCI_WINDOW, 0xFEBF_FFFFL, false))),
        name("_PRT", routes()));
  }

  private static byte[] routes() {
    byte[][] routes = new byte[SLOTS * PINS][];
    for (int slot = 0; slot < SLOTS; slot++) {
      for (int pin = 0; pin < PINS; pin++) {
        String link = "\\_SB.LNK" + (char) ('A' + (slot + pin + PINS - 1) % PINS);
        routes[slot * PINS + pin] =
            elements(integer((long) slot << 16 | 0xFFFF), integer(pin), path(link), zero());
      }
    }
    return elements(routes);
  }

  private static byte[] isaBridge() {
    return device(
        "ISA",
        name("_ADR", integer(0x10000)),
        pciRegion("PIRQ", 0x60, 4),
        byteFields("PIRQ", "PRQA", "PRQB", "PRQC", "PRQD"),
        legacy(
            "PIC", "PNP0000", 0, ports(0x20, 2), ports(0xA0, 2), ports(0x4D0, 2), Resources.irq(2)),
        legacy(
            "DMAC",
            "PNP0200",
            0,
            ports(0x00, 16),
            ports(0x81, 15),
            ports(0xC0, 32),
            Resources.dma(4)),
        legacy("TMR", "PNP0100", 0, ports(0x40, 4), Resources.irq(0)),
        legacy("RTC", "PNP0B00", 0, ports(0x70, 2), Resources.irq(8)),
        legacy("SPKR", "PNP0800", 0, ports(0x61, 1)),
        legacy("FPU", "PNP0C04", 0, ports(0xF0, 16), Resources.irq(13)),
        legacy("KBD", "PNP0303", 0, ports(0x60, 1), ports(0x64, 1), Resources.irq(1)),
        legacy("MOU", "PNP0F13", 0, Resources.irq(12)),
        legacy(
            "FDC",
            "PNP0700",
            0,
            ports(0x3F2, 4),
            ports(0x3F7, 1),
            Resources.irq(6),
            Resources.dma(2)),
        legacy("COM1", "PNP0501", 1, ports(0x3F8, 8), Resources.irq(4)),
        legacy("COM2", "PNP0501", 2, ports(0x2F8, 8), Resources.irq(3)),
        legacy(
            "SYSR", "PNP0C02", 0, ports(0x92, 1), ports(0xB2, 2), ports(AcpiTables.PM_PORTS, 64)));
  }

  private static byte[] legacy(String name, String id, int unit, byte[]... resources) {
    return device(
        name,
        name("_HID", eisaId(id)),
        unit == 0 ? new byte[0] : name("_UID", integer(unit)),
        name("_CRS", template(resources)));
  }

  /** An interrupt link: its register holds the interrupt's number, or bit 7 for none. */
  private static byte[] link(String name, String register, int unit) {
    byte[] pirq = path("\\_SB.PCI0.ISA." + register);
    byte[] routed = path("IRQW");
    return device(
        name,
        name("_HID", eisaId("PNP0C0F")),
        name("_UID", integer(unit)),
        name("_PRS", template(Resources.sharedIrqs(LINK_IRQS))),
        method(
            "_STA",
            0,
            when(and(pirq, integer(NOT_ROUTED), zero()), give(integer(0x09))),
            give(integer(0x0B))),
        method("_DIS", 0, or(pirq, integer(NOT_ROUTED), pirq)),
        method(
            "_CRS",
            SERIALIZED,
            name("BUFF", template(Resources.sharedIrqs(0))),
            wordField(path("BUFF"), 1, "IRQW"),
            when(and(pirq, integer(NOT_ROUTED), zero()), store(zero(), routed)),
            otherwise(shiftLeft(integer(1), and(pirq, integer(15), zero()), routed)),
            give(path("BUFF"))),
        method(
            "_SRS",
            1 | SERIALIZED,
            wordField(arg0(), 1, "IRQW"),
            lowestBit(routed, local0()),
            subtract(local0(), integer(1), pirq)));
  }
}
