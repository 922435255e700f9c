package dejavm.rfb;

import dejavm.bus.Clock;
import dejavm.bus.Input;
import dejavm.device.video.Vga;
import dejavm.display.Monitor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** An adapter that somebody draws on, with a thread that stands for a machine's. */
final class Scene {
  private static final class Still implements Clock {
    @Override
    public long now() {
      return 0;
    }

    @Override
    public long frequency() {
      return 1_000_000;
    }
  }

  final Vga vga = new Vga(new Still());
  final Monitor monitor = new Monitor();
  final List<Input> pushed = new CopyOnWriteArrayList<>();
  final List<String> log = new CopyOnWriteArrayList<>();
  private final Thread machine = Thread.ofPlatform().daemon().start(this::run);
  private volatile Runnable next;
  private volatile boolean closed;

  RfbSession.Desktop desktop(VncPassword password) {
    return new RfbSession.Desktop(monitor, pushed::add, "a scene", password);
  }

  VncServer server(VncPassword password) {
    return new VncServer("127.0.0.1", 0, desktop(password), log::add);
  }

  /** Shows the screen, which the constructor leaves off, with a text in a line. */
  void print(int row, String text) {
    onMachine(() -> {
      vga.ports().write(0x10, 1, 0x20);
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < bytes.length; i++) {
        vga.memory().write((int) Vga.WINDOW + 0x18000 + 2 * (80 * row + i), 2, 0x1E00 | bytes[i]);
      }
    });
  }

  /** Switches to a frame buffer of 32 bits. */
  void frameBuffer(int width, int height) {
    onMachine(() -> {
      int[] registers = {4, 0, 1, width, 2, height, 3, 32, 4, 0x41};
      for (int i = 0; i < registers.length; i += 2) {
        vga.ports().write((int) Vga.DISPI_PORTS, 2, registers[i]);
        vga.ports().write((int) Vga.DISPI_PORTS + 1, 2, registers[i + 1]);
      }
      vga.memory().write((int) Vga.FRAME_BUFFER, 4, 0x123456);
    });
  }

  /** Does something between two looks at the screen. */
  private void onMachine(Runnable action) {
    next = action;
    while (next != null) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void run() {
    while (!closed) {
      Runnable action = next;
      if (action != null) {
        action.run();
        next = null;
      }
      monitor.look(vga);
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** Ends the thread. */
  void end() throws InterruptedException {
    closed = true;
    machine.join();
  }
}
