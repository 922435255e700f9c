package dejavm.record;

import dejavm.bus.Input;
import dejavm.bus.Inputs;

/**
 * Live inputs, held back at moments that a writer has sealed. Whoever records at the cpu boundary
 * puts this before the board, so that nothing enters at a moment whose state was already hashed.
 */
public final class InputGate implements Inputs {
  private final Inputs live;
  private final RecordingWriter writer;

  public InputGate(Inputs live, RecordingWriter writer) {
    this.live = live;
    this.writer = writer;
  }

  @Override
  public long horizon(long now) {
    return live.horizon(now);
  }

  @Override
  public Input next(long now) {
    return now <= writer.sealed() ? null : live.next(now);
  }

  @Override
  public long idle(long now, long nextEvent) {
    return live.idle(now, nextEvent);
  }
}
