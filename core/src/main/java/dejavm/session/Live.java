package dejavm.session;

import dejavm.bus.Inputs;
import dejavm.bus.Outputs;
import dejavm.machine.Machine;

/** A run that is not recorded. */
public final class Live implements Run {
  private final Machine machine;

  public Live(Setup setup, Inputs live, Outputs outputs) {
    machine = setup.build(live, outputs);
  }

  @Override
  public Machine machine() {
    return machine;
  }

  @Override
  public Machine.Stop run(long until) {
    return machine.run(until);
  }
}
