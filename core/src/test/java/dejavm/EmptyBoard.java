package dejavm;

import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Space;
import dejavm.memory.SystemBus;

/** A board without chips, and memory that nobody answers for: reads give ones. */
public class EmptyBoard implements Platform, SystemBus {
  @Override
  public long read(long now, int id, Space space, long address, int size) {
    return -1L >>> 64 - 8 * size;
  }

  @Override
  public void write(long now, int id, Space space, long address, int size, long value) {}

  @Override
  public int acknowledgeInterrupt(long now, int id) {
    throw new AssertionError("no interrupt was requested");
  }

  @Override
  public void pin(long now, int id, Pin pin, boolean level) {}

  @Override
  public long horizon() {
    return Long.MAX_VALUE;
  }

  @Override
  public void advance(long now) {}

  @Override
  public long idle(long now, long until) {
    return until;
  }

  @Override
  public long read(long physical, int size) {
    return -1L >>> 64 - 8 * size;
  }

  @Override
  public void write(long physical, int size, long value) {}
}
