/**
 * State as data: records as bytes, hashes of state and of pages, and what differs between two
 * states.
 *
 * <p>Uses {@code dejavm.bus}, and of {@code dejavm.record} the primitives of the format. Invariant:
 * equal states give equal bytes and equal hashes on every host.
 */
package dejavm.snapshot;
