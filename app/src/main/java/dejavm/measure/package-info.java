/**
 * Speed, beside QEMU where it is installed: kernels of our own on the bare machine, and whole jobs
 * of a guest. What runs is always a child process, DejaVM too, so that all are timed alike, start
 * and all threads included; contenders take turns, round after round, so that all meet the same
 * weather on the machine.
 *
 * <p>Uses {@code host} for child processes and {@code guest} for what they boot. It knows nothing
 * of a running machine: DejaVM is to it a command line, as QEMU is.
 */
package dejavm.measure;
