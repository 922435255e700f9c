/**
 * Timers and clocks of the mainboard: the 8254 with the loudspeaker and port 0x61, the real-time
 * clock with its battery-backed memory.
 *
 * <p>Uses {@link dejavm.bus} and {@link dejavm.device}. Counts, flags and the time of day are
 * integer rationals of {@link dejavm.bus.Clock#now()}, computed when read; periodic interrupts are
 * due at whole periods from the moment they were started, so they never drift.
 */
package dejavm.device.timer;
