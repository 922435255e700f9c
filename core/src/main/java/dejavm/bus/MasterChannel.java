package dejavm.bus;

/**
 * A channel of a bus master, as the device on it sees it. The device offers or wants bytes; the
 * master moves as many as the guest programmed it for, into or out of memory, at once.
 */
public interface MasterChannel {
  /**
   * While wiring: what is done when the guest starts the channel, so that a device which could not
   * move all of its bytes goes on. Can be called several times.
   */
  void attach(Runnable started);

  /** Moves bytes from the device into memory; how many the master took. */
  int store(byte[] from, int offset, int length);

  /** Moves bytes from memory to the device; how many the master gave. */
  int load(byte[] into, int offset, int length);
}
