package dejavm.cli;

import dejavm.guest.Guest;
import dejavm.measure.GuestContest;
import dejavm.measure.GuestJob;
import dejavm.measure.GuestResults;
import dejavm.measure.GuestResults.Cell;
import dejavm.measure.GuestWay;
import dejavm.measure.QemuWay;
import dejavm.measure.Seconds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dejavm bench guest}. */
@Command(
    name = "guest",
    description = {
      "Runs whole jobs of a guest by turns: with every engine not recorded, recorded and replayed,",
      "and, where it is installed, with QEMU: plain, -icount, rr=record, rr=replay.",
      "Seconds are those of the processes, from their start to their end, with all threads."
    })
final class BenchGuestCommand implements Callable<Integer> {
  private static final String QEMU_PREFIX = "qemu";

  private final Report report;
  private final Guests guests;
  private final Map<String, String> environment;

  @Mixin private BenchOptions options;

  @Option(
      names = "--guest",
      paramLabel = "NAME",
      split = ",",
      description = "Guests, fetched first if need be. Default: debian-686.")
  private List<String> names = List.of("debian-686");

  @Option(
      names = "--job",
      paramLabel = "NAME",
      split = ",",
      description = "boot, cpu, or what else the guest can do. Default: boot.")
  private List<String> jobs = List.of("boot");

  @Option(
      names = "--ways",
      paramLabel = "NAME",
      split = ",",
      description = {
        "off, record, replay, record-cpu, replay-cpu (at the cpu boundary); qemu, qemu-icount,",
        "qemu-record, qemu-replay. Default: all but those at the cpu boundary."
      })
  private List<String> ways =
      List.of("off", "record", "replay", "qemu", "qemu-icount", "qemu-record", "qemu-replay");

  BenchGuestCommand(Report report, Guests guests, Map<String, String> environment) {
    this.report = report;
    this.guests = guests;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    String known =
        Stream.concat(
                Stream.of(GuestWay.values()).map(GuestWay::title),
                Stream.of(QemuWay.values()).map(QemuWay::title))
            .collect(Collectors.joining(", "));
    Set<GuestWay> own = new LinkedHashSet<>();
    Set<QemuWay> qemu = new LinkedHashSet<>();
    for (String way : ways) {
      if (way.startsWith(QEMU_PREFIX)) {
        qemu.addAll(BenchOptions.named("--ways", List.of(way), BenchGuestCommand::qemu, known));
      } else {
        own.addAll(BenchOptions.named("--ways", List.of(way), BenchGuestCommand::own, known));
      }
    }
    own.forEach(way -> refuseUnrecorded(way.title(), way.recorder().title()));
    qemu.forEach(way -> refuseUnrecorded(way.title(), way.recorder().title()));
    return options.measure(
        environment,
        report,
        bench -> {
          GuestContest contest =
              new GuestContest(bench, options.engines(), own, qemu, report::progress);
          List<GuestResults> all = new ArrayList<>();
          for (GuestJob job : jobs()) {
            GuestResults results = contest.run(job, options.rounds());
            report.clear();
            all.add(results);
            if (!options.json()) {
              show(results);
            }
          }
          if (options.json()) {
            report.json(Map.of("jobs", all.stream().map(BenchGuestCommand::json).toList()));
          }
        });
  }

  private void refuseUnrecorded(String way, String recorder) {
    if (!ways.contains(recorder)) {
      throw Refusal.usage("--ways: " + way + " needs " + recorder);
    }
  }

  private static Optional<GuestWay> own(String title) {
    return Stream.of(GuestWay.values()).filter(way -> way.title().equals(title)).findFirst();
  }

  private static Optional<QemuWay> qemu(String title) {
    return Stream.of(QemuWay.values()).filter(way -> way.title().equals(title)).findFirst();
  }

  private List<GuestJob> jobs() {
    List<GuestJob> all = new ArrayList<>();
    for (String name : names) {
      Guest guest = guests.guest(name);
      // Debian's name of the architecture
      boolean is64 = name.endsWith("amd64");
      jobs.forEach(job -> all.add(new GuestJob(guest, is64, job)));
    }
    return all;
  }

  private void show(GuestResults results) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(results.job().title(), "wall s", "cpu s", "MIPS", "wall (cpu) beside others"));
    results
        .cells()
        .forEach((title, cell) -> {
          StringJoiner beside = new StringJoiner(", ");
          for (String other : cell.beside()) {
            beside.add(
                "%s (%s) of %s"
                    .formatted(
                        text("%.2f", results.ratio(title, other, Seconds.WALL)),
                        text("%.2f", results.ratio(title, other, Seconds.CPU)),
                        other));
          }
          rows.add(
              List.of(
                  title,
                  text("%.2f", cell.wallSeconds().median()),
                  text("%.2f", cell.cpuSeconds().median()),
                  cell.instructions() == 0 ? "" : text("%.1f", cell.mips()),
                  beside.toString()));
        });
    new Table(rows).lines().forEach(report::line);
    report.line("");
    report.sink().flush();
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static Map<String, Object> json(GuestResults results) {
    Map<String, Object> contenders = new LinkedHashMap<>();
    results.cells().forEach((title, cell) -> contenders.put(title, json(results, title, cell)));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("guest", results.job().guest().name());
    json.put("job", results.job().job());
    json.put("contenders", contenders);
    return json;
  }

  private static Map<String, Object> json(GuestResults results, String title, Cell cell) {
    Map<String, Object> wall = new LinkedHashMap<>();
    Map<String, Object> cpu = new LinkedHashMap<>();
    for (String other : cell.beside()) {
      wall.put(other, Figures.rounded(results.ratio(title, other, Seconds.WALL)));
      cpu.put(other, Figures.rounded(results.ratio(title, other, Seconds.CPU)));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    if (cell.instructions() > 0) {
      json.put("instructions", cell.instructions());
      json.put("mips", Figures.rounded(cell.mips()));
    }
    json.put("wall_seconds", EngineFigures.rounds(cell.wallSeconds()));
    json.put("cpu_seconds", EngineFigures.rounds(cell.cpuSeconds()));
    json.put("wall_ratios", wall);
    json.put("cpu_ratios", cpu);
    return json;
  }
}
