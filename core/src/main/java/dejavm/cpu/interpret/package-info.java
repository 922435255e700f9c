/**
 * The interpreter: the engine that defines what instructions do, and that runs on every host.
 *
 * <p>{@link dejavm.cpu.interpret.CodeCache} keeps predecoded code by page of RAM in one int array;
 * {@link dejavm.cpu.interpret.Lowering} chooses for each instruction a specialised operation
 * ({@link dejavm.cpu.interpret.Op}) or the generic one; {@link dejavm.cpu.interpret.BlockRunner}
 * and, for 64-bit mode, {@link dejavm.cpu.interpret.LongBlockRunner} run what it chose, with {@link
 * dejavm.cpu.interpret.RareOperations} for what is seldom met, {@link
 * dejavm.cpu.interpret.Interpreter} what is around; {@link dejavm.cpu.interpret.Operations}
 * executes any instruction from its decoded form. The semantics are in {@code dejavm.cpu}: here is
 * only access to operands.
 *
 * <p>Uses {@code bus}, {@code memory}, {@code cpu} and {@code cpu.decode}.
 */
package dejavm.cpu.interpret;
