package dejavm.device;

import dejavm.bus.Line;

/** A line that remembers its level and how often it rose. */
public final class Probe implements Line {
  private boolean level;
  private int rises;

  @Override
  public void set(boolean level) {
    if (level && !this.level) {
      rises++;
    }
    this.level = level;
  }

  public boolean level() {
    return level;
  }

  /** How often it rose since this was last asked. */
  public int rises() {
    int count = rises;
    rises = 0;
    return count;
  }
}
