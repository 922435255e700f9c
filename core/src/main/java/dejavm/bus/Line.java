package dejavm.bus;

/** The driving end of a wire: an interrupt pin, a gate. */
@FunctionalInterface
public interface Line {
  /** A line connected to nothing. */
  Line NONE = level -> {};

  /** Drives the line; driving it to the level that it has already changes nothing. */
  void set(boolean level);
}
