package dejavm.device;

import dejavm.bus.Outputs;
import dejavm.machine.EventQueue;
import java.util.ArrayList;
import java.util.List;

/** Time and outputs for chips under test; a tick is a nanosecond unless said otherwise. */
public final class Workbench implements Outputs {
  public static final long MICROSECOND = 1000;
  public static final long MILLISECOND = 1000 * MICROSECOND;
  public static final long SECOND = 1000 * MILLISECOND;

  public final EventQueue time;

  /** Every output in the order it came. */
  public final List<String> log = new ArrayList<>();

  public Workbench() {
    this(SECOND);
  }

  public Workbench(long frequency) {
    time = new EventQueue(frequency);
  }

  /** Lets time pass, stopping wherever a timer is due. */
  public void pass(long ticks) {
    until(time.now() + ticks);
  }

  /** Lets time reach a moment, stopping wherever a timer is due. */
  public void until(long moment) {
    while (time.nextDue() <= moment) {
      time.advance(Math.max(time.nextDue(), time.now()));
    }
    time.advance(moment);
  }

  /** What came out since this was last asked. */
  public List<String> taken() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  @Override
  public void serial(int port, int value) {
    log.add("serial %d %02x".formatted(port, value));
  }

  @Override
  public void serialReady(int port, int credits) {
    log.add("ready %d %d".formatted(port, credits));
  }

  @Override
  public void debugConsole(int value) {
    log.add("debug %02x".formatted(value));
  }

  @Override
  public void debugExit(int code) {
    log.add("exit " + code);
  }

  @Override
  public void keyboardLeds(int leds) {
    log.add("leds " + leds);
  }

  @Override
  public void speaker(int hertz) {
    log.add("speaker " + hertz);
  }
}
