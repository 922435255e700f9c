/**
 * The guests that can be named on the command line, and how they come to be: fetched as Debian
 * packages with the machine's own apt, packed into an initramfs, kept in the user's cache; or
 * embedded in the program.
 *
 * <p>Uses {@code core} only for the embedded guest's bytes. Nothing here knows of a running
 * machine: the result is a {@link dejavm.guest.Guest}, two files and a command line. The same
 * packages always give the same bytes.
 */
package dejavm.guest;
