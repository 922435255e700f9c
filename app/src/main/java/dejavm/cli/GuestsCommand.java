package dejavm.cli;

import dejavm.guest.Guest;
import dejavm.guest.GuestCatalog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dejavm guests}, with {@code list} and {@code fetch}; without either it lists. */
@Command(name = "guests", description = "Lists the guests that can be named with --guest.")
class GuestsCommand implements Callable<Integer> {
  private final Report report;
  private final Guests guests;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  GuestsCommand(Report report, Guests guests) {
    this.report = report;
    this.guests = guests;
  }

  /** The command with those below it. */
  static CommandLine line(Report report, Guests guests) {
    return new CommandLine(new GuestsCommand(report, guests))
        .addSubcommand("list", new Listing(report, guests))
        .addSubcommand("fetch", new Fetch(report, guests));
  }

  @Override
  public Integer call() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (GuestCatalog.Entry entry : guests.entries()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", entry.name());
      one.put("present", entry.present());
      one.put("description", entry.description());
      list.add(one);
      if (!json) {
        report.line(
            "%-12s %-8s %s"
                .formatted(
                    entry.name(), entry.present() ? "present" : "missing", entry.description()));
      }
    }
    if (json) {
      report.json(Map.of("guests", list));
    }
    return ExitCode.DONE;
  }

  @Command(name = "list", description = "Lists them; the same as dejavm guests.")
  private static final class Listing extends GuestsCommand {
    Listing(Report report, Guests guests) {
      super(report, guests);
    }
  }

  @Command(name = "fetch", description = "Fetches guests into the user's cache, anew if need be.")
  private static final class Fetch implements Callable<Integer> {
    private final Report report;
    private final Guests guests;

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Guests that are known.")
    private List<String> names;

    Fetch(Report report, Guests guests) {
      this.report = report;
      this.guests = guests;
    }

    @Override
    public Integer call() {
      for (String name : names) {
        Guest guest = guests.fetch(name);
        report.line(name + ": " + guest.kernel().getParent());
      }
      return ExitCode.DONE;
    }
  }
}
