package dejavm.record;

import dejavm.bus.Nucleus;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import java.util.List;
import java.util.TreeMap;

/**
 * The cpu boundary, outward, replayed: answers what the board answered, and lets happen to the
 * nucleus what the board did to it. There is no board.
 *
 * <p>The board's effects while it was wired are due at the moment 0: {@link #horizon} says so, and
 * {@link #advance} is to be called before the first instruction. Wherever the sequence of calls
 * cannot be the recorded one this throws a {@link DivergenceException}. Frames end between
 * instructions; each is read when the moment is reached at which the one before it ends.
 */
public final class PlatformReplayer implements Platform, Stateful<PlatformReplayer.State> {
  /**
   * A place in the recording.
   *
   * @param frame which frame of calls
   * @param calls calls made since power-on
   * @param hash the rolling hash over them
   * @param answers offset in the frame's column of answers
   * @param effects offset in its column of effects
   * @param groupCalls number of calls from which the next effects count
   * @param groupNow moment from which the next effects count
   * @param checks offset in its column of checks
   * @param trace offset in its column of calls in full
   * @param tracedNow moment from which the next call in full counts
   * @param reached the last moment advanced to
   */
  public record State(
      int frame,
      long calls,
      long hash,
      int answers,
      int effects,
      long groupCalls,
      long groupNow,
      int checks,
      int trace,
      long tracedNow,
      long reached) {}

  /** In place of a moment: under a call. */
  private static final long UNDER_CALL = -1;

  private final RecordingReader recording;
  private final Nucleus nucleus;
  private final List<Frame> frames;
  private final TreeMap<Integer, byte[]> roms;
  private final long end;

  private int number;
  private Frame frame;
  private CallFrame columns;
  private long calls;
  private long hash;
  private long reached = -1;
  private long tracedNow;

  // the next effects: where they begin, and when they happen
  private int groupAt;
  private long groupFromCalls;
  private long groupFromNow;
  private boolean groupAhead;
  private long groupCalls;
  private long groupNow;

  /** Replays from power-on. */
  public PlatformReplayer(RecordingReader recording, Nucleus nucleus) {
    this(recording, nucleus, 0);
  }

  /** Replays from a snapshot. */
  public static PlatformReplayer fromSnapshot(
      RecordingReader recording, Nucleus nucleus, int snapshot) {
    int sequence = recording.frames(FrameKind.SNAPSHOT).get(snapshot).sequence();
    int before =
        (int)
            recording.frames(FrameKind.CALLS).stream()
                .filter(frame -> frame.sequence() < sequence)
                .count();
    return new PlatformReplayer(recording, nucleus, before);
  }

  private PlatformReplayer(RecordingReader recording, Nucleus nucleus, int first) {
    this.recording = recording;
    this.nucleus = nucleus;
    this.frames = recording.frames(FrameKind.CALLS);
    this.roms = recording.roms();
    this.end = recording.lastNow();
    if (first < frames.size()) {
      load(first);
      calls = columns.span.first();
      hash = columns.span.hashBefore();
      reached = first == 0 ? -1 : frame.firstNow();
    } else {
      number = frames.size();
      hash = CallHash.START;
      reached = end;
    }
  }

  /** The last moment that may be replayed: the machine stops there. */
  public long end() {
    return end;
  }

  @Override
  public long read(long now, int cpu, Space space, long address, int size) {
    long what = CallHash.what(CallHash.READ, cpu, CallHash.code(space), size);
    begin(what, now, address);
    long value = answer(what, now, address);
    finish(what, now, address, value);
    return value;
  }

  @Override
  public void write(long now, int cpu, Space space, long address, int size, long value) {
    long what = CallHash.what(CallHash.WRITE, cpu, CallHash.code(space), size);
    begin(what, now, address);
    finish(what, now, address, value);
  }

  @Override
  public int acknowledgeInterrupt(long now, int cpu) {
    long what = CallHash.what(CallHash.ACKNOWLEDGE, cpu, 0, 0);
    begin(what, now, 0);
    long vector = answer(what, now, 0);
    finish(what, now, 0, vector);
    return (int) vector;
  }

  @Override
  public void pin(long now, int cpu, Pin pin, boolean level) {
    long what = CallHash.what(CallHash.PIN, cpu, CallHash.code(pin), 0);
    begin(what, now, 0);
    finish(what, now, 0, level ? 1 : 0);
  }

  /** The moment of the next effects that come with time, or the end of what is read. */
  @Override
  public long horizon() {
    if (frame == null) {
      return Long.MAX_VALUE;
    }
    look();
    if (groupAhead && groupNow != UNDER_CALL) {
      return groupNow;
    }
    return reached < frame.lastNow() ? frame.lastNow() : Long.MAX_VALUE;
  }

  @Override
  public void advance(long now) {
    reached = Math.max(reached, now);
    while (frame != null) {
      happen(now);
      if (now < frame.lastNow() || number + 1 >= frames.size()) {
        if (now >= frame.lastNow()) {
          demandAllUsed(now);
        }
        return;
      }
      demandAllUsed(now);
      load(number + 1);
      if (columns.span.first() != calls || columns.span.hashBefore() != hash) {
        throw RecordingException.damaged(
            frame.position(), "the calls of the frame do not follow those of the one before it");
      }
    }
  }

  @Override
  public long idle(long now, long until) {
    return Math.min(until, Math.max(horizon(), now + 1));
  }

