package dejavm.cli;

import dejavm.host.HostFailure;
import dejavm.host.Streams;
import dejavm.record.DivergenceException;
import dejavm.record.RecordingException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program. */
@Command(
    name = "dejavm",
    description = "A PC emulator whose runs can be recorded and replayed exactly.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Try: dejavm demo", "Exit codes: 0 done, 1 the guest or replay failed, 2 usage."})
public final class Dejavm implements Runnable {
  /** Of all commands, the one that needs to know the others. */
  private static final String COMPLETION = "completion";

  @Spec private CommandSpec spec;

  /** The version that the build wrote into the program. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Dejavm.class.getPackage().getImplementationVersion();
      return new String[] {"dejavm " + (version == null ? "unpackaged" : version)};
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }

  /** Runs the program; the result is its exit code. */
  static int execute(Streams streams, Map<String, String> environment, String... arguments) {
    Report report = new Report(streams);
    CommandLine program =
        commandLine(streams, report, environment, arguments.length == 0 ? "" : arguments[0]);
    PrintWriter out = new PrintWriter(report.stream(), false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(streams.err(), true, StandardCharsets.UTF_8);
    program.setOut(out).setErr(err);
    int code;
    try {
      code = program.execute(arguments);
    } catch (OutOfMemoryError e) {
      report.error("not enough memory: " + e.getMessage());
      code = ExitCode.USAGE;
    }
    out.flush();
    return report.finish(code);
  }

  /** The commands by name, in the order of the usage message. */
  private static Map<String, Supplier<Object>> commands(
      Streams streams, Report report, Guests guests, Map<String, String> environment) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("demo", () -> new DemoCommand(report, guests));
    commands.put("run", () -> new RunCommand(streams, report, guests));
    commands.put("record", () -> new RecordCommand(streams, report, guests));
    commands.put("replay", () -> new ReplayCommand(streams, report));
    commands.put("verify", () -> new VerifyCommand(report));
    commands.put("convert", () -> new ConvertCommand(report));
    commands.put("side", () -> new SideCommand(streams));
    commands.put("info", () -> new InfoCommand(report));
    commands.put("log", () -> new LogCommand(report));
    commands.put("guests", () -> GuestsCommand.line(report, guests));
    commands.put("bench", () -> BenchCommand.line(report, guests, environment));
    commands.put(COMPLETION, () -> new CompletionCommand(report));
    return commands;
  }

  private static CommandLine commandLine(
      Streams streams, Report report, Map<String, String> environment, String first) {
    CommandLine program = new CommandLine(new Dejavm());
    Guests guests = new Guests(environment, report);
    Map<String, Supplier<Object>> commands = commands(streams, report, guests, environment);
    // Reading what all commands look like makes each start 0.05 s longer: only the one that is
    // wanted is read, if that is clear.
    boolean clear = commands.containsKey(first) && !first.equals(COMPLETION);
    commands.forEach((name, command) -> {
      if (!clear || name.equals(first)) {
        program.addSubcommand(name, command.get());
      }
    });
    program.setCaseInsensitiveEnumValuesAllowed(true);
    program.setUsageHelpAutoWidth(true);
    finish(program);
    program.setExpandAtFiles(false);
    program.setParameterExceptionHandler((e, _) -> misused(report, e));
    boolean debug = environment.containsKey("DEJAVM_DEBUG");
    program.setExecutionExceptionHandler((e, _, _) -> failed(report, e, debug));
    return program;
  }

  /** What every command has. */
  private static void finish(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    spec.mixinStandardHelpOptions(true).versionProvider(new Version());
    spec.usageMessage().sortOptions(false).abbreviateSynopsis(true);
    command.getSubcommands().values().forEach(Dejavm::finish);
  }

  private static int misused(Report report, ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = Report.oneLine(e.getMessage());
    report.error(Report.lower(message) + " (see " + command + " --help)");
    return ExitCode.USAGE;
  }

  private static int failed(Report report, Exception failure, boolean debug) {
    if (debug) {
      failure.printStackTrace(report.err());
    }
    return switch (failure) {
      case Refusal refusal -> report.error(refusal.exitCode(), refusal.getMessage());
      case HostFailure host ->
          report.error(host.isWriting() ? ExitCode.FAILED : ExitCode.USAGE, host.getMessage());
      case RecordingException recording ->
          report.error(
              recording.position() >= 0 ? ExitCode.FAILED : ExitCode.USAGE, recording.getMessage());
      case DivergenceException divergence -> report.error(ExitCode.FAILED, divergence.getMessage());
      default ->
          report.error(
              ExitCode.FAILED,
              "internal error: %s (DEJAVM_DEBUG=1 shows where)".formatted(failure));
    };
  }

  /** The program's entry. */
  public static void main(String[] arguments) {
    System.exit(execute(Streams.ofProcess(), System.getenv(), arguments));
  }
}
