package dejavm.cli;

import dejavm.host.Ending;
import dejavm.host.HostOutputs;
import dejavm.host.LiveInputs;
import dejavm.host.RecordingFile;
import dejavm.host.Streams;
import dejavm.machine.Execution;
import dejavm.record.Boundary;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import dejavm.session.Recording;
import dejavm.session.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dejavm record}. */
@Command(
    name = "record",
    description = "Runs a machine and records it, so that it can be replayed exactly.",
    footer = {
      "",
      "The recording survives whatever ends it; SIGINT and SIGTERM end it properly.",
      "On a terminal, Ctrl-A h tells the console's commands; Ctrl-A x ends the run."
    })
final class RecordCommand implements Callable<Integer> {
  private final Streams streams;
  private final Report report;
  private final Guests guests;

  @Mixin private MachineOptions machine;
  @Mixin private StreamOptions stream;
  @Mixin private StatsOptions stats;
  @Mixin private DisplayOptions display;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      required = true,
      description = "Where the recording goes; usually FILE.deja.")
  private Path file;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  @Option(
      names = "--boundary",
      paramLabel = "machine|cpu",
      defaultValue = "machine",
      description = {
        "Where the outer world begins: around the whole machine, or around CPU, RAM and video"
            + " adapter, so that the replay needs no devices. Default: ${DEFAULT-VALUE}."
      })
  private Boundary boundary;

  @Option(
      names = "--until",
      paramLabel = "TIME|Nticks",
      converter = Quantity.MomentConverter.class,
      description = "End at this guest time: 2.5 (seconds), 300ms, 1000000ticks.")
  private Quantity.Moment until;

  @Option(
      names = "--image-refs",
      description = {
        "Refer to images of drives instead of taking in what is read of them: a replay then needs"
            + " them, unchanged."
      })
  private boolean references;

  @Option(names = "--verify", description = "Verify the recording when it is done.")
  private boolean verify;

  RecordCommand(Streams streams, Report report, Guests guests) {
    this.streams = streams;
    this.report = report;
    this.guests = guests;
  }

  @Override
  public Integer call() {
    stream.check();
    display.check();
    refuseExisting(file, force);
    Plan plan = machine.plan(guests, references);
    LiveSession session = new LiveSession(streams, report, machine, stream, stats, display);
    int exitCode;
    try {
      exitCode = session.run(plan, new Recorded(plan, boundary, file, force), until);
    } catch (RecordingException e) {
      throw Refusal.failed(e.getMessage() + "; what was recorded before is usable");
    }
    return Files.isRegularFile(file)
        ? Math.max(exitCode, new Opened(file).with(this::check))
        : exitCode;
  }

  /** Refuses to write over what is there. */
  static void refuseExisting(Path file, boolean force) {
    if (Files.isDirectory(file)) {
      throw Refusal.usage(file + ": is a directory");
    }
    if (!force && Files.isRegularFile(file)) {
      throw Refusal.usage(file + ": exists already (--force replaces it)");
    }
  }

  /** Reads back what was written. */
  private int check(RecordingReader reader, long bytes) {
    if (!reader.complete()) {
      return report.error(ExitCode.FAILED, file + ": does not read back: " + Opened.gap(reader));
    }
    report.note("%s: %s, %,d bytes".formatted(file, reader.end().orElseThrow().outcome(), bytes));
    return verify
        ? new Check(report, Execution.fastest().engine(), 1, 1).run(reader, file)
        : ExitCode.DONE;
  }

  private static final class Recorded implements LiveSession.Kind {
    private final Plan plan;
    private final Boundary boundary;
    private final Path file;
    private final boolean force;
    private RecordingFile open;
    private Recording recording;

    Recorded(Plan plan, Boundary boundary, Path file, boolean force) {
      this.plan = plan;
      this.boundary = boundary;
      this.file = file;
      this.force = force;
    }

    @Override
    public Run begin(LiveInputs inputs, HostOutputs outputs) {
      open = new RecordingFile(file, force);
      recording = open.begin(plan.setup(), boundary, plan.images(), plan.note(), inputs, outputs);
      return recording;
    }

    @Override
    public void everySecond() {
      recording.flush();
    }

    @Override
    public String mode() {
      return "record";
    }

    @Override
    public long recorded() {
      return file.toFile().length();
    }

    @Override
    public void end(Ending ending) {
      recording.close(ending.text());
    }

    @Override
    public void close() {
      if (open != null) {
        open.close();
      }
    }
  }
}
