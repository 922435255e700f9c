package dejavm.cli;

import dejavm.host.PngFile;
import dejavm.machine.Machine;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A picture that is wanted of the screen.
 *
 * @param at after how many instructions; {@link Long#MAX_VALUE} for the end
 */
record Screenshot(long at, Path file) implements Comparable<Screenshot> {
  /** Reads {@code N=FILE.png}. */
  static final class Converter implements ITypeConverter<Screenshot> {
    @Override
    public Screenshot convert(String text) {
      int equals = text.indexOf('=');
      String number = equals < 0 ? "" : text.substring(0, equals).replace(",", "");
      String file = text.substring(equals + 1);
      boolean end = number.equals("end");
      if (!end && !number.matches("[0-9]{1,18}") || file.isEmpty()) {
        throw new TypeConversionException(
            "a number of instructions or end, and a file, are needed, as in 1000000=screen.png");
      }
      return new Screenshot(end ? Long.MAX_VALUE : Long.parseLong(number), Path.of(file));
    }
  }

  boolean atEnd() {
    return at == Long.MAX_VALUE;
  }

  /** Takes it as the screen is now. */
  void take(Machine machine) {
    PngFile.write(file, machine.processor().video().picture());
  }

  @Override
  public int compareTo(Screenshot other) {
    return Long.compare(at, other.at);
  }
}
