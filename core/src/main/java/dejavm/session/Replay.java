package dejavm.session;

import dejavm.bus.Outputs;
import dejavm.bus.Stateful;
import dejavm.machine.Machine;
import dejavm.record.Boundary;
import dejavm.record.InputReplayer;
import dejavm.record.PlatformReplayer;
import dejavm.record.RecordingReader;

/**
 * A replay, from the first instruction on: of a recording made at the machine boundary with the
 * whole machine, of one made at the cpu boundary with the nucleus alone. There is no board then,
 * and so there are no outputs but the screen.
 */
public final class Replay implements Run {
  private final Machine machine;
  private final Stateful<?> position;
  private final long end;

  public Replay(RecordingReader recording, Outputs outputs) {
    this(recording, Setup.of(recording), outputs);
  }

  /**
   * @param setup the recording's, to be run some way
   */
  public Replay(RecordingReader recording, Setup setup, Outputs outputs) {
    end = recording.lastNow();
    if (recording.header().boundary() == Boundary.MACHINE) {
      InputReplayer inputs = new InputReplayer(recording);
      position = inputs;
      machine = setup.build(inputs, outputs);
    } else {
      PlatformReplayer[] platform = new PlatformReplayer[1];
      machine =
          setup.buildNucleus(nucleus -> platform[0] = new PlatformReplayer(recording, nucleus));
      position = platform[0];
    }
  }

  /** The place in the recording. */
  Stateful<?> position() {
    return position;
  }

  /** The moment at which the recording ends. */
  public long end() {
    return end;
  }

  @Override
  public Machine machine() {
    return machine;
  }

  @Override
  public Machine.Stop run(long until) {
    return machine.run(Math.min(until, end));
  }
}
