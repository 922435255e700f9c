package dejavm.measure;

import dejavm.host.TimedChild.Took;
import dejavm.measure.GuestResults.Cell;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs whole jobs of a guest by turns: with every engine of DejaVM not recorded, recorded and
 * replayed, and in QEMU's ways where it is installed. All of DejaVM print the same, byte for byte,
 * and QEMU the same results.
 */
public final class GuestContest {
  private static final int DONE = 0;

  /** A run of the job, and what it is compared with. */
  private record Contestant(String title, Run run, List<String> beside) {}

  private interface Run {
    Turn turn(GuestJob job) throws MeasurementFailed;
  }

  /**
   * What a run came to.
   *
   * @param console what the guest printed, or null where it has no serial line
   */
  private record Turn(Took took, long instructions, String console) {}

  /** How a contestant did. */
  private static final class Score {
    private final List<Double> wall = new ArrayList<>();
    private final List<Double> cpu = new ArrayList<>();
    private long instructions;
  }

  private final Bench bench;
  private final List<Engine> engines;
  private final Set<GuestWay> ways;
  private final Set<QemuWay> qemuWays;
  private final Consumer<String> progress;

  /**
   * @param ways of them what replays is with what records
   * @param qemuWays the same
   * @param progress is told what is being done
   */
  public GuestContest(
      Bench bench,
      List<Engine> engines,
      Set<GuestWay> ways,
      Set<QemuWay> qemuWays,
      Consumer<String> progress) {
    this.bench = bench;
    this.engines = List.copyOf(engines);
    this.ways = Set.copyOf(ways);
    this.qemuWays = Set.copyOf(qemuWays);
    this.progress = progress;
  }

  /** Does it. */
  public GuestResults run(GuestJob job, int rounds) throws MeasurementFailed {
    List<Contestant> contestants = contestants(job);
    Map<String, Score> scores = new LinkedHashMap<>();
    contestants.forEach(contestant -> scores.put(contestant.title, new Score()));
    Consoles consoles = new Consoles();
    for (int round = 1; round <= rounds; round++) {
      for (Contestant contestant : contestants) {
        progress.accept(
            "round %d of %d: %s, %s".formatted(round, rounds, job.title(), contestant.title));
        Turn turn = contestant.run.turn(job);
        if (turn.console != null) {
          consoles.compare(contestant.title, turn.console, turn.instructions > 0);
        }
        Score score = scores.get(contestant.title);
        score.wall.add(turn.took.wallSeconds());
        score.cpu.add(turn.took.cpuSeconds());
        score.instructions = turn.instructions;
      }
    }
    Map<String, Cell> cells = new LinkedHashMap<>();
    for (Contestant contestant : contestants) {
      Score score = scores.get(contestant.title);
      List<String> beside = contestant.beside.stream().filter(scores::containsKey).toList();
      cells.put(
          contestant.title,
          new Cell(score.instructions, new Figure(score.wall), new Figure(score.cpu), beside));
    }
    return new GuestResults(job, cells);
  }

  private List<Contestant> contestants(GuestJob job) {
    List<Contestant> contestants = new ArrayList<>();
    for (Engine engine : engines) {
      for (GuestWay way : GuestWay.values()) {
        if (ways.contains(way)) {
          contestants.add(
              new Contestant(title(engine, way), of -> turn(engine, way, of), beside(engine, way)));
        }
      }
    }
    for (QemuWay way : QemuWay.values()) {
      if (qemuWays.contains(way) && bench.hasQemu(job.is64())) {
        contestants.add(new Contestant(way.title(), of -> turn(way, of), beside(way)));
      }
    }
    return contestants;
  }

  private static String title(Engine engine, GuestWay way) {
    return engine.title() + " " + way.title();
  }

  private static List<String> beside(Engine engine, GuestWay way) {
    String record = QemuWay.RECORD.title();
    String replay = QemuWay.REPLAY.title();
    return switch (way) {
      case OFF -> List.of(QemuWay.PLAIN.title(), QemuWay.ICOUNT.title());
      case RECORD, RECORD_CPU -> List.of(title(engine, GuestWay.OFF), record);
      case REPLAY, REPLAY_CPU -> List.of(title(engine, way.recorder()), replay);
    };
  }

  private static List<String> beside(QemuWay way) {
    return way == QemuWay.PLAIN ? List.of() : List.of(QemuWay.values()[way.ordinal() - 1].title());
  }

  private Turn turn(Engine engine, GuestWay way, GuestJob job) throws MeasurementFailed {
    Path console = bench.file("console");
    Path recording = bench.file(engine.title() + "-" + way.recorder().title() + ".deja");
    List<String> command = new ArrayList<>();
    switch (way) {
      case OFF -> command.add("run");
      case RECORD -> command.addAll(List.of("record", "--force", "-o", recording.toString()));
      case RECORD_CPU ->
          command.addAll(
              List.of("record", "--boundary", "cpu", "--force", "-o", recording.toString()));
      case REPLAY, REPLAY_CPU -> command.addAll(List.of("replay", recording.toString()));
    }
    if (way.recorder() == way) {
      command.addAll(job.boot("--"));
      command.addAll(List.of("--pace", "max", "--rtc", "2026-01-01T00:00:00"));
    }
    command.addAll(engine.options());
    // without devices there is no serial line
    boolean prints = way != GuestWay.REPLAY_CPU;
    command.addAll(List.of("--serial", prints ? "file:" + console : "none", "--json"));
    Took took = bench.dejavm(command, DONE);
    return new Turn(took, Engine.instructions(took.errors()), prints ? bench.text(console) : null);
  }

  private Turn turn(QemuWay way, GuestJob job) throws MeasurementFailed {
    Path console = bench.file("console");
    List<String> command = new ArrayList<>(job.boot("-"));
    command.addAll(List.of("-m", "256", "-serial", "file:" + console));
    command.addAll(way.options(bench.file("rr")));
    Took took = bench.qemu(job.is64(), command, DONE);
    return new Turn(took, 0, bench.text(console));
  }

  /** What guests printed: the first of each kind, and whose it was. */
  private static final class Consoles {
    private String whole;
    private String wholeOf;
    private String results;
    private String resultsOf;

    void compare(String title, String console, boolean exactly) throws MeasurementFailed {
      // what the kernel says has times in it, and what it says depends on the machine
      String lines =
          console.lines().filter(line -> !line.startsWith("[")).collect(Collectors.joining("\n"));
      if (results == null) {
        results = lines;
        resultsOf = title;
      }
      if (!results.equals(lines)) {
        throw new MeasurementFailed(
            "what the guest printed differs between %s and %s".formatted(resultsOf, title));
      }
      if (exactly && whole == null) {
        whole = console;
        wholeOf = title;
      }
      if (exactly && !whole.equals(console)) {
        throw new MeasurementFailed(
            "what the kernel printed differs between %s and %s".formatted(wholeOf, title));
      }
    }
  }
}
