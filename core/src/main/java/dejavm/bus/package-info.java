/**
 * The vocabulary in which the parts of the machine speak to each other: addresses, lines, time,
 * state, and the two boundaries at which a run can be recorded.
 *
 * <p>Depends on nothing; all but the instruction set depends on it. A device knows no more of the
 * machine than what this package lets it see: {@link dejavm.bus.Mapped} is how it is addressed,
 * {@link dejavm.bus.Line} how it interrupts, {@link dejavm.bus.Scheduler} the only clock it has,
 * {@link dejavm.bus.Outputs} the only way out, {@link dejavm.bus.Stateful} how it is saved.
 *
 * <p>The machine boundary is {@link dejavm.bus.Inputs} and {@link dejavm.bus.Outputs}; the cpu
 * boundary is {@link dejavm.bus.Platform} and {@link dejavm.bus.Nucleus}.
 */
package dejavm.bus;
