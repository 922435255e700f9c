package dejavm.session;

import dejavm.bus.Inputs;
import dejavm.bus.Outputs;
import dejavm.machine.Machine;
import dejavm.record.Boundary;
import dejavm.record.Image;
import dejavm.record.InputRecorder;
import dejavm.record.LogSink;
import dejavm.record.RecordingHeader;
import dejavm.record.RecordingWriter;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * A run that is recorded at the machine boundary. The digests that go with it stand at fixed
 * numbers of instructions for the CPU, and for everything else at distances that grow with what
 * there is to hash, so that they cost a fixed small share of the time.
 */
public final class Recording implements Run {
  /** Instructions between two digests of the CPU. */
  static final long CPU_INTERVAL = 1 << 20;

  /** Full digests come every so many of those, at least. */
  private static final int MINIMUM = 32;

  /** A page to hash postpones the next full digest by the 1/16 of a CPU interval. */
  private static final int PAGES_PER_INTERVAL = 16;

  private static final int LONGEST = 1024;

  private final RecordingWriter writer;
  private final Machine machine;
  private final Digests digests;
  private long nextDigest = CPU_INTERVAL;
  private int untilFull = MINIMUM;

  /**
   * Begins a recording; what the machine starts with is written at once.
   *
   * @param images the files that it was made from, for {@code info}
   * @param executor compresses and writes; may run at once or later, in order
   */
  public Recording(
      Setup setup,
      List<Image> images,
      String note,
      Inputs live,
      Outputs outputs,
      LogSink sink,
      Executor executor) {
    RecordingHeader header =
        new RecordingHeader(Setup.SEMANTICS, Boundary.MACHINE, setup.description(), images, note);
    writer = new RecordingWriter(sink, header, executor);
    machine = setup.build(new InputRecorder(live, writer), outputs, Setup.TLB_ENTRIES);
    digests = new Digests(machine);
    writer.pages(Setup.RAM, setup.memory().ram(machine.processor().ram().pages()));
    writer.pages(Setup.ROM, setup.memory().romPages());
  }

  @Override
  public Machine machine() {
    return machine;
  }

  @Override
  public Machine.Stop run(long until) {
    while (machine.now() < until) {
      long left = nextDigest - machine.retired();
      if (left <= 0) {
        digest();
      } else if (machine.run(Math.min(until, machine.now() + left)) == Machine.Stop.OFF) {
        return Machine.Stop.OFF;
      }
    }
    return Machine.Stop.UNTIL;
  }

  private void digest() {
    nextDigest += CPU_INTERVAL;
    if (--untilFull > 0) {
      writer.digest(digests.cpu());
      return;
    }
    int dirty = digests.dirtyPages(LONGEST * PAGES_PER_INTERVAL);
    untilFull = Math.max(MINIMUM, dirty / PAGES_PER_INTERVAL);
    writer.digest(digests.all());
  }

  /** Makes sure that what was recorded so far survives; to be called about every second. */
  public void flush() {
    writer.flush(machine.now());
  }

  /** Ends the recording with a digest of everything. */
  public void close(String outcome) {
    writer.digest(digests.all());
    writer.close(machine.now(), machine.retired(), outcome);
  }
}
