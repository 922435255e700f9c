package dejavm.host;

import dejavm.bus.Input;
import dejavm.bus.Inputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

/**
 * Everything that comes into a machine while it runs: bytes for its serial ports, what a script
 * does, keys, buttons. Reader threads put it in, the machine's thread polls about every millisecond
 * of guest time and takes it out. Keys come no faster than a keyboard can tell them, movements no
 * faster than a mouse can, which shows each button pressed in a sample of its own.
 *
 * <p>Here guest time meets the wall. With {@link Pace#REAL} it never runs ahead of it. With {@link
 * Pace#MAX} execution may, and idling takes no time at all unless a live source is attached that
 * has not ended: then idling lasts as long as it says.
 */
public final class LiveInputs implements Inputs, SerialPeer {
  /** Serial ports of the board. */
  public static final int PORTS = 2;

  /** Where the serial console is. */
  private static final int CONSOLE = 0;

  /** Keys that a keyboard can tell of in a second: at most five bytes each, of 0.7 ms. */
  private static final int KEYS_PER_SECOND = 250;

  /** Samples of a mouse in a second. */
  private static final int SAMPLES_PER_SECOND = 100;

  /** How far a mouse can move in a sample. */
  private static final int FARTHEST = 255;

  /** Keys and buttons that may wait; who pushes more waits. */
  private static final int CROWD = 256;

  private static final int CROWD_MILLISECONDS = 5;

  private final long frequency;
  private final Pace pace;
  private final WallClock clock;
  private final Pacer pacer;
  private final ScriptPlayer script;
  private final long interval;
  private final Queue<Input> buttons = new ConcurrentLinkedQueue<>();

  /** Keys and the pointer, which wait for one another. */
  private final LinkedBlockingQueue<Input> strokes = new LinkedBlockingQueue<>();

  private final List<List<ByteQueue>> sources =
      Stream.generate(() -> (List<ByteQueue>) new ArrayList<ByteQueue>()).limit(PORTS).toList();
  private final int[] credits = new int[PORTS];
  private boolean interactive;
  private boolean attended;
  private long nextKey;
  private long nextClick;
  private long nextMove;
  private int held;
  private long nextPoll;
  private volatile boolean quit;
  private volatile boolean stopped;

  /**
   * Inputs for a machine that is about to be powered on.
   *
   * @param frequency ticks in a second of guest time
   * @param script what drives the guest, {@link Script#NONE} for nothing
   */
  public LiveInputs(long frequency, Pace pace, WallClock clock, Script script) {
    this.frequency = frequency;
    this.pace = pace;
    this.clock = clock;
    this.pacer = new Pacer(frequency, clock);
    this.script = new ScriptPlayer(script, frequency);
    this.interval = Math.min(frequency / 1000, 1_000_000);
  }

  /**
   * Connects a live source of bytes to a serial port, beside others if there are any.
   *
   * @param interactive whether buttons can be pushed there as well
   */
  public void connect(int port, ByteQueue source, boolean interactive) {
    sources.get(port).add(source);
    this.interactive |= interactive;
  }

  /** Displays are there: as long as the run lasts somebody may come and push a key or a button. */
  public void attend() {
    attended = true;
  }

  // ---- from any thread ----

  /** A button or key. */
  public void push(Input input) {
    boolean stroke = input instanceof Input.Key || input instanceof Input.Pointer;
    (stroke ? strokes : buttons).add(input);
    clock.wake();
  }

  /** A key or button from somebody who may push any number of them: waits for room. */
  public void pushInTurn(Input input) throws InterruptedException {
    while (strokes.size() >= CROWD && !over()) {
      Thread.sleep(CROWD_MILLISECONDS);
    }
    push(input);
  }

  /** Something was put into a source, or it ended. */
  public void arrived() {
    clock.wake();
  }

  /** The user wants the run to end. */
  public void quit() {
    quit = true;
    clock.wake();
  }

  /** Whether the user, or the script, wants the run to end. */
  public boolean quitting() {
    return quit || script.quitting();
  }

  /** Waits no longer: the run is about to end. */
  public void stop() {
    stopped = true;
    clock.wake();
  }

  // ---- from the machine ----

  @Override
  public void ready(int port, int more) {
    credits[port] += more;
  }

  @Override
  public void sent(int port, int value) {
    if (port == CONSOLE) {
      script.output(value);
    }
  }

