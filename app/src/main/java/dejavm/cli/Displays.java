package dejavm.cli;

import dejavm.bus.Input;
import dejavm.cpu.Cpu;
import dejavm.display.Hands;
import dejavm.display.MachineStatus;
import dejavm.display.Monitor;
import dejavm.display.SerialFeed;
import dejavm.display.StatusBoard;
import dejavm.host.ByteQueue;
import dejavm.host.ByteSink;
import dejavm.host.HostOutputs;
import dejavm.host.LiveInputs;
import dejavm.host.WallClock;
import dejavm.machine.Machine;
import dejavm.rfb.RfbSession;
import dejavm.rfb.VncPassword;
import dejavm.rfb.VncServer;
import dejavm.web.Show;
import dejavm.web.WebServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** The displays of a run, and the machine's side of them. */
final class Displays implements AutoCloseable {
  /** What those who watch may do to the machine. */
  private record Reach(Hands hands, Consumer<byte[]> typed, Consumer<Input> button) {
    static final Reach NONE = new Reach(Hands.TIED, _ -> {}, _ -> {});
  }

  /** As often it is looked whether somebody watches. */
  static final long GLANCE_NANOS = 50_000_000;

  private final List<DisplayTarget> targets;
  private final VncPassword password;
  private final Report report;
  private final String mode;
  private final long frequency;
  private final Monitor monitor = new Monitor();
  private final SerialFeed serial = new SerialFeed();
  private final StatusBoard status = new StatusBoard();
  private final List<VncServer> vnc = new ArrayList<>();
  private final List<WebServer> web = new ArrayList<>();
  private LongSupplier recorded = () -> -1;

  /**
   * None yet of those asked for.
   *
   * @param mode what those who watch are told that it is
   * @param frequency ticks in a second of guest time
   */
  Displays(DisplayOptions options, Report report, String mode, long frequency) {
    this.targets = options.targets();
    this.password = options.password();
    this.report = report;
    this.mode = mode;
    this.frequency = frequency;
  }

  /** How much has been recorded so far. */
  void recorded(LongSupplier bytes) {
    recorded = bytes;
  }

  /** Opens them, of a machine that takes inputs. */
  void open(HostOutputs outputs, LiveInputs inputs) {
    if (!targets.isEmpty()) {
      ByteQueue line = new ByteQueue();
      inputs.connect(0, line, false);
      inputs.attend();
      Consumer<byte[]> typed =
          bytes -> {
            line.offer(bytes);
            inputs.arrived();
          };
      open(outputs, new Reach(inputs::pushInTurn, typed, inputs::push));
    }
  }

  /** Opens them, of a machine that does what it did. */
  void open(HostOutputs outputs) {
    if (!targets.isEmpty()) {
      open(outputs, Reach.NONE);
    }
  }

  private void open(HostOutputs outputs, Reach reach) {
    outputs.console(new ByteSink("display", serial));
    RfbSession.Desktop desktop =
        new RfbSession.Desktop(monitor, reach.hands, "DejaVM: " + mode, password);
    RfbSession.Desktop page = new RfbSession.Desktop(monitor, reach.hands, "DejaVM", null);
    Show show = new Show(page, serial, reach.typed, status, reach.button);
    for (DisplayTarget target : targets) {
      switch (target) {
        case DisplayTarget.None _ -> {}
        case DisplayTarget.Vnc(String host, int port) -> {
          vnc.add(new VncServer(host, port, desktop, report::error));
          report.error("VNC display at %s:%d".formatted(host, port));
        }
        case DisplayTarget.Web(String host, int port) -> {
          WebServer server = new WebServer(host, port, show, report::error);
          web.add(server);
          report.error("web display at " + server.address());
        }
      }
    }
  }

  /** Whether there are any. */
  boolean any() {
    return !targets.isEmpty();
  }

  /** Whether somebody watches. */
  boolean watched() {
    return monitor.watched();
  }

  /** Goes on showing a machine that has come to its end, while somebody watches. */
  void linger(Machine machine, WallClock clock) {
    while (monitor.watched()) {
      monitor.look(machine.processor().video());
      clock.sleep(GLANCE_NANOS);
    }
  }

  /** Shows the machine as it is, if somebody watches. To be called between instructions, often. */
  void show(Machine machine) {
    if (any()) {
      monitor.look(machine.processor().video());
      status.offer(() -> status(machine, null));
    }
  }

  /** Tells how it ended. */
  void end(Machine machine, String outcome) {
    status.put(status(machine, outcome));
  }

  private MachineStatus status(Machine machine, String outcome) {
    Cpu.Activity activity = machine.processor().cpu().activity;
    String state = activity == Cpu.Activity.HALTED ? "halted" : "running";
    return new MachineStatus(
        mode,
        outcome == null ? state : outcome,
        outcome != null,
        machine.retired(),
        Figures.rounded((double) machine.now() / frequency),
        recorded.getAsLong());
  }

  @Override
  public void close() {
    serial.close();
    status.close();
    vnc.forEach(VncServer::close);
    web.forEach(WebServer::close);
  }
}
