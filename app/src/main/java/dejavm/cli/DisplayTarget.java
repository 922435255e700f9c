package dejavm.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Somewhere to show a machine. A host that is not named is this one, which nobody else reaches. */
sealed interface DisplayTarget {
  record None() implements DisplayTarget {}

  /** A server for VNC viewers. */
  record Vnc(String host, int port) implements DisplayTarget {}

  /** A page for browsers; port 0 is any that is free. */
  record Web(String host, int port) implements DisplayTarget {}

  String LOCAL = "127.0.0.1";

  /** The port of display 0. */
  int FIRST_VNC_PORT = 5900;

  /** none, vnc=[HOST]:N or web=[HOST]:PORT. */
  final class Converter implements ITypeConverter<DisplayTarget> {
    private static final Pattern PLACE =
        Pattern.compile("(vnc|web)=(\\[[0-9a-fA-F:.]+]|[\\w.-]*):(\\d{1,5})");

    @Override
    public DisplayTarget convert(String text) {
      if (text.equals("none")) {
        return new None();
      }
      Matcher place = PLACE.matcher(text);
      if (!place.matches()) {
        throw new TypeConversionException(
            "'" + text + "' is none of none, vnc=[HOST]:N, web=[HOST]:PORT");
      }
      boolean vnc = place.group(1).equals("vnc");
      String host = place.group(2).isEmpty() ? LOCAL : place.group(2);
      int port = Integer.parseInt(place.group(3)) + (vnc ? FIRST_VNC_PORT : 0);
      if (port > 0xFFFF) {
        throw new TypeConversionException(
            "'" + text + "': there are ports up to 65535" + (vnc ? ", displays up to 59635" : ""));
      }
      return vnc ? new Vnc(host, port) : new Web(host, port);
    }
  }
}
