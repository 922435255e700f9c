/**
 * Disks and what they hang on: the two channels of an IDE controller, hard disks and CD-ROM drives,
 * and the overlay that takes what a guest writes.
 *
 * <p>Uses {@link dejavm.bus} and {@link dejavm.device}. A request takes a time that follows from
 * what is asked alone, never from how long the host took: a drive reads the host's bytes when a
 * request begins, and shows them when its time is up. By then the host has said whether it could
 * give them ({@link dejavm.bus.Input.DiskFault}).
 */
package dejavm.device.disk;
