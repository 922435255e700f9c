/**
 * Runs of a machine, from first instruction to last: live, recorded, replayed, verified. Here the
 * recorders of {@code record} are plugged into the machines of {@code machine}.
 *
 * <p>Uses every package above it. Invariant: what a run comes to is a function of its {@link
 * dejavm.session.Setup} and of its inputs; nothing else that it is given can be observed by the
 * guest.
 */
package dejavm.session;
