package dejavm.session;

import dejavm.machine.Machine;

/** A machine under way, whoever drives it. */
public interface Run {
  Machine machine();

  /** Runs until a moment, or until power is off; for a replay, no further than its recording. */
  Machine.Stop run(long until);
}
