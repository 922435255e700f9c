package dejavm.record;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import java.util.BitSet;

/** Reads and decodes every frame of a recording; the first that is damaged is thrown. */
final class RecordingCheck {
  private static final Nucleus NOWHERE =
      new Nucleus() {
        @Override
        public void readRam(long address, byte[] into, int offset, int length) {}

        @Override
        public void writeRam(long address, byte[] from, int offset, int length) {}

        @Override
        public void signal(int cpu, Signal signal, int value) {}

        @Override
        public void map(
            Space space, long address, long length, Backing backing, Visibility visibility) {}
      };

  private final RecordingReader recording;
  private CallFrame.Span calls = CallFrame.Span.NONE;

  RecordingCheck(RecordingReader recording) {
    this.recording = recording;
  }

  void run() {
    for (Frame frame : recording.frames()) {
      BytesIn in = recording.open(frame);
      switch (frame.kind()) {
        case PAGES, SNAPSHOT_PAGES -> {
          PageBlock.component(in);
          PageBlock.read(in, new BitSet(), (number, bytes) -> {});
        }
        case CALLS -> calls(frame, CallFrame.read(in));
        case null, default -> {}
      }
    }
    EventCursor events = recording.events();
    while (events.peek() != null) {
      events.next();
    }
    DigestCursor digests = recording.digests();
    while (digests.peek() != null) {
      digests.next();
    }
    for (int i = 0; i < recording.snapshots(); i++) {
      recording.snapshot(i);
    }
    recording.roms();
  }

  private void calls(Frame frame, CallFrame columns) {
    BytesIn in = columns.effects;
    CallFrame.Span span = columns.span;
    if (span.first() != calls.first() + calls.count() || span.hashBefore() != calls.hashAfter()) {
      throw RecordingException.damaged(
          frame.position(), "the calls of the frame do not follow those of the one before it");
    }
    calls = span;
    long call = span.first();
    long now = frame.firstNow();
    while (in.remaining() > 0) {
      long head = in.varint();
      call += head >>> 1;
      now += (head & 1) != 0 ? in.varint() : 0;
      if (call > span.first() + span.count() || now > frame.lastNow()) {
        throw in.damaged("an effect lies outside its frame");
      }
      for (int left = in.count(2); left > 0; left--) {
        EffectCodec.apply(in, NOWHERE, number -> new byte[0]);
      }
    }
  }
}
