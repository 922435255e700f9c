package dejavm.record;

import dejavm.bus.Input;
import dejavm.bus.Inputs;

/** The machine boundary, inward, recorded: passes live inputs on and logs each with its moment. */
public final class InputRecorder implements Inputs {
  private final InputGate gate;
  private final RecordingWriter writer;

  public InputRecorder(Inputs live, RecordingWriter writer) {
    this.gate = new InputGate(live, writer);
    this.writer = writer;
  }

  @Override
  public long horizon(long now) {
    return gate.horizon(now);
  }

  @Override
  public Input next(long now) {
    Input input = gate.next(now);
    if (input != null) {
      writer.input(now, input);
    }
    return input;
  }

  @Override
  public long idle(long now, long nextEvent) {
    return gate.idle(now, nextEvent);
  }
}
