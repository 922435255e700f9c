package dejavm.guest;

import java.nio.file.Path;

/**
 * A guest ready to boot.
 *
 * @param name what it is called on the command line
 * @param kernel a bzImage or a multiboot image
 * @param initrd the initial RAM disk, or null for none
 * @param commandLine what the kernel is given where the user gives nothing else
 */
public record Guest(String name, Path kernel, Path initrd, String commandLine) {}
