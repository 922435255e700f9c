/**
 * The machine in a browser: its screen, its serial console, how it is, and its buttons.
 *
 * <p>A web server with one page of our own and three WebSockets: {@code /rfb} speaks RFB ({@code
 * dejavm.rfb}) to noVNC, {@code /serial} carries bytes for xterm.js, {@code /control} says in JSON
 * how the machine is and takes its buttons. Who asks is not trusted before showing the token that
 * was printed when the server began ({@link dejavm.web.Gate}). Uses {@code dejavm.display}, and has
 * threads of its own.
 */
package dejavm.web;
