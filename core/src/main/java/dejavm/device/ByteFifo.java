package dejavm.device;

import dejavm.bus.Derived;
import dejavm.bus.Stateful;
import java.util.Arrays;

/** A first-in, first-out buffer of bytes with a fixed capacity, as chips have them. */
public final class ByteFifo implements Stateful<ByteFifo.State> {
  /** The bytes in the buffer, oldest first. */
  public record State(byte[] bytes) {}

  private final int capacity;
  private byte[] bytes;

  @Derived("where the ring starts; the state lists the bytes in order")
  private int head;

  @Derived("the length of the state's list")
  private int size;

  public ByteFifo(int capacity) {
    this.capacity = capacity;
    bytes = new byte[capacity];
  }

  /** Adds a byte; false, and nothing happens, where the buffer is full. */
  public boolean add(int value) {
    if (size == capacity) {
      return false;
    }
    bytes[(head + size++) % capacity] = (byte) value;
    return true;
  }

  /** Takes the oldest byte, 0 to 255; 0 where there is none. */
  public int take() {
    if (size == 0) {
      return 0;
    }
    int value = bytes[head] & 0xFF;
    head = (head + 1) % capacity;
    size--;
    return value;
  }

  public int size() {
    return size;
  }

  public int free() {
    return capacity - size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public void clear() {
    size = 0;
  }

  @Override
  public State state() {
    byte[] copy = new byte[size];
    for (int i = 0; i < size; i++) {
      copy[i] = bytes[(head + i) % capacity];
    }
    return new State(copy);
  }

  @Override
  public void restore(State state) {
    bytes = Arrays.copyOf(state.bytes, capacity);
    head = 0;
    size = Math.min(state.bytes.length, capacity);
  }
}
