package dejavm.session;

/**
 * A seeded sequence of choices: the same seed chooses alike on every host. The generator is
 * SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
 */
final class Choices {
  private long state;

  Choices(long seed) {
    state = seed;
  }

  private long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /** 0 to {@code bound - 1}. */
  int below(int bound) {
    return (int) Long.remainderUnsigned(next(), bound);
  }

  /** 0 to {@code limit}. */
  long upTo(long limit) {
    return Long.remainderUnsigned(next(), limit + 1);
  }
}
