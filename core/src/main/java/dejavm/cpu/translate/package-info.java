/**
 * The translator: the engine that turns guest code into machine code of an x86-64 host.
 *
 * <p>{@link dejavm.cpu.translate.Translator} is the engine; its {@link
 * dejavm.cpu.translate.Dispatcher} finds blocks, runs them and decides what to do when they are
 * left. {@link dejavm.cpu.translate.BlockTranslator} makes a block with the emitters, which share
 * an {@link dejavm.cpu.translate.Emission} and write through an {@link
 * dejavm.cpu.translate.Assembler}. What is not emitted, the interpreter executes.
 *
 * <p>Uses {@code memory}, {@code cpu}, {@code cpu.decode} and {@code cpu.interpret}.
 */
package dejavm.cpu.translate;
