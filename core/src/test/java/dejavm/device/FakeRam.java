package dejavm.device;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import java.util.List;

/** Memory for devices that reach it by themselves; addresses wrap, writes are logged. */
public final class FakeRam implements Nucleus {
  public final byte[] bytes;
  private final List<String> log;
  private final boolean constant;

  public FakeRam(int size, List<String> log) {
    this(size, log, false);
  }

  /**
   * @param constant whether writes are logged and change nothing, so that it has no state
   */
  public FakeRam(int size, List<String> log, boolean constant) {
    bytes = new byte[size];
    this.log = log;
    this.constant = constant;
  }

  private int at(long address) {
    return (int) Long.remainderUnsigned(address, bytes.length);
  }

  @Override
  public void readRam(long address, byte[] into, int offset, int length) {
    for (int i = 0; i < length; i++) {
      into[offset + i] = bytes[at(address + i)];
    }
  }

  @Override
  public void writeRam(long address, byte[] from, int offset, int length) {
    log.add("ram %x+%x".formatted(address, length));
    for (int i = 0; i < length && !constant; i++) {
      bytes[at(address + i)] = from[offset + i];
    }
  }

  @Override
  public void signal(int cpu, Signal signal, int value) {
    log.add("signal " + signal);
  }

  @Override
  public void map(Space space, long address, long length, Backing backing, Visibility visibility) {
    log.add("map %s %x+%x".formatted(space, address, length));
  }
}
