package dejavm.cli;

import dejavm.host.Console;
import dejavm.host.Driver;
import dejavm.host.Ending;
import dejavm.host.EngineEvents;
import dejavm.host.HostClock;
import dejavm.host.HostOutputs;
import dejavm.host.Interruption;
import dejavm.host.LiveInputs;
import dejavm.host.Streams;
import dejavm.host.WallClock;
import dejavm.image.DriveImages;
import dejavm.session.Run;

/** A machine that meets the outer world, recorded or not: from its wires to what it ended with. */
final class LiveSession {
  /** Makes the run; {@code everySecond} and the end are its own affair. */
  interface Kind extends AutoCloseable {
    Run begin(LiveInputs inputs, HostOutputs outputs);

    void everySecond();

    /** What those who watch are told that it is. */
    String mode();

    /** Bytes recorded so far, -1 for a run that is not recorded. */
    default long recorded() {
      return -1;
    }

    void end(Ending ending);

    @Override
    void close();
  }

  private final Streams streams;
  private final Report report;
  private final MachineOptions machine;
  private final StreamOptions stream;
  private final StatsOptions stats;
  private final DisplayOptions display;

  LiveSession(
      Streams streams,
      Report report,
      MachineOptions machine,
      StreamOptions stream,
      StatsOptions stats,
      DisplayOptions display) {
    this.streams = streams;
    this.report = report;
    this.machine = machine;
    this.stream = stream;
    this.stats = stats;
    this.display = display;
  }

  /** Runs it to its end; the result is the exit code. */
  int run(Plan plan, Kind kind, Quantity.Moment until) {
    long frequency = machine.frequency();
    WallClock clock = new HostClock();
    LiveInputs inputs = new LiveInputs(frequency, machine.pace(), clock, machine.script());
    Displays displays = new Displays(display, report, kind.mode(), frequency);
    displays.recorded(kind::recorded);
    HostOutputs outputs = stream.open(report, inputs);
    plan.drives().connect(inputs::push, report::error);
    outputs.disks(plan.drives()::written);
    try (Interruption interruption = new Interruption();
        DriveImages _ = plan.drives();
        kind;
        displays) {
      interruption.wakes(inputs::stop);
      displays.open(outputs, inputs);
      Run run = kind.begin(inputs, outputs);
      Runnable show = () -> displays.show(run.machine());
      Driver driver =
          new Driver(run, outputs, inputs, clock, interruption, show, kind::everySecond);
      long begun = clock.nanos();
      Ending ending;
      try (EngineEvents _ = new EngineEvents(run.machine())) {
        ending = drive(driver, inputs, until == null ? null : until.ticks(frequency));
      }
      long wall = clock.nanos() - begun;
      displays.end(run.machine(), ending.text());
      kind.end(ending);
      stream.close();
      stats.show(report, Figures.of(run.machine(), frequency, wall), ending.text());
      return exitCode(ending);
    }
  }

  private Ending drive(Driver driver, LiveInputs inputs, Long until) {
    long end = until == null ? Long.MAX_VALUE : until;
    if (machine.scripted() || !stream.readsStandardInput()) {
      return driver.drive(machine.frequency(), end);
    }
    try (Console console = new Console(streams, inputs)) {
      if (streams.inputIsTerminal()) {
        report.note("Ctrl-A x ends the run, Ctrl-A h tells more");
      }
      console.read();
      return driver.drive(machine.frequency(), end);
    }
  }

  private int exitCode(Ending ending) {
    return switch (ending) {
      case Ending.DebugExit(int code) -> code;
      case Ending.Reset(String cause) when cause.equals("triple fault") ->
          report.error(ExitCode.FAILED, "the guest was reset by a triple fault");
      case Ending.Stuck _ ->
          report.error(
              ExitCode.FAILED, "the guest has halted, and nothing is left that could wake it");
      case Ending.Failed(var failure) -> report.error(ExitCode.FAILED, failure.getMessage());
      default -> ExitCode.DONE;
    };
  }
}
