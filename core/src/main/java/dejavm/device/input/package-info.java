/**
 * What a person touches: the PS/2 keyboard and mouse, and the controller that they hang on.
 *
 * <p>Uses {@link dejavm.bus} and {@link dejavm.device}. Input comes as calls of {@code key} and
 * {@code move}, made by the board between two instructions; bytes then travel at the speed of the
 * wire, by timers.
 */
package dejavm.device.input;
