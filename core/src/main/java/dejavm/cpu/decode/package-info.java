/**
 * The x86 instruction set as data, and its readers. The opcode table is text, split by subject
 * ({@link dejavm.cpu.decode.IntegerTable} and its neighbours); {@link
 * dejavm.cpu.decode.OpcodeTable} turns it into lookup arrays once; {@link
 * dejavm.cpu.decode.Decoder} makes {@link dejavm.cpu.decode.Insn}s with them, {@link
 * dejavm.cpu.decode.Disassembler} prints those, and docs/INSTRUCTIONS.md is printed from the same
 * rows.
 *
 * <p>Depends on nothing but the JDK. Invariants: an {@code Insn} is a function of its bytes and the
 * mode alone (16, 32 or 64); nothing here knows about machine state; everything but a decoder's
 * scratch fields is immutable.
 */
package dejavm.cpu.decode;
