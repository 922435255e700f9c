package dejavm.cli;

import dejavm.host.HostOutputs;
import dejavm.host.SerialPeer;
import dejavm.machine.Machine;
import dejavm.record.End;
import dejavm.record.RecordingReader;
import dejavm.session.Replay;
import dejavm.session.Setup;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dejavm replay}. */
@Command(
    name = "replay",
    description = "Replays a recording: the guest does again, to the instruction, what it did.")
final class ReplayCommand implements Callable<Integer> {
  private final Report report;

  @Parameters(paramLabel = "FILE", description = "A recording.")
  private Path file;

  @Mixin private StreamOptions stream;
  @Mixin private StatsOptions stats;

  @Option(
      names = "--until",
      paramLabel = "TIME|Nticks",
      converter = Quantity.MomentConverter.class,
      description = "End at this guest time: 2.5 (seconds), 300ms, 1000000ticks.")
  private Quantity.Moment until;

  ReplayCommand(Report report) {
    this.report = report;
  }

  @Override
  public Integer call() {
    stream.check();
    return new Opened(file).with((reader, _) -> replay(reader));
  }

  private int replay(RecordingReader reader) {
    new Opened(file).warn(report, reader);
    long frequency = Setup.of(reader).config().frequency();
    HostOutputs outputs = stream.open(report, SerialPeer.NONE);
    Replay replay = new Replay(reader, outputs);
    long end = Math.min(replay.end(), until == null ? Long.MAX_VALUE : until.ticks(frequency));
    long begun = System.nanoTime();
    run(replay, outputs, end, frequency);
    Figures figures = Figures.of(replay.machine(), frequency, System.nanoTime() - begun);
    stream.close();
    stats.show(report, figures, "replayed");
    return end < replay.end() ? ExitCode.DONE : compare(reader, replay.machine());
  }

  private static void run(Replay replay, HostOutputs outputs, long end, long frequency) {
    Machine machine = replay.machine();
    Machine.Stop stop = Machine.Stop.UNTIL;
    while (stop == Machine.Stop.UNTIL && machine.now() < end) {
      stop = replay.run(Math.min(end, machine.now() + frequency / 20));
      outputs.flush();
      if (outputs.failure() != null) {
        throw outputs.failure();
      }
    }
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
