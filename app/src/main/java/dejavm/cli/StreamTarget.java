package dejavm.cli;

import dejavm.host.ByteSink;
import dejavm.host.HostFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a stream of the guest's goes. */
sealed interface StreamTarget {
  record Stdio() implements StreamTarget {}

  record File(Path path) implements StreamTarget {}

  record None() implements StreamTarget {}

  /** stdio, file:F or none. */
  final class Converter implements ITypeConverter<StreamTarget> {
    @Override
    public StreamTarget convert(String text) {
      if (text.equals("stdio")) {
        return new Stdio();
      } else if (text.equals("none")) {
        return new None();
      } else if (text.startsWith("file:") && text.length() > "file:".length()) {
        try {
          return new File(Path.of(text.substring("file:".length())));
        } catch (InvalidPathException e) {
          throw new TypeConversionException("'" + text + "' names no file");
        }
      }
      throw new TypeConversionException("'" + text + "' is none of stdio, file:NAME, none");
    }
  }

  /** Opens it; null for none. */
  default ByteSink open(Report report) {
    return switch (this) {
      case Stdio _ -> report.sink();
      case None _ -> null;
      case File(Path path) -> {
        try {
          yield new ByteSink(path.toString(), Files.newOutputStream(path));
        } catch (IOException e) {
          throw HostFailure.writing(path, e);
        }
      }
    };
  }
}
