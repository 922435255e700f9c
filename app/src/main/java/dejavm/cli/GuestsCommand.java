package dejavm.cli;

import dejavm.guest.Guest;
import dejavm.guest.GuestCatalog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dejavm guests}. */
@Command(name = "guests", description = "Lists the guests that can be named with --guest.")
final class GuestsCommand implements Callable<Integer> {
  private final Report report;
  private final Guests guests;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  GuestsCommand(Report report, Guests guests) {
    this.report = report;
    this.guests = guests;
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

  @Command(name = "list", description = "Lists them; the same as without a word.")
  int list() {
    return call();
  }

  @Command(name = "fetch", description = "Fetches guests into the user's cache, anew if need be.")
  int fetch(@Parameters(paramLabel = "NAME", arity = "1..*") List<String> names) {
    for (String name : names) {
      Guest guest = guests.fetch(name);
      report.line(name + ": " + guest.kernel().getParent());
    }
    return ExitCode.DONE;
  }
}
