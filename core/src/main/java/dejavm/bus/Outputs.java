package dejavm.bus;

/**
 * The machine boundary, outward. Nothing comes back: an output can feed back only as a later {@link
 * Input}. Demand is an output too ({@link #serialReady}, {@link #wantAudio}, {@link #usbSubmit}):
 * where no answer has come by the virtual deadline, the device takes silence, NAK, nothing.
 *
 * <p>During replay the same outputs happen again, from the machine itself.
 */
public interface Outputs {
  /** A byte left a serial port. */
  default void serial(int port, int value) {}

  /** A serial port can take {@code credits} bytes more than what it was last given. */
  default void serialReady(int port, int credits) {}

  /** A byte was written to the debug console (port 0xE9). */
  default void debugConsole(int value) {}

  /** The guest asked to end with this code (the debug exit device); power goes off. */
  default void debugExit(int code) {}

  /** The guest switched the power off. */
  default void poweredOff() {}

  /** The machine was reset; why, in a word or two. */
  default void reset(String cause) {}

  /** Keyboard lights: bit 0 scroll, 1 num, 2 caps. */
  default void keyboardLeds(int leds) {}

  /** The loudspeaker's tone changed: a frequency in hertz, 0 for silence. */
  default void speaker(int hertz) {}

  /**
   * A disk took whole sectors from the guest, in place of those of its {@link Medium}. Who keeps
   * them and cannot, answers with an {@link Input.DiskFault}.
   */
  default void diskWritten(String medium, long sector, byte[] bytes) {}

  /** A frame left a network adapter. */
  default void netFrame(int adapter, byte[] frame) {}

  /** Samples left a sound device. */
  default void audioOut(int stream, byte[] samples) {}

  /** A sound device wants this many bytes of samples by {@code deadline}. */
  default void wantAudio(int stream, int bytes, long deadline) {}

  /** A USB transfer for a host device, to be answered by {@code deadline}. */
  default void usbSubmit(long transfer, int device, int endpoint, byte[] data, long deadline) {}

  /** No one listens. */
  Outputs NONE = new Outputs() {};
}
