package dejavm.device.timer;

import dejavm.bus.Outputs;
import dejavm.bus.Stateful;

/**
 * The loudspeaker and the gate in front of it: it sounds the square wave of the timer's counter 2
 * while port 0x61 lets it.
 *
 * <p>Only tones come out; clicks made by moving the gate by hand do not. Source: IBM PC AT
 * technical reference, 1984, speaker.
 */
public final class Speaker implements Stateful<Speaker.State> {
  /** The tone in hertz, 0 for none, and whether it is let through. */
  public record State(int tone, boolean open) {}

  private final Outputs outputs;
  private int tone;
  private boolean open;

  public Speaker(Outputs outputs) {
    this.outputs = outputs;
  }

  void tone(int hertz) {
    change(hertz, open);
  }

  void open(boolean level) {
    change(tone, level);
  }

  private void change(int hertz, boolean level) {
    int before = open ? tone : 0;
    tone = hertz;
    open = level;
    int after = open ? tone : 0;
    if (before != after) {
      outputs.speaker(after);
    }
  }

  @Override
  public State state() {
    return new State(tone, open);
  }

  @Override
  public void restore(State state) {
    tone = state.tone;
    open = state.open;
  }
}
