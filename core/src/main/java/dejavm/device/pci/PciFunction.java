package dejavm.device.pci;

/** One function of a device on the PCI bus. */
public interface PciFunction {
  /** Its configuration space. */
  ConfigSpace config();

  /** A configuration write by the guest; what a register does beyond being stored, happens here. */
  default void configure(int register, int size, long value) {
    config().write(register, size, value);
  }
}
