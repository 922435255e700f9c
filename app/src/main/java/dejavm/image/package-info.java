/**
 * Images of disks and discs in files: raw ones and ISO, qcow2, VMDK, VHD; read, and as media for a
 * machine's drives.
 *
 * <p>Uses {@link dejavm.bus}. What can fail says so by an {@code IOException}; only {@link
 * dejavm.image.ImageMedium} turns that into what a guest sees. Nothing is ever written into an
 * image but a raw one, and that only by {@link dejavm.image.DriveImages}, where the user asked for
 * it.
 */
package dejavm.image;
