package dejavm.session;

import dejavm.bus.Inputs;
import dejavm.bus.Nucleus;
import dejavm.bus.Outputs;
import dejavm.bus.Platform;
import dejavm.machine.Machine;
import dejavm.record.Boundary;
import dejavm.record.CallLog;
import dejavm.record.DigestPoint;
import dejavm.record.Image;
import dejavm.record.InputGate;
import dejavm.record.InputRecorder;
import dejavm.record.LogSink;
import dejavm.record.NucleusRecorder;
import dejavm.record.PlatformRecorder;
import dejavm.record.RecordingHeader;
import dejavm.record.RecordingWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * A run that is recorded, at either boundary or at both at once. The digests that go with it stand
 * at about fixed distances for the CPU, and for everything else at distances that grow with what
 * there is to hash, so that they cost a fixed small share of the time.
 */
public final class Recording implements Run {
  /** Instructions between two digests of the CPU, at most: a millisecond of translated code. */
  static final long CPU_INTERVAL = 1 << 20;

  /** How much earlier a digest may come, where the engine stops more cheaply. */
  private static final int LEEWAY = 1024;

  /**
   * Full digests are so many of those apart, at least: about a second. One costs two milliseconds,
   * for the devices' states and for write access, which is taken back from all pages; and each page
   * that was hashed postpones the next by one of those more.
   */
  private static final int MINIMUM = 1024;

  private final Map<Boundary, RecordingWriter> writers = new EnumMap<>(Boundary.class);
  private final Machine machine;
  private final Digests digests;
  private long nextDigest = CPU_INTERVAL;
  private int untilFull = MINIMUM;

  /**
   * Begins a recording; what the machine starts with is written at once.
   *
   * @param images the files that the machine was made from, for {@code info}
   * @param sinks where each of the recordings goes: one, or one for each boundary
   * @param executor compresses and writes; may run at once or later, in order
   */
  public Recording(
      Setup setup,
      List<Image> images,
      String note,
      Inputs live,
      Outputs outputs,
      Map<Boundary, LogSink> sinks,
      Executor executor) {
    sinks.forEach((boundary, sink) -> {
      RecordingHeader header =
          new RecordingHeader(Semantics.VERSION, boundary, setup.description(), images, note);
      writers.put(boundary, new RecordingWriter(sink, header, executor));
    });
    Inputs inputs = live;
    UnaryOperator<Nucleus> inward = UnaryOperator.identity();
    UnaryOperator<Platform> outward = UnaryOperator.identity();
    RecordingWriter calls = writers.get(Boundary.CPU);
    if (calls != null) {
      CallLog log = new CallLog(calls);
      inputs = new InputGate(inputs, calls);
      inward = nucleus -> new NucleusRecorder(nucleus, log);
      outward = board -> new PlatformRecorder(board, log);
    }
    RecordingWriter events = writers.get(Boundary.MACHINE);
    if (events != null) {
      inputs = new InputRecorder(inputs, events);
    }
    // what is read of media is part of what a machine starts with; a nucleus has none
    Setup built = events == null ? setup : setup.recordedBy(events);
    machine = built.build(inputs, outputs, inward, outward);
    digests = events != null ? new Digests(machine) : Digests.ofNucleus(machine);
    writers.forEach((boundary, writer) -> setup.writePages(boundary, writer));
  }

  @Override
  public Machine machine() {
    return machine;
  }

  @Override
  public Machine.Stop run(long until) {
    while (machine.now() < until) {
      long left = nextDigest - machine.retired();
      if (left <= LEEWAY) {
        digest();
      } else if (run(machine.now() + left, until) == Machine.Stop.OFF) {
        return Machine.Stop.OFF;
      }
    }
    return Machine.Stop.UNTIL;
  }

  private Machine.Stop run(long due, long until) {
    return due <= until ? machine.run(due - LEEWAY, due) : machine.run(until);
  }

  private void digest() {
    nextDigest = machine.retired() + CPU_INTERVAL;
    if (--untilFull > 0) {
      write(digests.cpu());
      return;
    }
    DigestPoint all = digests.all();
    int hashed = all.parts().stream().mapToInt(part -> part.pages().size()).sum();
    untilFull = Math.max(MINIMUM, hashed);
    write(all);
  }

  private void write(DigestPoint point) {
    writers.forEach((boundary, writer) ->
        writer.digest(boundary == Boundary.CPU ? Digests.insideNucleus(point) : point));
  }

  /** Makes sure that what was recorded so far survives; to be called about every second. */
  public void flush() {
    writers.values().forEach(writer -> writer.flush(machine.now()));
  }

  /** Hashes everything at this moment, beside what is hashed at its own distances. */
  void digestAll() {
    write(digests.all());
  }

  /** Ends the recording with a digest of everything. */
  public void close(String outcome) {
    digestAll();
    writers.values().forEach(writer -> writer.close(machine.now(), machine.retired(), outcome));
  }
}
