package dejavm.rfb;

import java.io.IOException;

/** A viewer does not keep to the protocol; what it does, for the line that says so. */
final class RfbException extends IOException {
  private static final long serialVersionUID = 1;

  RfbException(String message) {
    super(message);
  }
}
