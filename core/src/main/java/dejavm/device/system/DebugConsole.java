package dejavm.device.system;

import dejavm.bus.Outputs;
import dejavm.device.ByteWide;

/**
 * The debug console of emulators, port 0xE9: a byte written goes out. Reading gives 0xE9, by which
 * software knows that it is there.
 *
 * <p>Source: Bochs user manual, port_e9_hack; QEMU documentation, isa-debugcon.
 */
public final class DebugConsole implements ByteWide {
  private static final int PRESENT = 0xE9;

  private final Outputs outputs;

  public DebugConsole(Outputs outputs) {
    this.outputs = outputs;
  }

  @Override
  public int readByte(int offset) {
    return offset == 0 ? PRESENT : FLOATING;
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset == 0) {
      outputs.debugConsole(value);
    }
  }
}
