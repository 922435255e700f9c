package dejavm.bus;

/**
 * A wire from several sources to one sink; it is high while any source drives it. The levels are
 * its state.
 */
public final class Wire implements Stateful<Wire.State> {
  public record State(long levels) {}

  private final Line sink;
  private int sources;
  private long levels;

  public Wire(Line sink) {
    this.sink = sink;
  }

  /** Adds a source; at most 64, while the machine is wired. */
  public Line source() {
    if (sources == 64) {
      throw new IllegalStateException("a wire has at most 64 sources");
    }
    long bit = 1L << sources++;
    return level -> drive(bit, level);
  }

  public boolean level() {
    return levels != 0;
  }

  private void drive(long bit, boolean level) {
    boolean before = levels != 0;
    levels = level ? levels | bit : levels & ~bit;
    if (before != (levels != 0)) {
      sink.set(!before);
    }
  }

  @Override
  public State state() {
    return new State(levels);
  }

  @Override
  public void restore(State state) {
    levels = state.levels;
  }
}
