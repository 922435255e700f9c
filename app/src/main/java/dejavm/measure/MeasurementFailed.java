package dejavm.measure;

/** Something that was to be measured did not run as it should; the message is one line. */
public final class MeasurementFailed extends Exception {
  private static final long serialVersionUID = 1;

  MeasurementFailed(String message) {
    super(message);
  }
}
