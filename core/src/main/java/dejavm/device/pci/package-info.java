/**
 * The PCI bus, configuration mechanism #1, and the chipset of the i440FX boards: host bridge, ISA
 * bridge, power management.
 *
 * <p>Uses {@link dejavm.bus} and {@link dejavm.device}. A function owns a {@link
 * dejavm.device.pci.ConfigSpace}; where its registers can be found in ports and memory is told to
 * the board by a {@link dejavm.device.pci.Decoder}, whenever the guest moves them.
 */
package dejavm.device.pci;
