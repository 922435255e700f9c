package dejavm.record;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;

/**
 * What is in the calls of a recording at the cpu boundary.
 *
 * @param calls calls of the platform in which time stands still: reads, writes, acknowledges, pins
 * @param answers values read and vectors acknowledged
 * @param signals changes of interrupt lines and the like
 * @param ramWrites writes of devices into RAM
 * @param ramBytes bytes that they wrote
 * @param maps changes of the address map
 */
public record CallFigures(
    long calls, long answers, long signals, long ramWrites, long ramBytes, long maps) {

  /** Counts them; reads every frame of calls. */
  static CallFigures of(RecordingReader recording) {
    Count count = new Count();
    long calls = 0;
    long answers = 0;
    for (Frame frame : recording.frames(FrameKind.CALLS)) {
      CallFrame columns = CallFrame.read(recording.open(frame));
      calls = columns.span.first() + columns.span.count();
      while (columns.answers.remaining() > 0) {
        columns.answers.varint();
        answers++;
      }
      columns.effects(frame.firstNow(), (_, _, _) -> count, _ -> new byte[0]);
    }
    return new CallFigures(
        calls, answers, count.signals, count.ramWrites, count.ramBytes, count.maps);
  }

  private static final class Count implements Nucleus {
    private long signals;
    private long ramWrites;
    private long ramBytes;
    private long maps;

    @Override
    public void readRam(long address, byte[] into, int offset, int length) {}

    @Override
    public void writeRam(long address, byte[] from, int offset, int length) {
      ramWrites++;
      ramBytes += length;
    }

    @Override
    public void signal(int cpu, Signal signal, int value) {
      signals++;
    }

    @Override
    public void map(
        Space space, long address, long length, Backing backing, Visibility visibility) {
      maps++;
    }
  }
}
