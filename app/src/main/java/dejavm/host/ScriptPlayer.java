package dejavm.host;

import dejavm.bus.Input;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Performs a script. What it does, and when, follows from the guest's output and guest time alone.
 */
final class ScriptPlayer {
  private record Stroke(long due, Input input) {}

  private static final int STROKES_PER_SECOND = 50;

  private final List<Script.Action> actions;
  private final long frequency;
  private int index;
  private boolean quitting;

  // what is under way: at most one of them
  private final Deque<Stroke> strokes = new ArrayDeque<>();
  private byte[] typing = {};
  private int typed;
  private byte[] awaited;
  private boolean found;
  private long resume;

  /** The output since the last match. */
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

  private byte[] tail = {};
  private int tailLength;

  ScriptPlayer(Script script, long frequency) {
    this.actions = script.actions();
    this.frequency = frequency;
  }

  /** Whether the script wants the run to end. */
  boolean quitting() {
    return quitting;
  }

  /** A byte came out of the serial console. */
  void output(int value) {
    if (awaited != null && !found) {
      compare(value);
    } else if (index < actions.size()) {
      seen.write(value);
    }
  }

  /**
   * When {@link #next} will have something to do: a moment, 0 for at once, {@link Long#MAX_VALUE}
   * where that depends on the guest or nothing is left.
   *
   * @param credits bytes that the console takes
   */
  long due(int credits) {
    if (quitting) {
      return Long.MAX_VALUE;
    }
    if (!strokes.isEmpty()) {
      return strokes.peek().due;
    }
    if (typed < typing.length) {
      return credits > 0 ? 0 : Long.MAX_VALUE;
    }
    if (awaited != null) {
      return found ? 0 : Long.MAX_VALUE;
    }
    return index < actions.size() ? resume : Long.MAX_VALUE;
  }

  /** The next input that is due, or null. */
  Input next(long now, int credits) {
    while (due(credits) <= now) {
      if (!strokes.isEmpty()) {
        return strokes.remove().input;
      }
      if (typed < typing.length) {
        int from = typed;
        typed = Math.min(typing.length, typed + credits);
        return new Input.SerialBytes(0, Arrays.copyOfRange(typing, from, typed));
      }
      if (awaited != null) {
        awaited = null;
      } else {
        begin(actions.get(index++), now);
      }
    }
    return null;
  }

  private void begin(Script.Action action, long now) {
    switch (action) {
      case Script.Action.Wait(byte[] text) -> await(text);
      case Script.Action.Type(byte[] text) -> {
        typing = text;
        typed = 0;
      }
      case Script.Action.Keys(List<Integer> codes) -> press(codes, now);
      case Script.Action.Sleep(double seconds) -> resume = now + (long) (seconds * frequency);
      case Script.Action.Change(int bay, String medium) ->
          strokes.add(new Stroke(now, new Input.MediaChange(bay, medium)));
      case Script.Action.PowerOff() -> strokes.add(new Stroke(now, new Input.PowerButton()));
      case Script.Action.Quit() -> quitting = true;
    }
  }

  private void press(List<Integer> codes, long now) {
    long due = now;
    for (int code : codes) {
      strokes.add(new Stroke(due, new Input.Key(code, true)));
      due += frequency / STROKES_PER_SECOND;
    }
    for (int code : codes.reversed()) {
      strokes.add(new Stroke(due, new Input.Key(code, false)));
      due += frequency / STROKES_PER_SECOND;
    }
    resume = due;
  }

  private void await(byte[] text) {
    awaited = text;
    found = false;
    tail = new byte[text.length];
    tailLength = 0;
    byte[] before = seen.toByteArray();
    seen.reset();
    for (byte value : before) {
      output(value & 0xFF);
    }
  }

  private void compare(int value) {
    if (tailLength == tail.length) {
      System.arraycopy(tail, 1, tail, 0, tail.length - 1);
      tailLength--;
    }
    tail[tailLength++] = (byte) value;
    found = Arrays.equals(tail, awaited);
  }
}
