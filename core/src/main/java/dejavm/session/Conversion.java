package dejavm.session;

import dejavm.bus.Outputs;
import dejavm.machine.Machine;
import dejavm.record.Boundary;
import dejavm.record.CallLog;
import dejavm.record.DigestCursor;
import dejavm.record.DigestPoint;
import dejavm.record.DivergenceException;
import dejavm.record.End;
import dejavm.record.InputReplayer;
import dejavm.record.LogSink;
import dejavm.record.NucleusRecorder;
import dejavm.record.PlatformRecorder;
import dejavm.record.RecordingException;
import dejavm.record.RecordingHeader;
import dejavm.record.RecordingReader;
import dejavm.record.RecordingWriter;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * Makes a recording at the cpu boundary of one at the machine boundary, by replaying it with the
 * other recorder plugged in. The digests of the one are compared on the way, and what they say of
 * the nucleus goes into the other: so a verification of that proves that both are the same run.
 */
public final class Conversion {
  /** What a replay does between two looks around, in ticks. */
  private static final long SLICE = 1 << 22;

  private final RecordingReader from;
  private final RecordingWriter to;
  private final Machine machine;
  private final Digests digests;

  /**
   * Begins; what the machine starts with is written at once.
   *
   * @param executor compresses and writes; may run at once or later, in order
   * @throws RecordingException where the recording is one at the cpu boundary already: it holds
   *     what the devices said, not what was said to them
   */
  public Conversion(RecordingReader from, LogSink sink, Executor executor) {
    if (from.header().boundary() == Boundary.CPU) {
      throw new RecordingException("made at the cpu boundary already: " + ONE_WAY);
    }
    this.from = from;
    Setup setup = Setup.of(from);
    RecordingHeader header =
        new RecordingHeader(
            from.header().semantics(),
            Boundary.CPU,
            setup.description(),
            from.header().images(),
            from.header().note());
    to = new RecordingWriter(sink, header, executor);
    CallLog log = new CallLog(to);
    machine =
        setup.build(
            new InputReplayer(from),
            Outputs.NONE,
            nucleus -> new NucleusRecorder(nucleus, log),
            board -> new PlatformRecorder(board, log));
    digests = new Digests(machine);
    setup.writePages(Boundary.CPU, to);
  }

  /** Why there is no way back. */
  public static final String ONE_WAY =
      "it holds what the devices answered, not the inputs that made them answer so, and a recording"
          + " at the machine boundary is made of those";

  /**
   * Does it, up to the last moment that the recording covers.
   *
   * @param progress is told the moment reached, now and then
   * @throws DivergenceException where the replay differs from the recording: what was converted up
   *     to there is valid
   */
  public void run(LongConsumer progress) {
    DigestCursor cursor = from.digests();
    long end = from.lastNow();
    for (DigestPoint wanted = cursor.next();
        wanted != null && wanted.now() <= end;
        wanted = cursor.next()) {
      advance(wanted.now(), progress);
      DigestPoint mine = digests.like(wanted);
      String difference =
          mine.retired() == wanted.retired()
              ? digests.differing(mine, wanted)
              : "%d instructions were executed, %d were recorded"
                  .formatted(mine.retired(), wanted.retired());
      if (!difference.isEmpty()) {
        throw new DivergenceException(wanted.now(), difference);
      }
      to.digest(Digests.insideNucleus(mine));
    }
    advance(end, progress);
    to.close(
        machine.now(),
        machine.retired(),
        from.end().map(End::outcome).orElse("converted from a recording that was not ended"));
  }

  private void advance(long until, LongConsumer progress) {
    while (machine.now() < until
        && machine.run(Math.min(until, machine.now() + SLICE)) == Machine.Stop.UNTIL) {
      progress.accept(machine.now());
    }
  }

  /** Ticks of guest time converted so far. */
  public long now() {
    return machine.now();
  }

  /** Instructions converted so far. */
  public long retired() {
    return machine.retired();
  }
}
