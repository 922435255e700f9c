package dejavm.cli;

import dejavm.bus.Outputs;
import dejavm.cpu.CpuModel;
import dejavm.guest.Guest;
import dejavm.host.ByteSink;
import dejavm.host.Driver;
import dejavm.host.Ending;
import dejavm.host.HostClock;
import dejavm.host.HostFailure;
import dejavm.host.HostOutputs;
import dejavm.host.Interruption;
import dejavm.host.LiveInputs;
import dejavm.host.Pace;
import dejavm.host.RecordingFile;
import dejavm.host.Script;
import dejavm.host.ScriptError;
import dejavm.host.SerialPeer;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.machine.MachineConfig;
import dejavm.machine.boot.BootImage;
import dejavm.machine.boot.BootRefused;
import dejavm.record.Boundary;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import dejavm.session.Recording;
import dejavm.session.Replay;
import dejavm.session.Verification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dejavm demo}. */
@Command(
    name = "demo",
    description = {
      "Records a guest while a script types into its shell, replays it, verifies it, and shows the",
      "figures. Takes a Debian kernel, or the embedded guest where none can be fetched."
    })
final class DemoCommand implements Callable<Integer> {
  private static final long MEMORY = 256L << 20;
  private static final String DEBIAN = "debian-686";
  private static final String DEBIAN64 = "debian-amd64";
  private static final String TINY = "tiny";

  private static final String SHELL_SCRIPT =
      """
      wait ~ #
      type uname -a\\n
      wait ~ #
      type head -5 /proc/interrupts\\n
      wait ~ #
      type seq 1 2000 | sort -r | md5sum\\n
      wait ~ #
      type poweroff -f\\n
      """;

  private static final String TINY_SCRIPT =
      """
      wait type help
      type help\\n
      wait >
      type sum\\n
      wait >
      type smc\\n
      wait >
      key t
      key i
      key m
      key e
      key ret
      wait >
      type off\\n
      """;

  private final Report report;
  private final Guests guests;

  @Option(
      names = "--guest",
      paramLabel = "NAME",
      description = {
        "debian-amd64, debian-686 or tiny.",
        "Default: debian-686, tiny where it cannot be fetched."
      })
  private String name;

