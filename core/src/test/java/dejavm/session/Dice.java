package dejavm.session;

/**
 * A seeded generator whose state can be saved and stirred: SplitMix64 (Steele, Lea, Flood 2014).
 */
final class Dice {
  private long state;

  Dice(long seed) {
    // Mixed, lest neighbouring seeds give the same sequence, shifted.
    state = mix(seed * 0xD1342543DE82EF95L + 1);
  }

  long state() {
    return state;
  }

  void restore(long newState) {
    state = newState;
  }

  /** Lets what follows depend on a value. */
  void fold(long value) {
    state = state * 0xD1342543DE82EF95L ^ value;
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    return mix(state);
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /** 0 to {@code bound - 1}. */
  int below(int bound) {
    return (int) Long.remainderUnsigned(next(), bound);
  }

  /** True once in so many times. */
  boolean oneIn(int times) {
    return below(times) == 0;
  }

  int pick(int... choices) {
    return choices[below(choices.length)];
  }
}
