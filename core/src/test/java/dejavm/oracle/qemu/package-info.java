/**
 * QEMU as an oracle for system behaviour: it executes the same programs, instruction by
 * instruction, driven through its gdb stub.
 */
package dejavm.oracle.qemu;