  @Option(
      names = "--cpu",
      paramLabel = "MODEL",
      defaultValue = MachineOptions.DEFAULT_CPU,
      converter = Quantity.Processor.class,
      completionCandidates = Quantity.Processors.class,
      description = "The processor: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private CpuModel cpu;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      description = "Where the recording goes. Default: a temporary file, which is kept.")
  private Path file;

  @Option(names = "--force", description = "Replace the file if it exists.")
  private boolean force;

  @Option(names = "--json", description = "Only the figures, as JSON.")
  private boolean json;

  DemoCommand(Report report, Guests guests) {
    this.report = report;
    this.guests = guests;
  }

  @Override
  public Integer call() {
    Guest guest = guest();
    Path recording = file == null ? temporary() : file;
    RecordCommand.refuseExisting(recording, force || file == null);
    say("Recording " + guest.name() + ", typing into it by a script:");
    Transcript recorded = new Transcript(json ? null : report);
    Figures live = record(guest, recording, recorded);
    return new Opened(recording)
        .with((reader, bytes) -> again(guest, reader, bytes, recording, recorded, live));
  }

  /** Replays, verifies, and shows the figures. */
  private int again(
      Guest guest,
      RecordingReader reader,
      long bytes,
      Path recording,
      Transcript recorded,
      Figures live) {
    say("");
    say("Replaying it ...");
    Transcript replayed = new Transcript(null);
    Figures second = replay(reader, replayed);
    say("Verifying every digest, in slices of random length, with snapshots restored ...");
    Check check = new Check(report, Execution.fastest().engine(), 1, 2);
    Verification.Result result = check.verify(reader);
    boolean same = Arrays.equals(recorded.bytes(), replayed.bytes());
    Map<String, Object> contents = new Contents(reader, bytes).json();
    if (json) {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("recording", recording.toString());
      figures.put("record", live.json());
      figures.put("replay", second.json());
      figures.put("verify", check.json(result, frequency()));
      figures.put("same_output", same);
      figures.put("contents", contents);
      report.json(figures);
    } else {
      table(live, second, contents);
      say("output        %s".formatted(same ? "the same, byte for byte" : "DIFFERS"));
      say("verified      %s, %.1f s".formatted(Check.sentence(result), check.wallSeconds()));
      next(guest, recording);
    }
    return result.identical() && same
        ? ExitCode.DONE
        : report.error(ExitCode.FAILED, "the replay is not what was recorded");
  }

  private Guest guest() {
    if (name != null) {
      if (!List.of(DEBIAN64, DEBIAN, TINY).contains(name)) {
        throw Refusal.usage(
            "--guest: the demo knows %s, %s and %s".formatted(DEBIAN64, DEBIAN, TINY));
      }
      return guests.guest(name);
    }
    try {
      return guests.guest(DEBIAN);
    } catch (Refusal e) {
      report.error(e.getMessage() + ": taking the embedded guest " + TINY + " instead");
      return guests.guest(TINY);
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempFile("dejavm-demo", ".deja");
    } catch (IOException e) {
      throw HostFailure.writing("the directory of temporary files", e);
    }
  }

  private static long frequency() {
    return new Quantity.Rate().convert(MachineOptions.DEFAULT_RATE);
  }

  private Figures record(Guest guest, Path recording, Transcript transcript) {
    Plan plan = plan(guest);
    HostClock clock = new HostClock();
    LiveInputs inputs = new LiveInputs(frequency(), Pace.MAX, clock, script(guest));
    HostOutputs outputs = transcript.outputs(inputs);
    try (Interruption interruption = new Interruption();
        RecordingFile open = new RecordingFile(recording, true)) {
      interruption.wakes(inputs::stop);
      Recording run =
          open.begin(plan.setup(), Boundary.MACHINE, plan.images(), plan.note(), inputs, outputs);
      Driver driver = new Driver(run, outputs, inputs, clock, interruption, () -> {}, run::flush);
      long begun = clock.nanos();
      Ending ending = driver.drive(frequency(), Long.MAX_VALUE);
      long wall = clock.nanos() - begun;
      run.close(ending.text());
      if (!(ending instanceof Ending.PoweredOff)) {
        throw Refusal.failed("the guest did not power off; the run ended with: " + ending.text());
      }
      return Figures.of(run.machine(), frequency(), wall);
    } catch (RecordingException e) {
      throw Refusal.failed(e.getMessage());
    }
  }

  private Plan plan(Guest guest) {
    PlanBuilder plan = new PlanBuilder(MEMORY, cpu, MachineConfig.RANDOM_SEED);
    plan.note("demo of " + guest.name());
    try {
      BootImage image = plan.kernel(guest.kernel(), guest.initrd(), guest.commandLine());
      long start = Instant.now().getEpochSecond();
      MachineConfig.Boot order = MachineConfig.Boot.DEFAULT;
      MachineConfig.Video video = MachineConfig.Video.PCI;
      return plan.plan(image, frequency(), start, false, false, order, video);
    } catch (BootRefused e) {
      throw Refusal.usage(plan.lastFile() + ": " + e.getMessage());
    }
  }

  private static Script script(Guest guest) {
    try {
      return Script.parse(guest.name().equals(TINY) ? TINY_SCRIPT : SHELL_SCRIPT);
    } catch (ScriptError e) {
      throw new IllegalStateException(e);
    }
  }

  private static Figures replay(RecordingReader reader, Transcript transcript) {
    Outputs outputs = transcript.outputs(SerialPeer.NONE);
    Replay replay = new Replay(reader, outputs);
    long begun = System.nanoTime();
    Machine machine = replay.machine();
    Machine.Stop stop = Machine.Stop.UNTIL;
    while (stop == Machine.Stop.UNTIL && machine.now() < replay.end()) {
      stop = replay.run(replay.end());
    }
    return Figures.of(machine, frequency(), System.nanoTime() - begun);
  }

  private void table(Figures live, Figures second, Map<String, Object> contents) {
    say("");
    say("%-13s %18s %18s".formatted("", "recorded", "replayed"));
    say("%-13s %,18d %,18d".formatted("instructions", live.instructions(), second.instructions()));
    say(
        "%-13s %16.2f s %16.2f s"
            .formatted("guest time", live.guestSeconds(), second.guestSeconds()));
    say("%-13s %16.2f s %16.2f s".formatted("wall time", live.wallSeconds(), second.wallSeconds()));
    say("%-13s %18.1f %18.1f".formatted("MIPS", live.mips(), second.mips()));
    if (contents.get("events") instanceof Map<?, ?> events) {
      say(
          "%-13s %,d bytes; %,d inputs in %,d bytes"
              .formatted(
                  "file",
                  (Long) contents.get("bytes"),
                  (Long) events.get("count"),
                  (Long) events.get("bytes")));
    }
  }

  private void next(Guest guest, Path recording) {
    say("");
    say("The recording is " + recording + ". Try next:");
    for (String command : List.of("replay", "info", "log", "verify")) {
      say("  dejavm " + command + " " + recording);
    }
    say("  dejavm run --guest " + guest.name());
  }

  private void say(String line) {
    if (!json) {
      report.line(line);
      report.sink().flush();
    }
  }

  /** What the guest prints: kept, and shown if somebody looks. */
  private static final class Transcript {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final ByteSink sink;

    Transcript(Report shown) {
      sink = new ByteSink("standard output", shown == null ? kept : new Both(kept, shown));
    }

    HostOutputs outputs(SerialPeer peer) {
      return new HostOutputs(Arrays.asList(sink, null), null, peer);
    }

    byte[] bytes() {
      sink.flush();
      return kept.toByteArray();
    }
  }

  /**
   * Keeps bytes and shows them without the sequences that command terminals: one of them asks for
   * an answer, which would be taken for something typed.
   */
  private static final class Both extends OutputStream {
    private static final int ESCAPE = 0x1B;

    private final ByteArrayOutputStream kept;
    private final Report shown;
    private boolean inSequence;
    private int before;

    Both(ByteArrayOutputStream kept, Report shown) {
      this.kept = kept;
      this.shown = shown;
    }

    @Override
    public void write(int value) {
      int c = value & 0xFF;
      kept.write(c);
      if (inSequence) {
        // ESC [ parameters, up to a letter; or ESC and one character
        inSequence = before == ESCAPE ? c == '[' : c < '@';
      } else if (c == ESCAPE) {
        inSequence = true;
      } else {
        shown.sink().write(c);
      }
      before = c;
    }

    @Override
    public void flush() {
      shown.sink().flush();
    }
  }
}
