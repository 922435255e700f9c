/**
 * Small parts of a mainboard: reset and A20, numeric errors, the DMA controllers, POST codes, and
 * the debug ports that test suites and firmware know from emulators.
 *
 * <p>Uses {@link dejavm.bus} and {@link dejavm.device}.
 */
package dejavm.device.system;
