/**
 * The processor: its architectural state and the semantics of its instructions, as static methods
 * by subject ({@code Alu}, {@code Shifts}, {@code Stack}, {@code Strings}, {@code Segments}, {@code
 * Transfers}, {@code Interrupts}, {@code Tasks}, {@code Msrs}, {@code X87} …).
 *
 * <p>Uses {@code bus} and {@code memory}. How instructions are decoded and in which order they run
 * is the business of the packages below: {@code cpu.decode} and the engines.
 *
 * <p>Rules for every operation: read everything, then write memory, then commit registers and
 * flags; so a {@link dejavm.cpu.Fault} or page fault needs no undo. While an instruction executes,
 * {@code rip} is its own address and {@code nextRip} that of the one after it; a jump changes
 * {@code nextRip}.
 */
package dejavm.cpu;
