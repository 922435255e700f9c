package dejavm.host;

/** What is at the other end of the machine's serial ports. */
public interface SerialPeer {
  /** A port can take so many bytes more. */
  void ready(int port, int credits);

  /** A byte came out of a port. */
  void sent(int port, int value);

  /** Nobody is there. */
  SerialPeer NONE =
      new SerialPeer() {
        @Override
        public void ready(int port, int credits) {}

        @Override
        public void sent(int port, int value) {}
      };
}
