package dejavm.cpu;

/**
 * What RDRAND and RDSEED deliver: numbers of a generator whose state is part of the processor's, so
 * that a replay draws the same. There is always one ready.
 *
 * <p>The generator is SplitMix64: a counter with a fixed odd step, and a mixing of its bits.
 * Source: SDM volume 2, RDRAND; Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators,
 * OOPSLA 2014, figure 17.
 */
public final class RandomNumbers {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private RandomNumbers() {}

  /** 64 bits, of which the destination takes its low ones; sets CF and clears the other flags. */
  public static long next(Cpu c) {
    c.randomState += STEP;
    long mixed = c.randomState;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    c.setArithmeticFlags(Flags.CF);
    return mixed ^ mixed >>> 31;
  }
}
