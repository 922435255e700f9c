import dejavm.bus.Inputs;
import dejavm.bus.Outputs;
import dejavm.host.FileSink;
import dejavm.host.FileSource;
import dejavm.machine.Machine;
import dejavm.record.Boundary;
import dejavm.record.RecordingReader;
import dejavm.session.Live;
import dejavm.session.Recording;
import dejavm.session.Replay;
import dejavm.session.Run;
import dejavm.session.Setup;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What {@code bench/slowdown} runs: in one process a machine that is not recorded and one that is,
 * in turns of a fraction of a second, so that both meet the same weather; then one that is recorded
 * and one that replays. Counts CPU time of the machine's thread and, for the recorder, of the one
 * that compresses and writes.
 */
final class Slowdown {
  private static final long SLICE = 20_000_000;

  /** Turns in a block; the interval is over blocks, for neighbouring turns are alike. */
  private static final int BLOCK = 5;

  /** A recording is flushed about every second. */
  private static final int FLUSH = 50;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** One of the two that take turns. */
  private static final class Contender {
    private final Run run;
    private final List<Double> turns = new ArrayList<>();
    private boolean off;
    private double besides;

    Contender(Supplier<Run> maker) {
      long begun = THREADS.getCurrentThreadCpuTime();
      run = maker.get();
      besides = since(begun);
    }

    void turn(Runnable after) {
      long begun = THREADS.getCurrentThreadCpuTime();
      off = run.run(run.machine().now() + SLICE) == Machine.Stop.OFF;
      after.run();
      turns.add(since(begun));
    }

    /** What is to be done once at the end. */
    void end(Runnable work) {
      long begun = THREADS.getCurrentThreadCpuTime();
      work.run();
      besides += since(begun);
    }

    private static double since(long begun) {
      return (THREADS.getCurrentThreadCpuTime() - begun) / 1e9;
    }

    /** With making it and ending it. */
    double seconds() {
      return besides + turns.stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  private final Setup setup;
  private final Boundary boundary;
  private final Path file;

  /** Of recording from not recording: a number for each block of turns in all rounds. */
  private final List<Double> differences = new ArrayList<>();

  private double secondsPlain;
  private double secondsRecorded;

  private Slowdown(Setup setup, Boundary boundary, Path file) {
    this.setup = setup;
    this.boundary = boundary;
    this.file = file;
  }

  public static void main(String[] arguments) throws Exception {
    Boundary boundary = Boundary.valueOf(arguments[1].toUpperCase(Locale.ROOT));
    Path file = Files.createTempFile("slowdown", ".deja");
    try (FileSource source = new FileSource(Path.of(arguments[0]))) {
      Setup setup = Setup.of(RecordingReader.open(source));
      Slowdown bench = new Slowdown(setup, boundary, file);
      int rounds = Integer.parseInt(arguments[2]);
      for (int round = 0; round < rounds; round++) {
        bench.recordingAgainstRunning();
        if (round == 0) {
          // whatever ran first had the JVM's warming up
          bench.secondsPlain = 0;
          bench.secondsRecorded = 0;
        }
      }
      if (rounds > 1) {
        System.out.printf(
            Locale.ROOT,
            "rounds but the first: not recorded %.2f s, recorded with its writer %.2f s: %+.2f %%%n",
            bench.secondsPlain,
            bench.secondsRecorded,
            100 * (bench.secondsRecorded / bench.secondsPlain - 1));
      }
      bench.replayAgainstRecording();
    } finally {
      Files.delete(file);
    }
  }

  private void recordingAgainstRunning() throws Exception {
    Contender plain = new Contender(() -> new Live(setup, Inputs.NONE, Outputs.NONE));
    try (Recorder recorder = new Recorder(file)) {
      Contender recorded = recorder.contender;
      compete(plain, recorded, recorder);
      double writer = recorder.end();
      secondsPlain += plain.seconds();
      secondsRecorded += recorded.seconds() + writer;
      tell("not recorded", plain, 0, "recorded", recorded, writer, differences);
    }
  }

  private void replayAgainstRecording() throws Exception {
    Path again = Files.createTempFile("slowdown", ".deja");
    try (Recorder recorder = new Recorder(again);
        FileSource source = new FileSource(file)) {
      RecordingReader reader = RecordingReader.open(source);
      Contender replayed = new Contender(() -> new Replay(reader, Outputs.NONE));
      Contender recorded = recorder.contender;
      compete(recorded, replayed, recorder);
      tell("recorded", recorded, recorder.end(), "replayed", replayed, 0, new ArrayList<>());
    } finally {
      Files.delete(again);
    }
  }

  private static void compete(Contender a, Contender b, Recorder recorder) {
    for (int i = 0; !a.off && !b.off; i++) {
      Contender first = i % 2 == 0 ? a : b;
      Contender second = first == a ? b : a;
      Runnable flush = i % FLUSH == 0 ? recorder::flush : () -> {};
      first.turn(first == recorder.contender ? flush : () -> {});
      second.turn(second == recorder.contender ? flush : () -> {});
    }
  }

  private static void tell(
      String first,
      Contender a,
      double extraA,
      String second,
      Contender b,
      double extraB,
      List<Double> logs) {
    double ratio = (b.seconds() + extraB) / (a.seconds() + extraA) - 1;
    int turns = Math.min(a.turns.size(), b.turns.size());
    for (int i = 0; i + BLOCK <= turns; i += BLOCK) {
      logs.add(Math.log(sum(b.turns, i) / sum(a.turns, i)));
    }
    double mean = logs.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    double squares = logs.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    double half = 1.96 * Math.sqrt(squares / (logs.size() - 1) / logs.size());
    System.out.printf(
        Locale.ROOT,
        "%s %.2f s, of the writer %.2f; %s %.2f s, of the writer %.2f: %+.2f %%;"
            + " by turns, all rounds, %+.2f %% +- %.2f; %,d instructions%n",
        first, a.seconds(), extraA, second, b.seconds(), extraB, 100 * ratio,
        100 * (Math.exp(mean) - 1), 100 * half, b.run.machine().retired());
  }

  private static double sum(List<Double> turns, int from) {
    return turns.subList(from, from + BLOCK).stream().mapToDouble(Double::doubleValue).sum();
  }

  /** A recording with the thread that writes it. */
  private final class Recorder implements AutoCloseable {
    private final FileSink sink;
    private final Thread[] writer = new Thread[1];
    private final ExecutorService executor =
        Executors.newSingleThreadExecutor(task -> writer[0] = new Thread(task, "writer"));
    private final Contender contender;

    Recorder(Path target) {
      sink = new FileSink(target, true);
      contender =
          new Contender(
              () ->
                  new Recording(
                      setup,
                      List.of(),
                      "",
                      Inputs.NONE,
                      Outputs.NONE,
                      Map.of(boundary, sink),
                      executor));
    }

    Recording recording() {
      return (Recording) contender.run;
    }

    void flush() {
      recording().flush();
    }

    /** Ends it; the seconds of the thread that wrote. */
    double end() throws Exception {
      contender.end(() -> recording().close("bench"));
      return executor.submit(THREADS::getCurrentThreadCpuTime).get(1, TimeUnit.MINUTES) / 1e9;
    }

    @Override
    public void close() {
      executor.shutdown();
      sink.close();
    }
  }
}
