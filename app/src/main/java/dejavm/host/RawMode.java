package dejavm.host;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The terminal on standard input, with every key handed on as it is pressed, and nothing echoed.
 * Done with stty, which every Unix has; where there is none the terminal stays as it is.
 */
final class RawMode implements AutoCloseable {
  private final String saved;

  private RawMode(String saved) {
    this.saved = saved;
  }

  /** Switches; {@link #close} switches back. */
  static RawMode enter() {
    String saved = stty(List.of("-g"));
    if (!saved.isEmpty()) {
      stty(
          List.of(
              "-icanon", "-echo", "-isig", "-ixon", "-icrnl", "-iexten", "min", "1", "time", "0"));
    }
    return new RawMode(saved);
  }

  @Override
  public void close() {
    if (!saved.isEmpty()) {
      stty(List.of(saved));
    }
  }

  private static String stty(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0 ? answer : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
