package dejavm.record;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/** The calls of a recording as lines of text: the board's effects, then its answers. */
final class CallText {
  private final Consumer<String> lines;

  CallText(Consumer<String> lines) {
    this.lines = lines;
  }

  void write(RecordingReader recording) {
    long calls = 0;
    long hash = CallHash.START;
    for (Frame frame : recording.frames(FrameKind.CALLS)) {
      effects(recording, frame, (line, _) -> lines.accept(line));
    }
    long number = 0;
    for (Frame frame : recording.frames(FrameKind.CALLS)) {
      CallFrame columns = CallFrame.read(recording.open(frame));
      while (columns.answers.remaining() > 0) {
        lines.accept("answer %d 0x%x".formatted(number++, columns.answers.varint()));
      }
      calls = columns.span.first() + columns.span.count();
      hash = columns.span.hashAfter();
    }
    lines.accept("calls %d hash %016x".formatted(calls, hash));
  }

  /** The effects of a frame as lines, each with the last moment known by then. */
  static void effects(RecordingReader recording, Frame frame, ObjLongConsumer<String> lines) {
    CallFrame.read(recording.open(frame))
        .effects(
            frame.firstNow(),
            (call, now, timed) ->
                new TextNucleus(
                    line -> lines.accept(line, now),
                    timed ? "now " + now + " before call " + call : "under call " + call),
            CallText::bytes);
  }

  /** The number of a read-only memory, in place of its bytes. */
  private static byte[] bytes(int number) {
    BytesOut out = new BytesOut();
    out.u32(number);
    return out.toByteArray();
  }

  /** Takes effects and says what they are; a read-only memory is known by its number. */
  private record TextNucleus(Consumer<String> lines, String place) implements Nucleus {
    @Override
    public void readRam(long address, byte[] into, int offset, int length) {}

    @Override
    public void writeRam(long address, byte[] from, int offset, int length) {
      lines.accept(place + " ram 0x%x bytes %s".formatted(address, LogText.bytes(from)));
    }

    @Override
    public void signal(int cpu, Signal signal, int value) {
      lines.accept(place + " cpu " + cpu + " signal " + signal + " " + value);
    }

    @Override
    public void map(
        Space space, long address, long length, Backing backing, Visibility visibility) {
      String to =
          switch (backing) {
            case Backing.Ram(long offset) -> "ram 0x%x".formatted(offset);
            case Backing.ReadOnlyRam(long offset) -> "read-only ram 0x%x".formatted(offset);
            case Backing.Rom(byte[] number) -> "rom " + new BytesIn(number).u32();
            case Backing.Video(long offset) -> "video 0x%x".formatted(offset);
            case Backing.Outside() -> "outside";
            case Backing.HiddenRam(long offset) -> "hidden ram 0x%x".formatted(offset);
          };
      lines.accept(
          "%s map %s 0x%x length 0x%x to %s%s"
              .formatted(
                  place,
                  space.name().toLowerCase(Locale.ROOT),
                  address,
                  length,
                  to,
                  visibility == Visibility.SMM_ONLY ? " in smm only" : ""));
    }
  }
}
