package dejavm.host;

import dejavm.bus.Input;
import dejavm.bus.Inputs;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Everything that comes into a machine while it runs: bytes for its serial ports, what a script
 * does, buttons. Reader threads put it in, the machine's thread polls about every millisecond of
 * guest time and takes it out.
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

  private final Pace pace;
  private final WallClock clock;
  private final Pacer pacer;
  private final ScriptPlayer script;
  private final long interval;
  private final Queue<Input> buttons = new ConcurrentLinkedQueue<>();
  private final ByteQueue[] sources = new ByteQueue[PORTS];
  private final int[] credits = new int[PORTS];
  private boolean interactive;
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
    this.pace = pace;
    this.clock = clock;
    this.pacer = new Pacer(frequency, clock);
    this.script = new ScriptPlayer(script, frequency);
    this.interval = Math.min(frequency / 1000, 1_000_000);
  }

  /**
   * Connects a live source of bytes to a serial port.
   *
   * @param interactive whether buttons can be pushed there as well
   */
  public void connect(int port, ByteQueue source, boolean interactive) {
    sources[port] = source;
    this.interactive |= interactive;
  }

  // ---- from any thread ----

  /** A button or key. */
  public void push(Input input) {
    buttons.add(input);
    clock.wake();
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
    long due = script.due(credits[CONSOLE]);
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
    long limit = Math.max(now + 1, Math.min(nextEvent, script.due(credits[CONSOLE])));
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
    return !live() && script.due(credits[CONSOLE]) == Long.MAX_VALUE && buttons.isEmpty();
  }

  /** Whether the script will do something without waiting for the guest. */
  boolean scripted() {
    return script.due(credits[CONSOLE]) != Long.MAX_VALUE;
  }

  boolean interactive() {
    return interactive && live();
  }

  private Input take(long now) {
    Input button = buttons.poll();
    if (button != null) {
      return button;
    }
    Input scripted = script.next(now, credits[CONSOLE]);
    if (scripted instanceof Input.SerialBytes bytes) {
      credits[CONSOLE] -= bytes.bytes().length;
    }
    return scripted == null ? serial() : scripted;
  }

  private Input serial() {
    for (int port = 0; port < PORTS; port++) {
      if (credits[port] > 0 && sources[port] != null) {
        byte[] bytes = sources[port].take(credits[port]);
        if (bytes.length > 0) {
          credits[port] -= bytes.length;
          return new Input.SerialBytes(port, bytes);
        }
      }
    }
    return null;
  }

  private boolean deliverable(long now) {
    if (!buttons.isEmpty() || script.due(credits[CONSOLE]) <= now) {
      return true;
    }
    for (int port = 0; port < PORTS; port++) {
      if (credits[port] > 0 && sources[port] != null && !sources[port].isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private boolean live() {
    for (ByteQueue source : sources) {
      if (source != null && !source.ended()) {
        return true;
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
