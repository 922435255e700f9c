package dejavm.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dejavm completion}. */
@Command(
    name = "completion",
    description = "Prints a script that completes commands and options in bash and zsh.",
    footer = {"", "Try: source <(dejavm completion)"})
final class CompletionCommand implements Callable<Integer> {
  private final Report report;

  @Spec private CommandSpec spec;

  CompletionCommand(Report report) {
    this.report = report;
  }

  @Override
  public Integer call() {
    report.line(AutoComplete.bash("dejavm", spec.root().commandLine()));
    return ExitCode.DONE;
  }
}
