package dejavm.cli;

import dejavm.host.Ending;
import dejavm.host.HostOutputs;
import dejavm.host.LiveInputs;
import dejavm.host.Streams;
import dejavm.session.Live;
import dejavm.session.Run;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dejavm run}. */
@Command(
    name = "run",
    description = "Runs a machine, without recording it.",
    footer = {"", "On a terminal, Ctrl-A h tells the console's commands; Ctrl-A x ends the run."})
final class RunCommand implements Callable<Integer> {
  private final Streams streams;
  private final Report report;
  private final Guests guests;

  @Mixin private MachineOptions machine;
  @Mixin private StreamOptions stream;
  @Mixin private StatsOptions stats;
  @Mixin private DisplayOptions display;

  @Option(
      names = "--until",
      paramLabel = "TIME|Nticks",
      converter = Quantity.MomentConverter.class,
      description = "End at this guest time: 2.5 (seconds), 300ms, 1000000ticks.")
  private Quantity.Moment until;

  RunCommand(Streams streams, Report report, Guests guests) {
    this.streams = streams;
    this.report = report;
    this.guests = guests;
  }

  @Override
  public Integer call() {
    stream.check();
    display.check();
    Plan plan = machine.plan(guests, false);
    LiveSession session = new LiveSession(streams, report, machine, stream, stats, display);
    return session.run(plan, new Unrecorded(plan), until);
  }

  private record Unrecorded(Plan plan) implements LiveSession.Kind {
    @Override
    public Run begin(LiveInputs inputs, HostOutputs outputs) {
      return new Live(plan.setup(), inputs, outputs);
    }

    @Override
    public void everySecond() {}

    @Override
    public String mode() {
      return "run";
    }

    @Override
    public void end(Ending ending) {}

    @Override
    public void close() {}
  }
}
