/**
 * Runs of a machine, from first instruction to last: live, recorded, replayed, verified. Here the
 * recorders of {@code record} are plugged into the machines of {@code machine}.
 *
 * <p>Uses every package above it.
 */
package dejavm.session;
