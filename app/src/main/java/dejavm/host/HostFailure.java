package dejavm.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The host refuses something; the message is one line for the user, naming the file and why. */
public final class HostFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean writing;

  private HostFailure(String message, boolean writing, Throwable cause) {
    super(message, cause);
    this.writing = writing;
  }

  /** A file cannot be read. */
  public static HostFailure reading(Object file, IOException e) {
    return new HostFailure(file + ": " + reason(e), false, e);
  }

  /** A file cannot be written. */
  public static HostFailure writing(Object file, IOException e) {
    return new HostFailure(file + ": " + reason(e), true, e);
  }

  /** Whether it was about writing. */
  public boolean isWriting() {
    return writing;
  }

  /** Why, in words: the exceptions of java.nio.file often say only which file. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "file exists";
      case FileSystemException other when other.getReason() != null -> lower(other.getReason());
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : lower(e.getMessage());
    };
  }

  private static String lower(String text) {
    return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
