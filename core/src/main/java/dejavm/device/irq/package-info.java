/**
 * Interrupt controllers: the pair of 8259As of every PC.
 *
 * <p>Uses {@link dejavm.bus} and {@link dejavm.device}. Devices see a controller as a {@link
 * dejavm.bus.Line} each; the CPU sees one output line and an acknowledge cycle.
 */
package dejavm.device.irq;
