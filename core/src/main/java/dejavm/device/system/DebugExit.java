package dejavm.device.system;

import dejavm.bus.Mapped;
import dejavm.bus.Outputs;

/**
 * The debug exit device of QEMU, 4 ports at 0xF4: a value written ends the run with the code {@code
 * value * 2 + 1}, so a guest cannot end with 0.
 *
 * <p>Source: QEMU documentation, isa-debug-exit.
 */
public final class DebugExit implements Mapped {
  private final Outputs outputs;
  private final Runnable powerOff;

  public DebugExit(Outputs outputs, Runnable powerOff) {
    this.outputs = outputs;
    this.powerOff = powerOff;
  }

  @Override
  public long read(int offset, int size) {
    return 0;
  }

  @Override
  public void write(int offset, int size, long value) {
    outputs.debugExit((int) (value << 1 | 1));
    powerOff.run();
  }
}
