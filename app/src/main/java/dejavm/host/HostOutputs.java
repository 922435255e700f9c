package dejavm.host;

import dejavm.bus.Outputs;
import java.util.List;

/** Where the machine's outputs go: its serial ports and debug console; and how it ended. */
public final class HostOutputs implements Outputs {
  /** Takes sectors that a guest wrote. */
  @FunctionalInterface
  public interface DiskSink {
    void written(String medium, long sector, byte[] bytes);
  }

  private final List<ByteSink> serial;
  private final ByteSink debugConsole;
  private final SerialPeer peer;
  private ByteSink console;
  private DiskSink disks = (_, _, _) -> {};
  private Ending ending;

  /**
   * @param serial a sink for each port, null for none
   * @param debugConsole null for none
   */
  public HostOutputs(List<ByteSink> serial, ByteSink debugConsole, SerialPeer peer) {
    this.serial = serial;
    this.debugConsole = debugConsole;
    this.peer = peer;
  }

  @Override
  public void serial(int port, int value) {
    ByteSink sink = serial.get(port);
    if (sink != null) {
      sink.write(value);
    }
    if (port == 0 && console != null) {
      console.write(value);
    }
    peer.sent(port, value);
  }

  @Override
  public void serialReady(int port, int credits) {
    peer.ready(port, credits);
  }

  /** Who else takes what comes out of the serial console. */
  public void console(ByteSink sink) {
    console = sink;
  }

  /** Who takes what a guest writes to its disks. */
  public void disks(DiskSink sink) {
    disks = sink;
  }

  @Override
  public void diskWritten(String medium, long sector, byte[] bytes) {
    disks.written(medium, sector, bytes);
  }

  @Override
  public void debugConsole(int value) {
    if (debugConsole != null) {
      debugConsole.write(value);
    }
  }

  @Override
  public void debugExit(int code) {
    ending = new Ending.DebugExit(code);
  }

  @Override
  public void poweredOff() {
    ending = new Ending.PoweredOff();
  }

  @Override
  public void reset(String cause) {
    ending = new Ending.Reset(cause);
  }

  /** Why power went off, once it has. */
  public Ending ending() {
    return ending;
  }

  /** Hands on what was written. */
  public void flush() {
    serial.forEach(HostOutputs::flush);
    flush(debugConsole);
    flush(console);
  }

  private static void flush(ByteSink sink) {
    if (sink != null) {
      sink.flush();
    }
  }

  /** Why an output can no longer be written, or null. */
  public HostFailure failure() {
    for (ByteSink sink : serial) {
      if (sink != null && sink.failure() != null) {
        return sink.failure();
      }
    }
    return debugConsole == null ? null : debugConsole.failure();
  }
}
