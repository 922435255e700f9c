/**
 * How a machine comes to have something to execute: what lies in RAM and ROM when the power comes
 * on.
 *
 * <p>A {@link dejavm.machine.boot.BootImage} is plain data, built once from the files that the user
 * named and applied at power-on and at every reset; the builders ({@link
 * dejavm.machine.boot.LinuxBoot}, {@link dejavm.machine.boot.Multiboot}, {@link
 * dejavm.machine.boot.FlatBinary}, {@link dejavm.machine.boot.RomImage}) each know one protocol and
 * refuse, in one line, what does not follow it ({@link dejavm.machine.boot.BootRefused}). The same
 * files always give the same bytes.
 *
 * <p>Depends on nothing of the machine, which takes the image for its initial memory.
 */
package dejavm.machine.boot;
