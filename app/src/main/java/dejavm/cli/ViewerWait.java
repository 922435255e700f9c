package dejavm.cli;

import dejavm.host.Streams;
import dejavm.host.WallClock;
import picocli.CommandLine.Option;

/** How long a replay with a display waits for somebody to watch it. */
final class ViewerWait {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      converter = Quantity.MomentConverter.class,
      description = {
        "With a display: wait at most so long for the first viewer: 30 (seconds), 500ms; 0 for not"
            + " at all.",
        "Default: without end. At a terminal, Enter ends the waiting."
      })
  private Quantity.Moment patience;

  /** Refuses what is no time of the wall. */
  void check() {
    if (patience != null && patience.inTicks()) {
      throw Refusal.usage("--wait: it is the wall's time, which has no ticks");
    }
  }

  /** Waits until somebody watches, or nobody is waited for any longer; says so. */
  void await(Displays displays, Streams streams, WallClock clock, Report report) {
    long nanos = patience == null ? Long.MAX_VALUE : patience.ticks(NANOS_PER_SECOND);
    if (!displays.any() || nanos == 0) {
      return;
    }
    String most =
        patience == null
            ? ""
            : ", %s s at most".formatted(Figures.rounded((double) nanos / NANOS_PER_SECOND));
    String key = streams.inputIsTerminal() ? " (Enter: go on without one)" : "";
    report.error("the replay waits for its first viewer" + most + key);
    long begun = clock.nanos();
    while (!displays.watched()) {
      if (clock.nanos() - begun >= nanos || streams.entered()) {
        report.error("nobody watches; the replay goes on");
        return;
      }
      clock.sleep(Math.min(Displays.GLANCE_NANOS, nanos - (clock.nanos() - begun)));
    }
  }
}
