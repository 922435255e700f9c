package dejavm.record;

import dejavm.bus.Input;
import dejavm.bus.Inputs;
import dejavm.bus.Stateful;

/**
 * The machine boundary, inward, replayed: each input enters at the very moment at which it was
 * recorded. Its state is its place in the recording, so that a checkpoint can hold it.
 */
public final class InputReplayer implements Inputs, Stateful<InputReplayer.State> {
  /** A place in the recording. */
  public record State(int frame, int offset, long now) {}

  private final EventCursor events;
  private final long end;

  /** Replays from power-on. */
  public InputReplayer(RecordingReader recording) {
    this(recording, -1);
  }

  /** Replays from a snapshot: gives the inputs after its moment. */
  public InputReplayer(RecordingReader recording, long after) {
    events = recording.events(after);
    end = recording.lastNow();
  }

  /** The last moment that may be replayed: the machine stops there. */
  public long end() {
    return end;
  }

  /** The moment of the next input; where there is none, the end of the recording. */
  @Override
  public long horizon(long now) {
    TimedInput ahead = events.peek();
    if (ahead != null) {
      return Math.max(ahead.now(), now + 1);
    }
    return end > now ? end : Long.MAX_VALUE;
  }

  /**
   * The input of this moment.
   *
   * @throws DivergenceException where the machine never stopped at the moment of an input
   */
  @Override
  public Input next(long now) {
    TimedInput ahead = events.peek();
    if (ahead == null || ahead.now() > now) {
      return null;
    }
    if (ahead.now() < now) {
      throw new DivergenceException(
          now, "no instruction ended at %d, where an input came".formatted(ahead.now()));
    }
    return events.next().input();
  }

  @Override
  public long idle(long now, long nextEvent) {
    return Math.min(nextEvent, horizon(now));
  }

  @Override
  public State state() {
    EventCursor.Position position = events.position();
    return new State(position.frame(), position.offset(), position.now());
  }

  @Override
  public void restore(State state) {
    events.seek(new EventCursor.Position(state.frame(), state.offset(), state.now()));
  }
}
