package dejavm.device.disk;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import dejavm.bus.Visibility;

/** Some memory for devices that are masters of the bus; elsewhere there is none. */
public final class TestRam implements Nucleus, Stateful<TestRam.State> {
  /** Its bytes. */
  public record State(byte[] bytes) {}

  final byte[] bytes;

  public TestRam(int size) {
    bytes = new byte[size];
  }

  /** Writes a number of 32 bits. */
  public void put(int address, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[address + i] = (byte) (value >> 8 * i);
    }
  }

  int word(int address) {
    int value = 0;
    for (int i = 3; i >= 0; i--) {
      value = value << 8 | bytes[address + i] & 0xFF;
    }
    return value;
  }

  @Override
  public void readRam(long address, byte[] into, int offset, int length) {
    for (int i = 0; i < length; i++) {
      into[offset + i] = address + i < bytes.length ? bytes[(int) address + i] : -1;
    }
  }

  @Override
  public void writeRam(long address, byte[] from, int offset, int length) {
    for (int i = 0; i < length && address + i < bytes.length; i++) {
      bytes[(int) address + i] = from[offset + i];
    }
  }

  @Override
  public void signal(int cpu, Signal signal, int value) {}

  @Override
  public void map(Space space, long address, long length, Backing backing, Visibility visibility) {}

  @Override
  public State state() {
    return new State(bytes.clone());
  }

  @Override
  public void restore(State state) {
    System.arraycopy(state.bytes, 0, bytes, 0, bytes.length);
  }
}
