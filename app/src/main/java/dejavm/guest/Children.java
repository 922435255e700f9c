package dejavm.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs the host's package tools as child processes, their messages in plain English. */
final class Children {
  record Result(int exit, List<String> lines) {}

  private final Map<String, String> environment;

  Children(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Runs a program to its end, handing on each line of its two outputs as it comes. */
  Result run(Path directory, Consumer<String> onLine, String... command) throws GuestUnavailable {
    Process child = start(directory, true, command);
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader = child.inputReader()) {
      child.getOutputStream().close();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        onLine.accept(line);
      }
      return new Result(child.waitFor(), lines);
    } catch (IOException e) {
      throw new GuestUnavailable(command[0] + " broke off: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GuestUnavailable(command[0] + " was interrupted", e);
    } finally {
      child.destroy();
    }
  }

  /** Starts a program; with {@code together} its messages come through its output, else nowhere. */
  Process start(Path directory, boolean together, String... command) throws GuestUnavailable {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C");
    if (together) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new GuestUnavailable(
          command[0] + " is not on this machine; give --kernel and --initrd, or use --guest tiny",
          e);
    }
  }
}
