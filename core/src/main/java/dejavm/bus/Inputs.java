package dejavm.bus;

/** The machine boundary, inward. Asked between instructions by the board, never by a device. */
public interface Inputs {
  /**
   * The moment at which to ask next; after {@code now}, {@link Long#MAX_VALUE} if never. A live
   * source answers with its polling interval, a replayed one with the moment of the next input.
   */
  long horizon(long now);

  /** The next input that has come by {@code now}, or null. */
  Input next(long now);

  /**
   * The machine is idle and nothing inside it happens before {@code nextEvent}: the moment to
   * resume at, after {@code now} and not after {@code nextEvent}. A live source may wait here, and
   * answers with an earlier moment when an input comes.
   */
  long idle(long now, long nextEvent);

  /** No input ever comes, and idling takes no time. */
  Inputs NONE =
      new Inputs() {
        @Override
        public long horizon(long now) {
          return Long.MAX_VALUE;
        }

        @Override
        public Input next(long now) {
          return null;
        }

        @Override
        public long idle(long now, long nextEvent) {
          return nextEvent;
        }
      };
}