  @Override
  public long horizon(long now) {
    if (deliverable(now)) {
      return now + 1;
    }
    long due = due();
    boolean polls = pace == Pace.REAL || live();
    return Math.max(now + 1, polls ? Math.min(due, nextPoll) : due);
  }

  @Override
  public Input next(long now) {
    Input input = take(now);
    if (input == null && now >= nextPoll) {
      nextPoll = now + interval;
      if (pace == Pace.REAL) {
        throttle(now);
      }
    }
    return input;
  }

  @Override
  public long idle(long now, long nextEvent) {
    if (deliverable(now)) {
      return now + 1;
    }
    long limit = Math.max(now + 1, Math.min(nextEvent, due()));
    if (pace == Pace.MAX) {
      if (!live()) {
        return limit;
      }
      pacer.forgive(now);
    }
    pacer.at(now);
    for (long left = pacer.until(limit); left > 0 && !over(); left = pacer.until(limit)) {
      clock.sleep(left);
      if (deliverable(now)) {
        return Math.clamp(pacer.reached(), now + 1, limit);
      }
    }
    return limit;
  }

  /** Whether anything can still come by itself, other than a button. */
  boolean exhausted() {
    return !live() && due() == Long.MAX_VALUE;
  }

  /** Whether the script will do something without waiting for the guest. */
  boolean scripted() {
    return script.due(credits[CONSOLE]) != Long.MAX_VALUE;
  }

  boolean interactive() {
    return attended || interactive && live();
  }

  private Input take(long now) {
    Input button = buttons.poll();
    if (button != null) {
      return button;
    }
    if (strokeDue() <= now) {
      Input stroke = strokes.remove();
      pace(stroke, now);
      return stroke;
    }
    Input scripted = script.next(now, credits[CONSOLE]);
    if (scripted instanceof Input.SerialBytes bytes) {
      credits[CONSOLE] -= bytes.bytes().length;
    }
    return scripted == null ? serial() : scripted;
  }

  private Input serial() {
    for (int port = 0; port < PORTS; port++) {
      if (credits[port] > 0) {
        for (ByteQueue source : sources.get(port)) {
          byte[] bytes = source.take(credits[port]);
          if (bytes.length > 0) {
            credits[port] -= bytes.length;
            return new Input.SerialBytes(port, bytes);
          }
        }
      }
    }
    return null;
  }

  /** When a button, key or movement may come next, or the script does something. */
  private long due() {
    return buttons.isEmpty() ? Math.min(strokeDue(), script.due(credits[CONSOLE])) : 0;
  }

  /** When the next key or movement may come; {@link Long#MAX_VALUE} if there is none. */
  private long strokeDue() {
    return switch (strokes.peek()) {
      case null -> Long.MAX_VALUE;
      case Input.Key _ -> nextKey;
      case Input.Pointer pointer when pointer.buttons() != held -> Math.max(nextClick, nextMove);
      case Input.Pointer _ -> nextMove;
      default -> 0;
    };
  }

  /** What comes next of its kind has to wait until this was told. */
  private void pace(Input stroke, long now) {
    if (stroke instanceof Input.Key) {
      nextKey = now + frequency / KEYS_PER_SECOND;
    } else if (stroke instanceof Input.Pointer pointer) {
      long sample = frequency / SAMPLES_PER_SECOND;
      int farthest = Math.max(Math.abs(pointer.dx()), Math.abs(pointer.dy()));
      // way back would be taken from way there that was not told yet
      nextMove = now + (farthest > FARTHEST ? (farthest / FARTHEST + 1) * sample : 0);
      nextClick = pointer.buttons() == held ? nextClick : now + sample;
      held = pointer.buttons();
    }
  }

  private boolean deliverable(long now) {
    if (due() <= now) {
      return true;
    }
    for (int port = 0; port < PORTS; port++) {
      if (credits[port] > 0 && isWaiting(sources.get(port))) {
        return true;
      }
    }
    return false;
  }

  // Asked before every slice: loops, as streams would cost more than the rest.

  private static boolean isWaiting(List<ByteQueue> queues) {
    for (ByteQueue queue : queues) {
      if (!queue.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private boolean live() {
    if (attended) {
      return true;
    }
    for (List<ByteQueue> queues : sources) {
      for (ByteQueue queue : queues) {
        if (!queue.ended()) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean over() {
    return stopped || quit;
  }

  /** Lets the wall catch up with what was executed. */
  private void throttle(long now) {
    pacer.at(now);
    for (long left = pacer.until(now); left > 0 && !over(); left = pacer.until(now)) {
      clock.sleep(left);
    }
  }
}
