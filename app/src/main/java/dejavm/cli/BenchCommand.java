package dejavm.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dejavm bench}, with {@code engine} and {@code guest}. */
@Command(
    name = "bench",
    description = "Measures speed, beside QEMU where it is installed.",
    synopsisSubcommandLabel = "COMMAND")
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** The command with those below it. */
  static CommandLine line(Report report, Guests guests, Map<String, String> environment) {
    return new CommandLine(new BenchCommand())
        .addSubcommand("engine", new BenchEngineCommand(report, environment))
        .addSubcommand("guest", new BenchGuestCommand(report, guests, environment));
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "what to measure is needed: engine or guest");
  }
}
