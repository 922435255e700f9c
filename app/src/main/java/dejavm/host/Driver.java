package dejavm.host;

import dejavm.bus.Timer;
import dejavm.cpu.Cpu;
import dejavm.cpu.Flags;
import dejavm.device.irq.LocalApic;
import dejavm.device.irq.PicPair;
import dejavm.machine.EventQueue;
import dejavm.machine.Machine;
import dejavm.session.Run;

/** Drives a machine that meets the outer world, until something ends it. */
public final class Driver {
  private static final long SECOND = 1_000_000_000;

  /** Slices end at least so often, in ticks, however fast the guest's clock is. */
  private static final long LONGEST_SLICE = 2_000_000;

  private final Run run;
  private final HostOutputs outputs;
  private final LiveInputs inputs;
  private final WallClock clock;
  private final Interruption interruption;
  private final Runnable everySlice;
  private final Runnable everySecond;

  /**
   * @param everySlice called after some milliseconds of guest time, between two instructions
   * @param everySecond called about once a second of wall time, between two instructions
   */
  public Driver(
      Run run,
      HostOutputs outputs,
      LiveInputs inputs,
      WallClock clock,
      Interruption interruption,
      Runnable everySlice,
      Runnable everySecond) {
    this.run = run;
    this.outputs = outputs;
    this.inputs = inputs;
    this.clock = clock;
    this.interruption = interruption;
    this.everySlice = everySlice;
    this.everySecond = everySecond;
  }

  /**
   * Drives.
   *
   * @param frequency ticks in a second of guest time
   * @param until the moment at which to stop, {@link Long#MAX_VALUE} for none
   */
  public Ending drive(long frequency, long until) {
    long slice = Math.min(frequency / 100, LONGEST_SLICE);
    long second = clock.nanos();
    while (true) {
      long now = run.machine().now();
      Machine.Stop stop = run.run(until - now <= slice ? until : now + slice);
      outputs.flush();
      everySlice.run();
      if (stop == Machine.Stop.OFF) {
        return outputs.ending();
      }
      Ending ending = ending(until);
      if (ending != null) {
        return ending;
      }
      if (clock.nanos() - second >= SECOND) {
        second = clock.nanos();
        everySecond.run();
      }
    }
  }

  private Ending ending(long until) {
    if (outputs.failure() != null) {
      return new Ending.Failed(outputs.failure());
    }
    if (interruption.requested()) {
      return new Ending.Interrupted();
    }
    if (inputs.quitting()) {
      return new Ending.Quit();
    }
    if (run.machine().now() >= until) {
      return new Ending.Until();
    }
    return until == Long.MAX_VALUE && stuck() ? new Ending.Stuck() : null;
  }

  /** Whether the processor waits for an interrupt that cannot come. */
  private boolean stuck() {
    Cpu cpu = run.machine().processor().cpu();
    if (cpu.activity != Cpu.Activity.HALTED || inputs.interactive()) {
      return false;
    }
    if ((cpu.systemFlags & Flags.IF) == 0 || masked()) {
      return !inputs.scripted();
    }
    EventQueue time = (EventQueue) run.machine().components().get("time");
    return time.nextDue() == Timer.NEVER && inputs.exhausted();
  }

  /** Whether the interrupt controllers let nothing through. */
  private boolean masked() {
    PicPair.State pics = ((PicPair) run.machine().components().get("pic")).state();
    LocalApic apic = (LocalApic) run.machine().components().get("apic");
    return (pics.master().imr() & 0xFF) == 0xFF && !apic.takesInterrupts();
  }
}
