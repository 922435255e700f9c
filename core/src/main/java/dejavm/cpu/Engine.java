package dejavm.cpu;

/** What executes instructions. Which one it is cannot be told from what the guest computes. */
public interface Engine {
  /** Why an engine returned. */
  enum Stop {
    /** The time asked for, or the platform's horizon, is reached. */
    UNTIL,
    /** The CPU is halted and no event that would wake it is pending. */
    HALTED,
    /** Power is off. */
    OFF
  }

  /**
   * Executes until {@code cpu.now() >= until}, or earlier where a platform call moved the horizon.
   * Stops at instruction boundaries and between iterations of repeated instructions. Where it stops
   * cannot be observed by the guest.
   */
  default Stop run(Cpu cpu, long until) {
    return run(cpu, until, until);
  }

  /**
   * The same, but from {@code enough} on it may stop wherever that is cheapest: to stop at just the
   * instruction can cost as much as to execute thousands.
   */
  Stop run(Cpu cpu, long enough, long until);

  /** Forgets all decoded code, as after memory was restored. */
  void forget();
}
