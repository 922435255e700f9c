package dejavm.bus;

/** What a CPU tells the board by itself. */
public enum Pin {
  /** Floating-point error (CR0.NE = 0): the board turns it into IRQ 13. */
  FERR,
  /** The CPU shut down: a triple fault. PC boards answer with a reset. */
  SHUTDOWN
}
