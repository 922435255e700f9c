/**
 * The machine put together: what is inside the cpu boundary ({@link dejavm.machine.Processor}),
 * what is outside it ({@link dejavm.machine.Board}, the wiring diagram), and the loop that drives
 * both ({@link dejavm.machine.Machine}).
 *
 * <p>Uses every package above it, and no recorder: recording is a matter of which {@link
 * dejavm.bus.Inputs}, {@link dejavm.bus.Platform} and {@link dejavm.bus.Nucleus} are plugged in.
 *
 * <p>Invariants: one thread runs all of it; the board acts only within a {@code Platform} call; how
 * often, and with what limits, the loop is entered cannot be observed by the guest.
 */
package dejavm.machine;
