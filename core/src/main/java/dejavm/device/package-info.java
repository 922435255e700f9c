/**
 * What several chips share: the byte-wide bus interface and the byte FIFO. The chips themselves are
 * in the packages below this one, by subject.
 *
 * <p>Uses {@link dejavm.bus} only. No chip knows of another one that is not soldered to it; lines,
 * clocks and outputs come through constructors. Nothing here ticks: counters and flags are computed
 * from virtual time when they are looked at, and a timer is armed only where something must happen
 * by itself.
 */
package dejavm.device;
