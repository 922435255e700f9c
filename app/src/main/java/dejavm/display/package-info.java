/**
 * What a machine shows while it runs, and what those who watch may do to it, whatever shows it.
 *
 * <p>Between a machine's thread and those of its viewers. {@link dejavm.display.Monitor}, {@link
 * dejavm.display.SerialFeed} and {@link dejavm.display.StatusBoard} take copies that the machine's
 * thread makes between two instructions, and only while somebody watches; {@link
 * dejavm.display.Hands} leads back, by inputs with their moments like any others. So a viewer
 * cannot hold the machine up, and a recording is the same with one or without.
 *
 * <p>Has no thread of its own, and no sockets: those are in {@code dejavm.rfb} and {@code
 * dejavm.web}.
 */
package dejavm.display;
