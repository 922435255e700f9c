/**
 * Screens for VNC viewers: a server of the RFB protocol, versions 3.3 to 3.8.
 *
 * <p>{@link dejavm.rfb.RfbSession} talks to one viewer over any two streams, of a socket ({@link
 * dejavm.rfb.VncServer}) or of a page ({@code dejavm.web}). Viewers are not trusted: all they can
 * make it hold is bounded, what they send wrong ends their session with one line, and who reads
 * slowly gets fewer pictures. Uses {@code dejavm.display}, and has a thread or two for each viewer.
 *
 * <p>Source: RFC 6143, The Remote Framebuffer Protocol; the community's rfbproto for what came
 * after it.
 */
package dejavm.rfb;
