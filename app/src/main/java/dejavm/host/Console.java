package dejavm.host;

import dejavm.bus.Input;
import java.io.IOException;
import java.io.PrintStream;

/**
 * Standard input as the other end of the serial console. A terminal is put into raw mode, and
 * Ctrl-A begins commands; anything else is a plain stream of bytes.
 */
public final class Console implements AutoCloseable {
  private final Streams streams;
  private final LiveInputs inputs;
  private final ByteQueue queue = new ByteQueue();
  private final EscapeKeys keys = new EscapeKeys();
  private final RawMode raw;

  /** Connects standard input to COM1. */
  public Console(Streams streams, LiveInputs inputs) {
    this.streams = streams;
    this.inputs = inputs;
    inputs.connect(0, queue, streams.inputIsTerminal());
    raw = streams.inputIsTerminal() ? RawMode.enter() : null;
  }

  /** Begins to read, on a thread of its own. */
  public void read() {
    Thread.ofPlatform().daemon().name("console").start(this::pass);
  }

  /** Gives the terminal back as it was. */
  @Override
  public void close() {
    if (raw != null) {
      raw.close();
    }
  }

  private void pass() {
    byte[] bytes = new byte[4096];
    try {
      for (int n = streams.in().read(bytes); n >= 0; n = streams.in().read(bytes)) {
        queue.put(bytes, raw == null ? n : sift(bytes, n));
        inputs.arrived();
      }
    } catch (IOException e) {
      // a standard input that cannot be read, or is closed, has ended
      queue.end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    queue.end();
    inputs.arrived();
  }

  /** Takes the commands out of what was typed; how many bytes are left. */
  private int sift(byte[] bytes, int length) {
    int kept = 0;
    for (int i = 0; i < length; i++) {
      EscapeKeys.Key key = keys.key(bytes[i] & 0xFF);
      if (key.send() >= 0) {
        bytes[kept++] = (byte) key.send();
      } else if (key.command() != null) {
        obey(key.command());
      }
    }
    return kept;
  }

  private void obey(EscapeKeys.Command command) {
    PrintStream err = streams.err();
    switch (command) {
      case QUIT -> inputs.quit();
      case HELP -> err.print("\n" + EscapeKeys.HELP);
      case RESET -> inputs.push(new Input.ResetButton());
      case POWER -> inputs.push(new Input.PowerButton());
    }
  }
}
