/**
 * Serial ports.
 *
 * <p>Uses {@link dejavm.bus} and {@link dejavm.device}. Bytes leave by {@link
 * dejavm.bus.Outputs#serial} and come as calls of {@code receive}, never more of them than the port
 * has asked for by {@link dejavm.bus.Outputs#serialReady}.
 */
package dejavm.device.serial;
