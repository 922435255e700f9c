package dejavm.host;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The standard streams.
 *
 * @param inputIsTerminal whether somebody types
 * @param errorIsTerminal whether somebody watches
 */
public record Streams(
    InputStream in,
    OutputStream out,
    PrintStream err,
    boolean inputIsTerminal,
    boolean errorIsTerminal) {

  /** Those of this process; their bytes pass unchanged, and failing to write them shows. */
  public static Streams ofProcess() {
    return new Streams(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        terminal(0),
        terminal(2));
  }

  /**
   * Whether somebody has typed a line at the terminal, which is then taken. Nothing is read before
   * there is something: a program in the background would be stopped.
   */
  public boolean entered() {
    try {
      int typed = inputIsTerminal ? in.available() : 0;
      return typed > 0 && in.read(new byte[typed]) > 0;
    } catch (IOException e) {
      return false; // so nobody can type there
    }
  }

  /** Whether a file descriptor is a terminal: Java can tell of the first two together only. */
  private static boolean terminal(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/") || target.matches("/dev/(tty.*|console|hvc.*)");
    } catch (IOException | UnsupportedOperationException e) {
      return System.console() != null && System.console().isTerminal();
    }
  }
}
