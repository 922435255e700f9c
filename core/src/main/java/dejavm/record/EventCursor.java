package dejavm.record;

import java.util.List;

/** Walks over the inputs of a recording, a frame at a time. */
public final class EventCursor {
  /**
   * A place between two inputs.
   *
   * @param frame which frame of events
   * @param offset where in its payload
   * @param now the moment from which the next input counts
   */
  public record Position(int frame, int offset, long now) {}

  private final FrameReader reader;
  private final List<Frame> frames;
  private int frame = -1;
  private BytesIn in = new BytesIn(new byte[0]);
  private long now;

  // where the input that was looked at begins
  private Position ahead;
  private TimedInput head;

  EventCursor(FrameReader reader, List<Frame> frames, long after) {
    this.reader = reader;
    this.frames = frames;
    while (frame + 1 < frames.size() && frames.get(frame + 1).lastNow() <= after) {
      frame++;
    }
    if (after >= 0) {
      while (peek() != null && peek().now() <= after) {
        next();
      }
    }
  }

  /** The next input, which stays the next; null at the end. */
  public TimedInput peek() {
    if (head == null) {
      while (in.remaining() == 0) {
        if (frame + 1 >= frames.size()) {
          return null;
        }
        load(frame + 1);
      }
      ahead = new Position(frame, in.position(), now);
      now += in.varint();
      if (now < 0 || now > frames.get(frame).lastNow()) {
        throw in.damaged("an input lies outside its frame's moments");
      }
      head = new TimedInput(now, InputCodec.read(in));
    }
    return head;
  }

  /** The next input, and goes on; null at the end. */
  public TimedInput next() {
    TimedInput result = peek();
    head = null;
    return result;
  }

  /** Where it is. */
  public Position position() {
    return head == null ? new Position(frame, in.position(), now) : ahead;
  }

  /** Goes back, or on, to a place where it was. */
  public void seek(Position position) {
    if (position.frame() < 0) {
      frame = -1;
      in = new BytesIn(new byte[0]);
    } else {
      load(position.frame());
      in.seek(position.offset());
    }
    now = position.now();
    head = null;
  }

  private void load(int number) {
    frame = number;
    in = reader.open(frames.get(number));
    now = frames.get(number).firstNow();
  }
}
