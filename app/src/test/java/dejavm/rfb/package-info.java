/** Tests of the VNC server, with a viewer of their own and with real ones. */
package dejavm.rfb;
