/**
 * The machine put together: what is inside the cpu boundary ({@link dejavm.machine.Processor}), what
 * is outside it ({@link dejavm.machine.Board}, the wiring diagram), and the loop that drives both
 * ({@link dejavm.machine.Machine}).
 *
 * <p>Uses every package above it, and no recorder: recording is a matter of which {@link
 * dejavm.bus.Inputs}, {@link dejavm.bus.Platform} and {@link dejavm.bus.Nucleus} are plugged in.
 */
package dejavm.machine;
