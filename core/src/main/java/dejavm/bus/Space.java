package dejavm.bus;

/** The address spaces that a CPU can address outside itself. */
public enum Space {
  /** 64 Ki I/O ports. */
  PORT,
  /** Physical memory. */
  MEMORY,
  /** Model-specific registers that belong to the board: those of the local APIC. */
  MSR
}
