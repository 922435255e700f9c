package dejavm.cli;

import dejavm.host.EngineEvents;
import dejavm.host.HostClock;
import dejavm.host.HostOutputs;
import dejavm.host.Pace;
import dejavm.host.Pacer;
import dejavm.host.SerialPeer;
import dejavm.host.Streams;
import dejavm.host.WallClock;
import dejavm.machine.Machine;
import dejavm.record.Boundary;
import dejavm.record.End;
import dejavm.record.RecordingReader;
import dejavm.session.Replay;
import dejavm.session.Setup;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dejavm replay}. */
@Command(
    name = "replay",
    description = {
      "Replays a recording: the guest does again, to the instruction, what it did.",
      "One made at the cpu boundary has no devices: what it shows is the screen, at the end."
    })
final class ReplayCommand implements Callable<Integer> {
  private final Streams streams;
  private final Report report;

  @Mixin private References references;

  @Parameters(paramLabel = "FILE", description = "A recording.")
  private Path file;

  @Mixin private StreamOptions stream;
  @Mixin private StatsOptions stats;
  @Mixin private DisplayOptions display;
  @Mixin private ViewerWait viewerWait;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--until",
      paramLabel = "TIME|Nticks",
      converter = Quantity.MomentConverter.class,
      description = "End at this guest time: 2.5 (seconds), 300ms, 1000000ticks.")
  private Quantity.Moment until;

  @Option(
      names = "--pace",
      paramLabel = "real|max",
      description = {
        "real: guest time never runs ahead of the wall; max: as fast as it goes.",
        "Default: real with a display, which the replay waits for; else max."
      })
  private Pace pace;

  @Option(
      names = "--screenshot",
      paramLabel = "N=FILE.png",
      converter = Screenshot.Converter.class,
      description = {
        "Write the screen as a picture as it is after N instructions, or at the end: end=FILE.png.",
        "Can be given several times."
      })
  private List<Screenshot> screenshots = List.of();

  ReplayCommand(Streams streams, Report report) {
    this.streams = streams;
    this.report = report;
  }

  @Override
  public Integer call() {
    stream.check();
    display.check();
    viewerWait.check();
    return new Opened(file, references).with((reader, _) -> replay(reader));
  }

  private int replay(RecordingReader reader) {
    new Opened(file).warn(report, reader);
    Setup setup = Setup.of(reader).run(engine.execution());
    long frequency = setup.config().frequency();
    HostOutputs outputs = stream.open(report, SerialPeer.NONE);
    Replay replay = new Replay(reader, setup, outputs);
    long end = Math.min(replay.end(), until == null ? Long.MAX_VALUE : until.ticks(frequency));
    WallClock clock = new HostClock();
    Figures figures;
    try (Displays displays = new Displays(display, report, "replay", frequency)) {
      displays.open(outputs);
      viewerWait.await(displays, streams, clock, report);
      long begun = clock.nanos();
      try (EngineEvents _ = new EngineEvents(replay.machine())) {
        run(replay, outputs, end, new Beat(frequency, pace(displays), displays, clock));
      }
      figures = Figures.of(replay.machine(), frequency, clock.nanos() - begun);
      displays.end(replay.machine(), "replayed");
      displays.linger(replay.machine(), clock);
    }
    stream.close();
    if (reader.header().boundary() == Boundary.CPU) {
      showScreen(replay.machine());
    }
    stats.show(report, figures, "replayed");
    return end < replay.end() ? ExitCode.DONE : compare(reader, replay.machine());
  }

  /** As it was, where somebody watches; otherwise as fast as it goes. */
  private Pace pace(Displays displays) {
    if (pace != null) {
      return pace;
    }
    return displays.any() ? Pace.REAL : Pace.MAX;
  }

  /** What is done between two slices of a replay. */
  private static final class Beat {
    private final long slice;
    private final Pacer pacer;
    private final Displays displays;

    Beat(long frequency, Pace pace, Displays displays, WallClock clock) {
      boolean real = pace == Pace.REAL;
      slice = frequency / (real || displays.any() ? 100 : 20);
      pacer = real ? new Pacer(frequency, clock) : null;
      this.displays = displays;
    }

    void after(Machine machine) {
      displays.show(machine);
      if (pacer != null) {
        pacer.hold(machine.now());
      }
    }
  }

  private void run(Replay replay, HostOutputs outputs, long end, Beat beat) {
    Machine machine = replay.machine();
    Deque<Screenshot> wanted = new ArrayDeque<>(screenshots.stream().sorted().toList());
    Machine.Stop stop = Machine.Stop.UNTIL;
    while (stop == Machine.Stop.UNTIL && machine.now() < end) {
      // An instruction takes a tick or more: so this never goes beyond the one that is wanted.
      long left = wanted.isEmpty() ? Long.MAX_VALUE : wanted.peek().at() - machine.retired();
      if (left <= 0) {
        wanted.remove().take(machine);
        continue;
      }
      stop = replay.run(Math.min(end, machine.now() + Math.min(left, beat.slice)));
      outputs.flush();
      beat.after(machine);
      if (outputs.failure() != null) {
        throw outputs.failure();
      }
    }
    for (Screenshot last : wanted) {
      if (!last.atEnd() && last.at() > machine.retired()) {
        throw Refusal.usage(
            "--screenshot %d=%s: the replay ends after %d instructions"
                .formatted(last.at(), last.file(), machine.retired()));
      }
      last.take(machine);
    }
  }

  /** Without a board there are no outputs but the screen. */
  private void showScreen(Machine machine) {
    if (!machine.processor().video().textMode()) {
      return;
    }
    List<String> lines = List.of(machine.processor().video().text());
    int last = lines.size();
    while (last > 0 && lines.get(last - 1).isBlank()) {
      last--;
    }
    lines.subList(0, last).forEach(line -> report.line(line.stripTrailing()));
  }

  /** What is known without digests: whether it came to the end with as many instructions. */
  private int compare(RecordingReader reader, Machine machine) {
    if (!reader.complete()) {
      return report.error(
          ExitCode.FAILED,
          "%s: replayed up to its last frame at tick %d; it is not complete: %s"
              .formatted(file, machine.now(), Opened.gap(reader)));
    }
    End recorded = reader.end().orElseThrow();
    if (machine.now() != recorded.now() || machine.retired() != recorded.retired()) {
      return report.error(
          ExitCode.FAILED,
          "%s: the replay differs: it ended at tick %d after %d instructions, not at %d after %d"
              .formatted(
                  file, machine.now(), machine.retired(), recorded.now(), recorded.retired()));
    }
    return ExitCode.DONE;
  }
}
