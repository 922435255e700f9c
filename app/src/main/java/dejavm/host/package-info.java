/**
 * The host, as the machine meets it: the wall clock, standard streams and terminals, files,
 * signals, the thread that compresses a recording. Together with the displays ({@code dejavm.rfb},
 * {@code dejavm.web}) the only package with threads, sockets and terminals.
 *
 * <p>Uses {@code core}; nothing in {@code core} knows of it. Everything here runs on the machine's
 * thread unless it says otherwise. What may come into a machine goes through {@link
 * dejavm.host.LiveInputs}, what leaves it through {@link dejavm.host.HostOutputs}.
 */
package dejavm.host;