  @Override
  public State state() {
    return new State(
        number,
        calls,
        hash,
        columns == null ? 0 : columns.answers.position(),
        groupAhead || columns == null ? groupAt : columns.effects.position(),
        groupFromCalls,
        groupFromNow,
        columns == null ? 0 : columns.checks.position(),
        columns == null ? 0 : columns.trace.position(),
        tracedNow,
        reached);
  }

  @Override
  public void restore(State state) {
    if (state.frame() < frames.size()) {
      if (state.frame() != number || columns == null) {
        load(state.frame());
      }
      columns.answers.seek(state.answers());
      columns.effects.seek(state.effects());
      columns.checks.seek(state.checks());
      columns.trace.seek(state.trace());
    }
    calls = state.calls();
    hash = state.hash();
    groupAhead = false;
    groupFromCalls = state.groupCalls();
    groupFromNow = state.groupNow();
    tracedNow = state.tracedNow();
    reached = state.reached();
  }

  private void load(int next) {
    number = next;
    frame = frames.get(next);
    columns = CallFrame.read(recording.open(frame));
    groupAhead = false;
    groupFromCalls = columns.span.first();
    groupFromNow = frame.firstNow();
    tracedNow = frame.firstNow();
  }

  /** Reads when the next effects happen. */
  private void look() {
    BytesIn in = columns.effects;
    if (groupAhead || in.remaining() == 0) {
      return;
    }
    groupAt = in.position();
    long head = in.varint();
    groupCalls = groupFromCalls + (head >>> 1);
    groupNow = (head & 1) != 0 ? groupFromNow + in.varint() : UNDER_CALL;
    groupAhead = true;
  }

  private void applyGroup() {
    BytesIn in = columns.effects;
    for (int left = in.count(2); left > 0; left--) {
      EffectCodec.apply(in, nucleus, this::rom);
    }
    groupFromCalls = groupCalls;
    groupFromNow = groupNow == UNDER_CALL ? groupFromNow : groupNow;
    groupAhead = false;
  }

  /** What is due at this moment happens. */
  private void happen(long now) {
    look();
    while (groupAhead && groupNow != UNDER_CALL && groupNow <= now) {
      if (groupNow < now) {
        throw new DivergenceException(
            now, "no instruction ended at %d, where the board acted".formatted(groupNow));
      }
      if (groupCalls > calls) {
        throw new DivergenceException(
            now, "%d platform calls were made, %d were recorded".formatted(calls, groupCalls));
      }
      if (groupCalls < calls) {
        throw damaged("effects stand after calls that follow them");
      }
      applyGroup();
      look();
    }
  }

  private void begin(long what, long now, long address) {
    if (frame == null || calls - columns.span.first() >= columns.span.count()) {
      throw new DivergenceException(
          now,
          "%s is call %d, where none was recorded"
              .formatted(CallHash.text(what, now, address), calls));
    }
    if (columns.trace.remaining() > 0) {
      compare(what, now, address);
    }
    look();
    if (groupAhead && groupNow != UNDER_CALL && groupCalls <= calls) {
      throw new DivergenceException(
          now,
          "%s comes before what the board did at %d"
              .formatted(CallHash.text(what, now, address), groupNow));
    }
  }

  private void compare(long what, long now, long address) {
    BytesIn in = columns.trace;
    long recordedWhat = in.varint();
    tracedNow += in.zigzag();
    long recordedAddress = in.varint();
    if (recordedWhat != what || tracedNow != now || recordedAddress != address) {
      throw new DivergenceException(
          now,
          "call %d was %s, is %s"
              .formatted(
                  calls,
                  CallHash.text(recordedWhat, tracedNow, recordedAddress),
                  CallHash.text(what, now, address)));
    }
  }

  private long answer(long what, long now, long address) {
    if (columns.answers.remaining() == 0) {
      throw new DivergenceException(
          now,
          "%s is call %d, for which no answer was recorded"
              .formatted(CallHash.text(what, now, address), calls));
    }
    return columns.answers.varint();
  }

  private void finish(long what, long now, long address, long value) {
    look();
    if (groupAhead && groupNow == UNDER_CALL && groupCalls == calls) {
      applyGroup();
    }
    calls++;
    hash = CallHash.next(hash, what, now, address, value);
    long done = calls - columns.span.first();
    if (done % CallFrame.CHECK_INTERVAL == 0 && columns.checks.u32() != (int) hash) {
      throw differs(what, now, address, CallFrame.CHECK_INTERVAL);
    }
    if (done == columns.span.count() && hash != columns.span.hashAfter()) {
      throw differs(what, now, address, done % CallFrame.CHECK_INTERVAL);
    }
  }

  private DivergenceException differs(long what, long now, long address, long within) {
    return new DivergenceException(
        now,
        "one of the last %d platform calls up to call %d, %s, differs from the recorded one"
            .formatted(within, calls - 1, CallHash.text(what, now, address)));
  }

  /** At the end of a frame all that stands in it must have happened. */
  private void demandAllUsed(long now) {
    long count = columns.span.first() + columns.span.count();
    if (calls < count) {
      throw new DivergenceException(
          now, "%d platform calls were made, %d were recorded".formatted(calls, count));
    }
    look();
    if (groupAhead || columns.answers.remaining() > 0) {
      throw damaged("a frame holds more answers or effects than its calls use");
    }
  }

  private byte[] rom(int which) {
    byte[] bytes = roms.get(which);
    if (bytes == null) {
      throw damaged("read-only memory " + which + " is missing");
    }
    return bytes;
  }

  private RecordingException damaged(String reason) {
    return RecordingException.damaged(frame.position(), reason);
  }
}
