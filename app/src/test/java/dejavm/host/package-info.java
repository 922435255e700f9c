/** Tests of the host's side of a machine. */
package dejavm.host;
