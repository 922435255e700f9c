package dejavm.session;

import dejavm.bus.Outputs;
import dejavm.bus.Paged;
import dejavm.bus.Stateful;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.record.DigestCursor;
import dejavm.record.DigestPoint;
import dejavm.record.DivergenceException;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import dejavm.snapshot.StateCodec;
import java.util.Arrays;
import java.util.SequencedMap;
import java.util.function.LongConsumer;

/**
 * Re-executes a recording and compares every digest, while doing at random everything that must not
 * matter: slices of random length, a translation cache of random size, and now and then a snapshot
 * that is restored into a newly built machine.
 */
public final class Verification {
  /**
   * What came out.
   *
   * @param identical every digest matched and the recording is complete
   * @param complete the recording was ended as intended
   * @param digests how many were compared
   * @param now how far the replay came
   * @param retired instructions executed by then
   * @param end the recording's last moment
   * @param restores how many snapshots were taken and restored on the way
   * @param difference what differs first, or why the recording is not complete; empty if neither
   */
  public record Result(
      boolean identical,
      boolean complete,
      long digests,
      long now,
      long retired,
      long end,
      int restores,
      String difference) {}

  private static final int[] TLB_SIZES = {1, 2, 16, 64, 256, 1024, 4096};

  private final RecordingReader recording;
  private final Setup setup;
  private final Outputs outputs;
  private final Choices choices;
  private final int wantedRestores;
  private final StateCodec codec = new StateCodec();

  private Replay replay;
  private Digests digests;
  private long compared;
  private long lastGood;
  private int restores;

  /**
   * @param engine what executes the instructions
   * @param seed decides slices, sizes and restore points
   * @param restores how many times to continue in a newly built machine
   */
  public Verification(
      RecordingReader recording, Execution.Kind engine, Outputs outputs, long seed, int restores) {
    this.recording = recording;
    this.outputs = outputs;
    this.wantedRestores = restores;
    choices = new Choices(seed);
    setup = Setup.of(recording).run(Execution.by(engine));
    replay = newReplay();
    digests = new Digests(replay.machine());
  }

  /** The machine that replays at present; another after each restore. */
  Machine machine() {
    return replay.machine();
  }

  private Replay newReplay() {
    int entries = TLB_SIZES[choices.below(TLB_SIZES.length)];
    Execution execution = new Execution(setup.execution().engine(), entries);
    return new Replay(recording, setup.run(execution), outputs);
  }

  /**
   * Verifies.
   *
   * @param progress is told the moment reached, now and then
   * @throws RecordingException where the recording turns out to be damaged
   */
  public Result run(LongConsumer progress) {
    long end = replay.end();
    long spacing = Math.max(1, end / (wantedRestores + 1));
    long nextRestore = wantedRestores == 0 ? Long.MAX_VALUE : choices.upTo(spacing);
    String difference = "";
    try {
      DigestCursor cursor = recording.digests();
      while (difference.isEmpty() && cursor.peek() != null && cursor.peek().now() <= end) {
        DigestPoint wanted = cursor.next();
        while (nextRestore < wanted.now()) {
          advance(nextRestore);
          restore();
          nextRestore += 1 + choices.upTo(2 * spacing);
        }
        advance(wanted.now());
        difference = compare(wanted);
        progress.accept(wanted.now());
      }
      if (difference.isEmpty()) {
        advance(end);
      }
    } catch (DivergenceException e) {
      difference = e.getMessage();
    }
    return result(end, difference);
  }

  private Result result(long end, String difference) {
    Machine machine = replay.machine();
    String reason = difference;
    if (reason.isEmpty() && recording.end().isPresent()) {
      long retired = recording.end().get().retired();
      if (retired != machine.retired()) {
        reason =
            "%d instructions at the end, %d in the recording".formatted(machine.retired(), retired);
      }
    }
    boolean matches = reason.isEmpty();
    boolean complete = recording.complete();
    if (matches && !complete) {
      reason =
          recording
              .damage()
              .map(d -> "ends at byte %d: %s".formatted(d.position(), d.reason()))
              .orElse("was not ended");
    }
    return new Result(
        matches && complete,
        complete,
        compared,
        machine.now(),
        machine.retired(),
        end,
        restores,
        reason);
  }

  /** Runs to a moment in slices of lengths between one tick and a few million. */
  private void advance(long until) {
    while (replay.machine().now() < until) {
      long slice = 1L << choices.below(23);
      long next = Math.min(until, replay.machine().now() + 1 + choices.upTo(slice));
      if (replay.run(next) == Machine.Stop.OFF) {
        return;
      }
    }
  }

  private String compare(DigestPoint wanted) {
    DigestPoint mine = digests.like(wanted);
    compared++;
    if (mine.now() != wanted.now() || mine.retired() != wanted.retired()) {
      return "between ticks %d and %d: replay is at tick %d with %d instructions, recording had %d"
          .formatted(lastGood, wanted.now(), mine.now(), mine.retired(), wanted.retired());
    }
    String differing = digests.differing(mine, wanted);
    if (!differing.isEmpty()) {
      return "between ticks %d and %d: %s".formatted(lastGood, wanted.now(), differing);
    }
    lastGood = wanted.now();
    return "";
  }

  // ---- snapshot and restore ----

  /**
   * Moves everything into a newly built machine with another translation cache, and goes on there.
   */
  private void restore() {
    Machine from = replay.machine();
    Replay next = newReplay();
    transfer(from, next.machine());
    put(next.position(), codec.encode(replay.position().state()));
    next.machine().restored();
    replay = next;
    digests = new Digests(next.machine());
    restores++;
  }

  private void transfer(Machine from, Machine to) {
    from.pages().forEach((name, pages) -> copy(pages, to.pages().get(name)));
    SequencedMap<String, Stateful<?>> targets = to.components();
    from.components()
        .forEach((name, component) -> put(targets.get(name), codec.encode(component.state())));
  }

  /** Through the codec, as a snapshot in a file would go. */
  private <S extends Record> void put(Stateful<S> target, byte[] encoded) {
    @SuppressWarnings("unchecked")
    Class<S> type = (Class<S>) target.state().getClass();
    target.restore(codec.decode(type, encoded));
  }

  private static void copy(Paged from, Paged to) {
    byte[] page = new byte[Paged.PAGE];
    byte[] old = new byte[Paged.PAGE];
    int next = from.nextStored(0);
    while (next >= 0) {
      from.readPage(next, page);
      to.readPage(next, old);
      if (to.nextStored(next) != next || !Arrays.equals(page, old)) {
        to.writePage(next, page);
      }
      next = next + 1 < from.pages() ? from.nextStored(next + 1) : -1;
    }
  }
}
