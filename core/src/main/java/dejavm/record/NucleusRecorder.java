package dejavm.record;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;

/** The cpu boundary, inward, recorded: lets the board's effects happen and logs them. */
public final class NucleusRecorder implements Nucleus {
  private final Nucleus real;
  private final CallLog log;

  public NucleusRecorder(Nucleus real, CallLog log) {
    this.real = real;
    this.log = log;
  }

  @Override
  public void readRam(long address, byte[] into, int offset, int length) {
    real.readRam(address, into, offset, length);
  }

  @Override
  public void writeRam(long address, byte[] from, int offset, int length) {
    log.writeRam(address, from, offset, length);
    real.writeRam(address, from, offset, length);
  }

  @Override
  public void signal(int cpu, Signal signal, int value) {
    log.signal(cpu, signal, value);
    real.signal(cpu, signal, value);
  }

  @Override
  public void map(Space space, long address, long length, Backing backing, Visibility visibility) {
    log.map(space, address, length, backing, visibility);
    real.map(space, address, length, backing, visibility);
  }
}
