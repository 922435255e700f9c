package dejavm.device.irq;

import dejavm.bus.Stateful;

/**
 * A register of a local APIC with a bit for each of 256 vectors, seen as eight words.
 *
 * <p>Source: SDM volume 3, section 10.8.4.
 */
final class VectorSet implements Stateful<VectorSet.State> {
  /** The words, that of vectors 0 to 31 first. */
  public record State(int[] words) {}

  private final int[] words = new int[8];

  boolean holds(int vector) {
    return (words[vector >> 5] >> (vector & 31) & 1) != 0;
  }

  void add(int vector) {
    words[vector >> 5] |= 1 << (vector & 31);
  }

  void remove(int vector) {
    words[vector >> 5] &= ~(1 << (vector & 31));
  }

  void set(int vector, boolean member) {
    if (member) {
      add(vector);
    } else {
      remove(vector);
    }
  }

  /** The highest vector in it, or -1. */
  int highest() {
    for (int i = words.length - 1; i >= 0; i--) {
      if (words[i] != 0) {
        return 32 * i + 31 - Integer.numberOfLeadingZeros(words[i]);
      }
    }
    return -1;
  }

  int word(int number) {
    return words[number];
  }

  void clear() {
    for (int i = 0; i < words.length; i++) {
      words[i] = 0;
    }
  }

  @Override
  public State state() {
    return new State(words.clone());
  }

  @Override
  public void restore(State state) {
    for (int i = 0; i < words.length; i++) {
      words[i] = state.words[i];
    }
  }
}
