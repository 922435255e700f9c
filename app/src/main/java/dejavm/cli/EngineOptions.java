package dejavm.cli;

import dejavm.cpu.translate.Translator;
import dejavm.machine.Execution;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What executes instructions, which no guest and no recording can tell. */
final class EngineOptions {
  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description = {
        "What executes instructions: translate (into code of this host, x86-64 Linux), interpret, or"
            + " step (slow, each from its bytes).",
        "Default: translate where it can be had, else interpret."
      })
  private Execution.Kind engine;

  /** The engine asked for, or the fastest that this host has. */
  Execution.Kind kind() {
    return engine == null ? Execution.fastest().engine() : supported(engine);
  }

  Execution execution() {
    return Execution.by(kind());
  }

  /** The engine of a name, or null. */
  static Execution.Kind named(String name) {
    for (Execution.Kind kind : Execution.Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
        return supported(kind);
      }
    }
    return null;
  }

  private static Execution.Kind supported(Execution.Kind kind) {
    if (kind == Execution.Kind.TRANSLATE && !Translator.isSupported()) {
      throw Refusal.usage(
          "--engine translate: makes code for x86-64 Linux, which this host is not");
    }
    return kind;
  }
}
