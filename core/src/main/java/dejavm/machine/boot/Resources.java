package dejavm.machine.boot;

/**
 * Encodes the resources of a device (ports, interrupts, windows) for an ACPI {@code _CRS}.
 *
 * <p>Source: ACPI specification 6.5, section 6.4.
 */
final class Resources {
  private static final int MEMORY = 0;
  private static final int IO = 1;
  private static final int BUS = 2;

  /** A window with both ends fixed, decoded by its producer. */
  private static final int FIXED = 0x0C;

  private Resources() {}

  /** The buffer around a list of descriptors. */
  static byte[] template(byte[]... descriptors) {
    // the end tag's checksum of zero means that there is none
    return Aml.buffer(Aml.join(Aml.join(descriptors), Aml.bytes(0x79, 0)));
  }

  /** Ports, all 16 address lines decoded. */
  static byte[] ports(int first, int length) {
    return Aml.bytes(0x47, 1, first, first >> 8, first, first >> 8, 1, length);
  }

  /** An edge-triggered interrupt of the device's own. */
  static byte[] irq(int irq) {
    return Aml.bytes(0x22, 1 << irq, 1 << irq >> 8);
  }

  /** Level-triggered, active low, shared: any one of a set of interrupts, bit by bit. */
  static byte[] sharedIrqs(int mask) {
    return Aml.bytes(0x23, mask, mask >> 8, 0x18);
  }

  static byte[] dma(int channel) {
    return Aml.bytes(0x2A, 1 << channel, 0x04);
  }

  static byte[] buses(int first, int last) {
    return word(BUS, 0, first, last);
  }

  /** A window of ports. */
  static byte[] portWindow(int first, int last) {
    return word(IO, 3, first, last); // ISA and other addresses alike
  }

  private static byte[] word(int type, int typeFlags, int first, int last) {
    int length = last - first + 1;
    return Aml.join(
        Aml.bytes(0x88, 13, 0, type, FIXED, typeFlags, 0, 0),
        Aml.bytes(first, first >> 8, last, last >> 8, 0, 0, length, length >> 8));
  }

  /** A window of memory below 4 GiB, read and write. */
  static byte[] memoryWindow(long first, long last, boolean cacheable) {
    return Aml.join(
        Aml.bytes(0x87, 23, 0, MEMORY, FIXED, cacheable ? 3 : 1),
        dwords(0, first, last, 0, last - first + 1));
  }

  private static byte[] dwords(long... values) {
    byte[] all = {};
    for (long value : values) {
      int v = (int) value;
      all = Aml.join(all, Aml.bytes(v, v >> 8, v >> 16, v >> 24));
    }
    return all;
  }
}
