package dejavm.bus;

/**
 * What can come into the machine from the outer world: the machine boundary, inward. Each is
 * delivered between two instructions, and its moment is part of the recording.
 */
public sealed interface Input {
  /**
   * A key.
   *
   * @param code its make code in scan code set 1; 0xE0nn for extended keys, 0xE11D for Pause
   * @param down pressed or released
   */
  record Key(int code, boolean down) implements Input {}

  /**
   * A pointer: relative motion since the last one, wheel steps (down is positive), buttons held
   * (bit 0 left, 1 right, 2 middle).
   */
  record Pointer(int dx, int dy, int wheel, int buttons) implements Input {}

  /** A frame arriving at a network adapter, without its check sequence. */
  record NetFrame(int adapter, byte[] frame) implements Input {}

  /** Bytes arriving at a serial port, no more than it asked for by {@link Outputs#serialReady}. */
  record SerialBytes(int port, byte[] bytes) implements Input {}

  /** The answer to a USB transfer: {@code status} 0 is success. */
  record UsbCompletion(long transfer, int status, byte[] data) implements Input {}

  /** Samples from a microphone, as asked for by {@link Outputs#wantAudio}. */
  record AudioIn(int stream, byte[] samples) implements Input {}

  /** A medium was changed: {@code image} names the {@link Medium} put in, empty for none. */
  record MediaChange(int drive, String image) implements Input {}

  /**
   * The host could not read the page of a medium that a sector lies in, or could not keep what was
   * written there: from now on the drive reports an error for it.
   */
  record DiskFault(int drive, long sector) implements Input {}

  /** The power button was pushed. */
  record PowerButton() implements Input {}

  /** The reset button was pushed. */
  record ResetButton() implements Input {}
}
