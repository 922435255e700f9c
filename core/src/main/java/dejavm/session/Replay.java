package dejavm.session;

import dejavm.bus.Outputs;
import dejavm.machine.Machine;
import dejavm.record.Boundary;
import dejavm.record.InputReplayer;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;

/** A replay, from the first instruction on, of a recording made at the machine boundary. */
public final class Replay implements Run {
  private final InputReplayer inputs;
  private final Machine machine;

  public Replay(RecordingReader recording, Outputs outputs) {
    this(recording, Setup.of(recording), outputs, Setup.TLB_ENTRIES);
  }

  Replay(RecordingReader recording, Setup setup, Outputs outputs, int tlbEntries) {
    if (recording.header().boundary() != Boundary.MACHINE) {
      throw new RecordingException("made at the cpu boundary, which cannot be replayed yet");
    }
    inputs = new InputReplayer(recording);
    machine = setup.build(inputs, outputs, tlbEntries);
  }

  InputReplayer inputs() {
    return inputs;
  }

  /** The moment at which the recording ends. */
  public long end() {
    return inputs.end();
  }

  @Override
  public Machine machine() {
    return machine;
  }

  @Override
  public Machine.Stop run(long until) {
    return machine.run(Math.min(until, inputs.end()));
  }
}
