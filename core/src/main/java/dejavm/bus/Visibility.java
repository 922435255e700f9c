package dejavm.bus;

/** In which processor modes a mapping is seen. */
public enum Visibility {
  ALWAYS,
  /**
   * In system management mode only; elsewhere what was mapped there before is seen. Devices do not
   * see it. A later mapping hides it where they overlap, as any other.
   */
  SMM_ONLY
}
