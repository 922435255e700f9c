package dejavm.bus;

/** What the board tells a CPU. {@link #INTR} and {@link #A20} are levels, the others latch. */
public enum Signal {
  /** Maskable interrupt request; value 0 or 1. */
  INTR,
  NMI,
  SMI,
  INIT,
  /** Start-up inter-processor interrupt; the value is the vector. */
  SIPI,
  RESET,
  /** Address line 20: value 0 forces bit 20 of physical addresses to 0, 1 lets it pass. */
  A20,
  /** IGNNE#: numeric errors are ignored until FERR is withdrawn; value 0 or 1. */
  IGNNE,
  /** Power is gone: the CPU stops for good. */
  POWER_OFF,
  /** The task priority, CR8, was written in the local APIC; value 0 to 15. */
  TASK_PRIORITY
}
