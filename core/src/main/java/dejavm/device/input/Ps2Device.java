package dejavm.device.input;

/**
 * What can be plugged into a PS/2 socket: takes bytes, and has bytes to give, one at a time as the
 * controller clocks them in.
 *
 * <p>Source: IBM Personal System/2 hardware interface technical reference, keyboard and auxiliary
 * device controller.
 */
public interface Ps2Device {
  /** Is called once, by the controller: what to run whenever a first byte is ready to be taken. */
  void plug(Runnable ready);

  /** Whether {@link #take} has a byte to give. */
  boolean ready();

  /** The next byte. */
  int take();

  /** A byte from the host. */
  void send(int value);

  /** An empty socket. */
  Ps2Device NONE =
      new Ps2Device() {
        @Override
        public void plug(Runnable ready) {}

        @Override
        public boolean ready() {
          return false;
        }

        @Override
        public int take() {
          return 0;
        }

        @Override
        public void send(int value) {}
      };
}
